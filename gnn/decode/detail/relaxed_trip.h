// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <roadgnn/gnn/decode/detail/model.h>

namespace roadgnn::decode::detail {

/// What of an order or a vehicle type can be relaxed by an amount.
enum class Limit : std::uint8_t {
  capacity,         ///< in every dimension in which the order is too large
  pickup_window,    ///< the end of its last window
  delivery_window,  ///< likewise
  shift,            ///< the ends of the shift and of the depots' opening
  driving,
  distance,
  duration,
  stops,
  ride,
};

inline constexpr std::array<Limit, 9> kLimits = {
    Limit::capacity, Limit::pickup_window, Limit::delivery_window, Limit::shift, Limit::driving,
    Limit::distance, Limit::duration,      Limit::stops,           Limit::ride};

/// One order alone in one empty vehicle of a type: can it be served if exactly one limit is
/// relaxed? Answered by evaluating that route, breaks and reloads included.
class RelaxedTrip {
 public:
  /// `type` has no state. Only what `permitted` says (skills, locks) is taken for granted.
  RelaxedTrip(const Model& model, std::int32_t order, const TypeView& type);

  bool is_feasible(Limit limit, std::int64_t amount) const;

  /// The least amount that is enough; nothing where none is.
  std::optional<std::int64_t> least(Limit limit) const;

 private:
  // The few places of the trip under numbers of their own.
  class Places;

  std::int32_t local(std::int32_t location);

  const Model* model_;
  Problem problem_;
  std::vector<std::int32_t> locations_;
};

}  // namespace roadgnn::decode::detail
