// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/scorers.h>
#include <roadgnn/io/cli/stages.h>
#include <roadgnn/io/instances/objective.h>

namespace roadgnn::cli {

/// What `solve` is asked for, whatever the format.
struct SolveCommand {
  CommonOptions common;
  std::string instance, out, objective, city;
  ScorerChoice scorer;
  std::optional<double> time_limit_s;
  std::optional<std::int64_t> iterations;
  std::int32_t candidates_per_stop = decode::SolveOptions{}.candidates_per_stop;
  double max_snap_m = 1000;
};

inline constexpr const char* kObjectiveHelp =
    "rounded, dimacs, exact or vehicles (default: the set's own convention)";

/// One of kObjectiveNames; nothing for other names.
std::optional<io::Objective> objective_named(const std::string& name);

/// Solves until the limits or an interruption, showing what `shown_cost` makes of the best cost so
/// far, and checks the plan by `check_by`. `read_solution` is for the oracle's file. Throws Error
/// where the check fails.
decode::Plan solve_and_check(const SolveCommand& command, const decode::Problem& problem,
                             const graph::TravelTimes& travel_times,
                             const graph::TravelTimes& check_by,
                             const std::shared_ptr<const decode::Plan>& initial,
                             const std::function<std::string(const decode::Progress&)>& shown_cost,
                             const Interruption& interruption, Stages& stages,
                             const ReadSolution& read_solution = {});

/// Tells on standard error which orders are left out, and why.
void print_unserved(const decode::Problem& problem, const decode::Plan& plan);

/// Solves VROOM's JSON and writes VROOM's JSON.
void solve_vroom(const SolveCommand& command, const std::string& text, Interruption& interruption,
                 Stages& stages);

}  // namespace roadgnn::cli
