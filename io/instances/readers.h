// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/io/instances/instance.h>

namespace roadgnn::io {

/// The readers behind read_instance, one a format; each throws InputError.

/// VRPLIB: the specifications and sections that PyVRP's dialect and LKH-3's share with CVRPLIB.
/// Service times, windows and durations count as distances do.
Instance read_vrplib(std::string_view text, const std::string& origin,
                     std::optional<Objective> objective);

/// Solomon (1987), Gehring and Homberger (1999): VEHICLE, then CUSTOMER with seven columns.
Instance read_solomon(std::string_view text, const std::string& origin,
                      std::optional<Objective> objective);

/// Li and Lim (2001): vehicles, capacity, speed; then nine columns, the last two the pair's other
/// end.
Instance read_li_lim(std::string_view text, const std::string& origin,
                     std::optional<Objective> objective);

/// Sartori and Buriol (2020): NODES with coordinates on the map and pairs, EDGES with minutes.
Instance read_sartori_buriol(std::string_view text, const std::string& origin,
                             std::optional<Objective> objective);

/// A node of the formats that list everything about a node in one row.
struct NodeRow {
  std::int64_t line = 0;
  std::int64_t number = 0;
  double x = 0, y = 0, demand = 0, open = 0, close = 0, service = 0;
  std::int64_t pickup = 0, delivery = 0;  ///< the numbers of the pair's other end; 0: none
};

struct EdgeWeights;

/// The problem of a depot (the first row), a number of vehicles of one capacity, and customers that
/// are deliveries or pairs. `instance` has its name, format and objective.
void build_from_rows(Instance& instance, const std::string& origin,
                     const std::vector<NodeRow>& rows, const EdgeWeights& weights,
                     std::int32_t num_vehicles, double capacity);

}  // namespace roadgnn::io
