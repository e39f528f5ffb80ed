// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode {

struct Progress {
  double cost = 0;
  std::int64_t routes = 0, unserved = 0, iterations = 0;
  double seconds = 0;
};

struct SolveOptions {
  std::optional<double>
      time_limit_s;  ///< wall clock from the call; none with iterations set: no limit
  std::optional<std::int64_t>
      iterations;  ///< of improvement; the same plan for any number of threads
  /// PlanRecord::schedule of an earlier run: does exactly its rounds, whatever the clock says and
  /// whatever `iterations` and `time_limit_s` are. With the same problem, travel times, scores,
  /// seed and candidates it gives the same plan.
  std::string schedule;
  std::int32_t candidates_per_stop = 64;  ///< fewer are faster, and worse where windows matter
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: all this process may use
  /// A plan to start from instead of an empty one: its routes as far as they are feasible for this
  /// problem, orders by their index; what they lack is inserted. Times and totals do not matter.
  std::shared_ptr<const Plan> initial;
  std::stop_token stop;  ///< a stop request ends the search with the best plan so far
  std::function<void(const Progress&)>
      on_progress;  ///< called from the solving thread, a few times a second
};

/// Makes a feasible plan: construction from the scores, then improvement. Every order is in a route
/// or in `unserved` with a reason. What it minimises, in this order: what is unserved, as the sum
/// of 1 + priority or by Problem::left_out_by_stops, and the plan's cost.
///
/// Construction (seconds at 50,000 orders) is never cut short; the time limit and the stop token
/// end the improvement, which works in rounds: the routes are split into disjoint neighbourhoods
/// that are improved independently, each by a random stream of its own, so that the number of
/// threads does not change the plan. A round that is interrupted is dropped. Without a time limit,
/// iterations, or a schedule there is no improvement. Thread-safe. Throws InputError where
/// `validate` does, and for travel times or a schedule that do not fit the problem.
Plan solve(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
           const SolveOptions& options = {});

}  // namespace roadgnn::decode
