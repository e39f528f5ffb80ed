// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/coordinate_travel_times.h>
#include <roadgnn/graph/matrix_travel_times.h>

namespace roadgnn::decode::testing {

/// Small whole numbers, so that a test's figures can be followed by hand: a day has 100 time units.
struct RandomProblem {
  Problem problem;
  graph::MatrixTravelTimes travel_times;
};

/// Asymmetric matrices per profile that satisfy the triangle inequality, orders of all three kinds,
/// up to three windows a stop, loads in up to two dimensions, skills, shifts, limits, open routes,
/// two depots, priorities. Every feature is drawn by chance, so that some problems have none and
/// some have all.
RandomProblem random_problem(std::uint64_t seed, std::int32_t max_orders);

/// The same with what else a problem can say, again each by chance: breaks, reloads, prizes,
/// exclusive groups, soft ends, set-up, riding and release times, loads to collect, lists of types,
/// locked vehicles, prices of driving and of long routes, speeds, open starts, fewest vehicles
/// first.
RandomProblem random_rich_problem(std::uint64_t seed, std::int32_t max_orders);

/// The same, and vehicle types differ in how long they serve many stops, what that costs, and how
/// little has to be on board during their breaks; half of them count what is left out by stops.
RandomProblem random_typed_problem(std::uint64_t seed, std::int32_t max_orders);

/// Problems of the first kind in which vehicle types differ in how long they serve, but not in how
/// they drive.
RandomProblem random_served_problem(std::uint64_t seed, std::int32_t max_orders);

/// Rich problems, of which most vehicle types have travel times that change up to three times a
/// day, by much: without the triangle inequality from one hour to the next.
RandomProblem random_hourly_problem(std::uint64_t seed, std::int32_t max_orders);

/// A day in a city-like square, times in ms and lengths in metres: clustered stops, three vehicle
/// types (trike, van, chilled truck), 30 % two-hour windows, 10 % pickup-delivery pairs, one depot.
struct CityDay {
  Problem problem;
  graph::CoordinateTravelTimes travel_times;
};

CityDay city_day(std::uint64_t seed, std::int32_t num_orders);

}  // namespace roadgnn::decode::testing
