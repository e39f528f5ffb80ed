// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace roadgnn::graph {

/// Checks over long arrays, cut into pieces that fit a core's own cache and run on all threads. A
/// check is called with a piece's items begin .. end-1 and throws where it does not hold.
class CheckList {
 public:
  using Check = std::function<void(std::size_t begin, std::size_t end)>;

  void add(std::size_t num_items, Check check);
  /// Throws what the first check to fail has thrown.
  void run() const;

 private:
  struct Piece {
    std::size_t check, begin, end;
  };
  std::vector<Check> checks_;
  std::vector<Piece> pieces_;
};

// Plain loops for checks, several items at a time where the machine can. None of them reads out of
// bounds whatever the values are, so that one may look through an array before its values are known
// to be good.

/// All values are low .. high.
bool in_range(std::span<const std::uint8_t> values, std::uint8_t low, std::uint8_t high);
bool in_range(std::span<const std::int32_t> values, std::int32_t low, std::int32_t high);
bool in_range(std::span<const std::int64_t> values, std::int64_t low, std::int64_t high);

/// No value is less than the one before it.
bool not_descending(std::span<const std::int32_t> values);
bool not_descending(std::span<const std::int64_t> values);

/// result[i] = values[at[i]]. False, with any result, where some at[i] is no index of `values`.
bool look_up(std::span<const std::int32_t> values, std::span<const std::int32_t> at,
             std::span<std::int32_t> result);
bool look_up(std::span<const std::int32_t> values, std::span<const std::int64_t> at,
             std::span<std::int32_t> result);

/// Item first_item + i lies in row rows[i], where row r has the items starts[r] .. starts[r+1]-1.
bool lie_in_rows(std::span<const std::int32_t> starts, std::span<const std::int32_t> rows,
                 std::size_t first_item);
bool lie_in_rows(std::span<const std::int64_t> starts, std::span<const std::int32_t> rows,
                 std::size_t first_item);

/// Where two neighbours are of the same row, the second one's value is larger.
bool ascend_in_rows(std::span<const std::int32_t> rows, std::span<const std::int32_t> values);

}  // namespace roadgnn::graph
