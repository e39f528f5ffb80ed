// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include <roadgnn/graph/host_device.h>
#include <roadgnn/graph/types.h>

namespace roadgnn::graph::detail {

/// Time and length of a way in one number, so that comparing numbers compares time first, then
/// length, and adding numbers adds both: milliseconds in the upper 32 bits, centimetres in the 31
/// below, and a mark in the lowest that hub labels use. Lengths have to stay below 2^31 cm, half
/// the way around the Earth.
///
/// Times up to twice kClosed are kept, since the shares of the edges at a trip's ends are
/// subtracted only at the end. `std::min(kNoWay, a + b)` never overflows and keeps "no way" closed.
using Weight = std::uint64_t;

inline constexpr Weight kNoWay = Weight{INT32_MAX} << 32;

ROADGNN_HOST_DEVICE constexpr Weight make_weight(std::int64_t time_ms, std::int64_t length_cm) {
  return (static_cast<Weight>(time_ms) << 32) + (static_cast<Weight>(length_cm) << 1);
}
ROADGNN_HOST_DEVICE constexpr std::int64_t time_ms(Weight weight) {
  return static_cast<std::int64_t>(weight >> 32);
}
ROADGNN_HOST_DEVICE constexpr std::int64_t length_cm(Weight weight) {
  return static_cast<std::int64_t>((weight & 0xffffffffU) >> 1);
}

/// Both directions of an arc of the hierarchy, as devices keep them.
struct ArcWeights {
  Weight up = kNoWay;    ///< from its lower to its upper vertex
  Weight down = kNoWay;  ///< from its upper to its lower vertex
};

/// A way's time and length with the trip's ends accounted for; both may be negative on the way to a
/// result.
struct Cost {
  std::int64_t time_ms = kClosed;
  std::int64_t length_cm = 0;

  friend auto operator<=>(const Cost&, const Cost&) = default;
};

ROADGNN_HOST_DEVICE constexpr Travel to_travel(const Cost& cost) {
  if (cost.time_ms >= kClosed) return {};
  return {static_cast<std::int32_t>(cost.time_ms),
          static_cast<std::int32_t>((cost.length_cm + 50) / 100)};
}

}  // namespace roadgnn::graph::detail
