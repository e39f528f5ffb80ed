// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/device_cells.h>
#include <roadgnn/graph/device_group.h>

namespace roadgnn::graph::detail {

/// A list's k least keys in any order; of equal ones those of the least ids.
struct SelectedKeys {
  std::uint64_t* key = nullptr;   ///< [lists][k]
  std::int32_t* item = nullptr;   ///< [lists][k]
  std::int32_t* count = nullptr;  ///< [lists], fewer than k where fewer have a key
  std::int32_t k = 0;
};

/// Finds the k least keys of one list, one group a list: digit by digit from the top, as in a radix
/// sort that follows one bucket alone (radix select).
struct SelectStep {
  const std::uint64_t* keys;  // [lists][num_items]
  std::int64_t num_items;
  const std::int32_t* ids;  // [num_items]
  SelectedKeys selected;    // of all lists
  std::int64_t first_list;  // of `keys` among them

  static constexpr std::int32_t kDigitBits = 8, kDigits = 1 << kDigitBits;

  struct Memory {
    std::uint64_t bits;  // set in any key
    std::int32_t in_bucket[kDigits];
    std::int32_t bucket, size, rank, taken;  // of the bucket followed; items taken
  };

  template <class Group>
  ROADGNN_HOST_DEVICE void operator()(Group& group, std::int64_t list, void* memory) const {
    Memory& shared = *static_cast<Memory*>(memory);
    const std::uint64_t* row = keys + list * num_items;
    const auto key = [&](std::int32_t i) { return row[i]; };
    const auto n = static_cast<std::int32_t>(num_items);
    if (n == 0 || selected.k == 0) return;
    const Bound bound = find(group, n, least(selected.k, n) - 1, key, shared);
    // Of several items with the last key not all may be wanted.
    std::uint64_t last_id = ~std::uint64_t{0};
    if (bound.surplus > 0) {
      const auto id = [&](std::int32_t i) {
        return row[i] == bound.value ? static_cast<std::uint64_t>(ids[i]) : kNoKey;
      };
      last_id = find(group, n, bound.rank, id, shared).value;
    }
    group.one([&] { shared.taken = 0; });
    const std::int64_t first = (first_list + list) * selected.k;
    group.each(0, n, [&](std::int32_t i) {
      const std::uint64_t found = row[i];
      if (found == kNoKey || found > bound.value) return;
      if (bound.surplus > 0 && found == bound.value && static_cast<std::uint64_t>(ids[i]) > last_id)
        return;
      const std::int32_t at = atomic_count(&shared.taken);
      selected.key[first + at] = found;
      selected.item[first + at] = i;
    });
    group.one([&] { selected.count[first_list + list] = shared.taken; });
  }

 private:
  // Wanted are the items up to `value`. Where `surplus` > 0 so many have that very value too many;
  // `rank` + 1 of them are wanted.
  struct Bound {
    std::uint64_t value;
    std::int32_t rank, surplus;
  };

  // The bound of the items from the least to that of a rank (from 0). Items without a value come
  // last.
  template <class Group, class Value>
  ROADGNN_HOST_DEVICE static Bound find(Group& group, std::int32_t n, std::int32_t rank,
                                        const Value& value, Memory& shared) {
    group.one([&] { shared.bits = 0; });
    group.each(0, n, [&](std::int32_t i) {
      if (value(i) != kNoKey) atomic_set_bits(&shared.bits, value(i));
    });
    std::int32_t width = 0;  // one bit more tells items without a value
    for (std::uint64_t bits = shared.bits; bits != 0; bits >>= 1) ++width;
    const std::uint64_t none = std::uint64_t{1} << width;
    const auto ranked = [&](std::int32_t i) { return least(value(i), none); };

    std::uint64_t prefix = 0;
    std::int32_t in_bucket = 0, shift = width + 1;
    while (shift > 0) {
      const std::int32_t digit_bits = least(shift, kDigitBits);
      const std::int32_t above = shift;
      shift -= digit_bits;
      find_digit(group, n, rank, ranked, shared, prefix, above, shift, digit_bits);
      prefix = prefix << digit_bits | static_cast<std::uint64_t>(shared.bucket);
      rank = shared.rank;
      in_bucket = shared.size;
      if (in_bucket == rank + 1) break;  // the whole bucket is wanted
    }
    const std::uint64_t last = ((prefix + 1) << shift) - 1;
    return {last >= none ? none - 1 : last, rank, last >= none ? 0 : in_bucket - (rank + 1)};
  }

  // The digit at bits [shift, shift + digit_bits) of the item of a rank among those that have the
  // prefix in the bits from `above` on, and its rank among those that share the digit too.
  template <class Group, class Ranked>
  ROADGNN_HOST_DEVICE static void find_digit(Group& group, std::int32_t n, std::int32_t rank,
                                             const Ranked& ranked, Memory& shared,
                                             std::uint64_t prefix, std::int32_t above,
                                             std::int32_t shift, std::int32_t digit_bits) {
    const std::uint64_t mask = (std::uint64_t{1} << digit_bits) - 1;
    group.each(0, kDigits, [&](std::int32_t digit) { shared.in_bucket[digit] = 0; });
    group.each(0, n, [&](std::int32_t i) {
      const std::uint64_t bits = ranked(i);
      if (bits >> above == prefix) {
        atomic_count(&shared.in_bucket[(bits >> shift) & mask]);
      }
    });
    group.one([&] {
      std::int32_t digit = 0, left = rank;
      while (left >= shared.in_bucket[digit]) left -= shared.in_bucket[digit++];
      shared.bucket = digit;
      shared.size = shared.in_bucket[digit];
      shared.rank = left;
    });
  }
};

}  // namespace roadgnn::graph::detail
