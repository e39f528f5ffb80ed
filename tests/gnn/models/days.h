// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Days for tests of the route model, and the same days told otherwise.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include <roadgnn/gnn/models/day_tensors.h>
#include <roadgnn/graph/matrix_travel_times.h>

#include "../../decode/random_problem.h"

namespace roadgnn::gnn::models::testing {

struct Day {
  decode::Problem problem;
  std::shared_ptr<const graph::TravelTimes> travel_times;

  DayTensors tensors(std::int32_t k, bool transpose = false, int threads = 1) const {
    return make_day_tensors(problem, *travel_times, 0, travel_times->candidates(0, k), {},
                            {threads, transpose});
  }
};

inline Day city(std::uint64_t seed, std::int32_t orders) {
  auto made = decode::testing::city_day(seed, orders);
  return {std::move(made.problem),
          std::make_shared<graph::CoordinateTravelTimes>(std::move(made.travel_times))};
}

inline Day rich(std::uint64_t seed, std::int32_t orders) {
  auto made = decode::testing::random_rich_problem(seed, orders);
  return {std::move(made.problem),
          std::make_shared<graph::MatrixTravelTimes>(std::move(made.travel_times))};
}

template <class Change>
void for_each_stop(decode::Problem& problem, const Change& change) {
  for (decode::Order& order : problem.orders) {
    if (order.pickup) change(*order.pickup);
    if (order.delivery) change(*order.delivery);
  }
}

/// The travel times of other profiles and places: location l is place[l] there.
inline std::shared_ptr<const graph::TravelTimes> renamed(const graph::TravelTimes& from,
                                                         const std::vector<std::int32_t>& place,
                                                         std::int32_t time_factor = 1,
                                                         std::int32_t length_factor = 1) {
  const auto n = from.num_stops();
  std::vector<std::vector<graph::Travel>> matrices;
  for (std::int32_t p = 0; p < from.num_profiles(); ++p) {
    auto& matrix = matrices.emplace_back(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    for (std::int32_t i = 0; i < n; ++i) {
      for (std::int32_t j = 0; j < n; ++j) {
        graph::Travel leg = from.at(p, i, j);
        if (leg.reachable()) {
          leg.time_ms *= time_factor;
          leg.length_m *= length_factor;
        }
        matrix[static_cast<std::size_t>(place[static_cast<std::size_t>(i)]) *
                   static_cast<std::size_t>(n) +
               static_cast<std::size_t>(place[static_cast<std::size_t>(j)])] = leg;
      }
    }
  }
  return std::make_shared<graph::MatrixTravelTimes>(n, std::move(matrices));
}

/// Locations renamed, orders in another order; `place[l]` is where location l went.
inline Day shuffled(const Day& day, std::mt19937& random, std::vector<std::int32_t>& place) {
  place.resize(static_cast<std::size_t>(day.problem.num_locations));
  std::iota(place.begin(), place.end(), 0);
  std::shuffle(place.begin(), place.end(), random);
  Day result{day.problem, renamed(*day.travel_times, place)};
  const auto move = [&](std::int32_t& location) {
    if (location >= 0) location = place[static_cast<std::size_t>(location)];
  };
  for (decode::Depot& depot : result.problem.depots) move(depot.location);
  for_each_stop(result.problem, [&](decode::Stop& stop) { move(stop.location); });
  std::shuffle(result.problem.orders.begin(), result.problem.orders.end(), random);
  return result;
}

template <class Change>
void for_each_moment(decode::Problem& problem, const Change& change_any) {
  const auto change = [&](std::int64_t& time) {
    if (time < decode::kNoLimit && time > -decode::kNoLimit) change_any(time);
  };
  const auto window = [&](decode::TimeWindow& w) {
    change(w.open);
    change(w.close);
  };
  for (decode::Depot& depot : problem.depots) window(depot.window);
  for (decode::VehicleType& type : problem.vehicle_types) window(type.shift);
  for (decode::Order& order : problem.orders) change(order.release);
  for_each_stop(problem, [&](decode::Stop& stop) {
    for (decode::TimeWindow& w : stop.windows) window(w);
  });
}

}  // namespace roadgnn::gnn::models::testing
