// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace roadgnn::graph {

/// Weight of an edge or turn that a vehicle may not use. Two of them can be added without overflow;
/// a sum that is not smaller than it counts as "no way". In milliseconds this is 298 hours, longer
/// than any trip.
inline constexpr std::int32_t kClosed = INT32_MAX / 2;

/// What a vehicle may do on an edge under one profile.
enum class Access : std::uint8_t {
  closed = 0,     ///< never
  open = 1,       ///< always
  ends_only = 2,  ///< only at the first or the last part of a trip (destination, private, delivery,
                  ///< customers)
};

/// Time and metres of the fastest way between two positions; among equally fast ways, the shortest.
struct Travel {
  std::int32_t time_ms = kClosed;
  std::int32_t length_m = kClosed;

  bool reachable() const { return time_ms < kClosed; }
  friend bool operator==(const Travel&, const Travel&) = default;
};

}  // namespace roadgnn::graph
