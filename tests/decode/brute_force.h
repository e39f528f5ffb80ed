// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::testing {

/// What leaving an order of a tiny problem out counts for.
double weight_of_absence(const Problem& problem, const Order& order);

struct Optimum {
  double unserved = 0;  ///< sum of weight_of_absence
  int vehicles = 0;     ///< 0 unless the fewest are wanted
  double cost = 0;
};

/// The best plan of a tiny problem by trying every sequence of stops in every vehicle. Shares no
/// code with the library.
Optimum brute_force(const Problem& problem, const graph::TravelTimes& travel_times);

/// What one vehicle costs that serves a set of orders in the best way: [types][sets of orders], the
/// bit 1 << i of a set standing for order i; infinite where it cannot, and for the empty set.
std::vector<std::vector<double>> brute_force_costs(const Problem& problem,
                                                   const graph::TravelTimes& travel_times);

}  // namespace roadgnn::decode::testing
