// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/array_check.h>

#include <algorithm>
#include <utility>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router_simd.h>

namespace roadgnn::graph {
namespace {

constexpr std::size_t kPiece = 1 << 13;  // items

// The loops, written once for each type of number; they must be inlined into what calls them to be
// compiled for its instruction set. Faults are gathered without a branch.
#define ROADGNN_INLINED [[gnu::always_inline]] inline

template <class T>
ROADGNN_INLINED bool range_holds(std::span<const T> values, T low, T high) {
  T bad = 0;
  for (const T value : values) bad = static_cast<T>(bad | (value < low) | (value > high));
  return bad == 0;
}

template <class T>
ROADGNN_INLINED bool does_not_descend(std::span<const T> values) {
  T bad = 0;
  for (std::size_t i = 1; i < values.size(); ++i) bad |= values[i] < values[i - 1];
  return bad == 0;
}

template <class T>
ROADGNN_INLINED bool look_up_all(std::span<const std::int32_t> values, std::span<const T> at,
                                 std::span<std::int32_t> result) {
  if (!range_holds<T>(at, 0, static_cast<T>(values.size()) - 1)) return false;
  for (std::size_t i = 0; i < at.size(); ++i) result[i] = values[static_cast<std::size_t>(at[i])];
  return true;
}

template <class T>
ROADGNN_INLINED bool rows_hold(std::span<const T> starts, std::span<const std::int32_t> rows,
                               std::size_t first_item) {
  if (starts.size() < 2) return rows.empty();
  const auto num_rows = static_cast<std::int32_t>(starts.size() - 1);
  T bad = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool good = rows[i] >= 0 && rows[i] < num_rows;
    const std::int32_t row = good ? rows[i] : 0;
    const auto item = static_cast<T>(first_item + i);
    const T start = starts[static_cast<std::size_t>(row)];
    const T end = starts[static_cast<std::size_t>(row) + 1];
    bad |= !good | (item < start) | (item >= end);
  }
  return bad == 0;
}

}  // namespace

void CheckList::add(std::size_t num_items, Check check) {
  checks_.push_back(std::move(check));
  for (std::size_t begin = 0; begin < num_items; begin += kPiece)
    pieces_.push_back({checks_.size() - 1, begin, std::min(begin + kPiece, num_items)});
}

void CheckList::run() const {
  parallel_for(static_cast<std::int64_t>(pieces_.size()), 1, 0,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const Piece& piece = pieces_[static_cast<std::size_t>(i)];
                   checks_[piece.check](piece.begin, piece.end);
                 }
               });
}

ROADGNN_SIMD_CLONES
bool in_range(std::span<const std::uint8_t> values, std::uint8_t low, std::uint8_t high) {
  return range_holds(values, low, high);
}
ROADGNN_SIMD_CLONES
bool in_range(std::span<const std::int32_t> values, std::int32_t low, std::int32_t high) {
  return range_holds(values, low, high);
}
ROADGNN_SIMD_CLONES
bool in_range(std::span<const std::int64_t> values, std::int64_t low, std::int64_t high) {
  return range_holds(values, low, high);
}

ROADGNN_SIMD_CLONES
bool not_descending(std::span<const std::int32_t> values) {
  return does_not_descend(values);
}
ROADGNN_SIMD_CLONES
bool not_descending(std::span<const std::int64_t> values) {
  return does_not_descend(values);
}

ROADGNN_SIMD_CLONES
bool look_up(std::span<const std::int32_t> values, std::span<const std::int32_t> at,
             std::span<std::int32_t> result) {
  return look_up_all(values, at, result);
}
ROADGNN_SIMD_CLONES
bool look_up(std::span<const std::int32_t> values, std::span<const std::int64_t> at,
             std::span<std::int32_t> result) {
  return look_up_all(values, at, result);
}

ROADGNN_SIMD_CLONES
bool lie_in_rows(std::span<const std::int32_t> starts, std::span<const std::int32_t> rows,
                 std::size_t first_item) {
  return rows_hold(starts, rows, first_item);
}
ROADGNN_SIMD_CLONES
bool lie_in_rows(std::span<const std::int64_t> starts, std::span<const std::int32_t> rows,
                 std::size_t first_item) {
  return rows_hold(starts, rows, first_item);
}

ROADGNN_SIMD_CLONES
bool ascend_in_rows(std::span<const std::int32_t> rows, std::span<const std::int32_t> values) {
  std::int32_t bad = 0;
  for (std::size_t i = 1; i < values.size(); ++i)
    bad |= rows[i - 1] == rows[i] && values[i - 1] >= values[i];
  return bad == 0;
}

}  // namespace roadgnn::graph
