// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/io/instances/instance.h>

namespace roadgnn::io {

/// A solution file: `Route #k: numbers...` a route, and its cost. CVRPLIB's `.sol`, and SINTEF's
/// with a heading and `Route k :`.
struct SolutionFile {
  struct Route {
    std::int64_t line = 0;
    std::int64_t number = 0;  ///< k
    std::vector<std::int64_t> stops;
  };
  std::vector<Route> routes;  ///< empty ones included
  std::optional<double> cost;
};

/// Throws InputError "ORIGIN:LINE: ...".
SolutionFile read_solution(std::string_view text, const std::string& origin);

/// The plan that drives these routes, each as early as it can and started no earlier than needed. A
/// depot's number within a route is a reload.
/// Where the instance lists its vehicles, route k is driven by its k-th. What no route names is
/// unserved. The plan may break the problem's rules: `decode::check` says which. Throws InputError
/// for numbers that the instance does not have and vehicles that do not exist.
decode::Plan plan_of_solution(const Instance& instance, const SolutionFile& solution,
                              const std::string& origin);

/// Writes CVRPLIB's `.sol`: the routes by the instance's numbers, `Cost v` in the set's convention.
/// Where the instance lists its vehicles, route k is the k-th vehicle's, and those of idle ones
/// before the last used are empty.
void write_solution(std::ostream& out, const Instance& instance, const decode::Plan& plan);

}  // namespace roadgnn::io
