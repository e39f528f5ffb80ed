// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace roadgnn::io {

/// What the cost of a plan means. Each instance set has a convention of its own, by which its best
/// known values are published.
enum class Objective : std::uint8_t {
  rounded,   ///< least cost; distances are whole numbers, as EDGE_WEIGHT_TYPE says (CVRPLIB)
  dimacs,    ///< least cost; distances are cut to one decimal (DIMACS' VRPTW challenge)
  exact,     ///< least cost; distances in double precision
  vehicles,  ///< fewest vehicles, then least cost; distances in double precision (SINTEF)
};

inline constexpr std::array<std::string_view, 4> kObjectiveNames = {"rounded", "dimacs", "exact",
                                                                    "vehicles"};

inline std::string_view name_of(Objective objective) {
  return kObjectiveNames[static_cast<std::size_t>(objective)];
}

/// What a user is told about the objective, such as "least distance, cut to one decimal".
constexpr std::string_view describe(Objective objective) {
  switch (objective) {
    case Objective::rounded:
      return "least cost, distances rounded to whole numbers";
    case Objective::dimacs:
      return "least cost, distances cut to one decimal";
    case Objective::exact:
      return "least cost, distances in double precision";
    case Objective::vehicles:
      return "fewest vehicles, then least cost, distances in double precision";
  }
  return "";
}

}  // namespace roadgnn::io
