// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/graph/turn_cost.h>
#include <roadgnn/io/osm/name_table.h>
#include <roadgnn/io/osm/profile.h>
#include <roadgnn/io/osm/tag_index.h>

namespace roadgnn::io {

/// What an access tag's value means to a vehicle, worst first.
enum class AccessValue : std::uint8_t { closed, ends_only, open };

/// Reasons for which a road of any class may be closed to a profile; bits of Rules::closed_if.
namespace closed_if {
inline constexpr std::uint32_t area = 1, reversible = 2, impassable = 4, construction = 8,
                               proposed = 16, toll = 32, motorroad = 64;
}

/// A profile's definition, parsed. Speeds in km/h, sizes in metres and kilograms.
struct Profile::Rules {
  struct Vehicle {
    double height_m = 2, width_m = 1.9, length_m = 4.8, weight_kg = 2000, axle_load_kg = 1200;
    bool hazmat = false;
    double max_speed_kmh = 0;  ///< 0: no cap
  };
  struct Narrow {
    double below_m = 0, factor = 1;
  };
  struct Penalties {
    bool slow_travel =
        false;  ///< the factors slow the vehicle down; otherwise they have no effect on its times
    NameTable<double> service;   ///< by the value of `service`
    std::vector<Narrow> narrow;  ///< ascending
    double single_lane = 1, no_lane_markings = 1, alternating = 1, side_road = 1,
           against_priority = 1;
  };

  std::string name, description, definition;
  Vehicle vehicle;

  std::vector<Mode> access_modes;        ///< the most specific first
  std::vector<Mode> opening_modes;       ///< whose tags open ways that have no speed of their own
  NameTable<AccessValue> access_values;  ///< any other value is open
  NameTable<bool>
      no_start_on_service;  ///< values with which a service way is no place to start or end

  std::vector<Mode> oneway_modes;
  bool contraflow_cycleways = false;

  std::vector<std::string> restriction_vehicles;  ///< names in `except` and `restriction:NAME`

  NameTable<double> highway_kmh;
  double other_kmh = 10;          ///< on ways that only their access tags open
  NameTable<double> route_kmh;    ///< ferry, shuttle_train
  double movable_bridge_kmh = 0;  ///< 0: as the road
  NameTable<bool> never;          ///< values of `highway` that no access tag opens
  NameTable<bool> closed_services;
  std::uint32_t closed_if = 0;
  bool hov_ends_only = false;

  std::vector<Key> limit_keys;  ///< speed limits, the first one present counts
  double limit_factor = 1;
  bool limits_raise_speed = true;

  NameTable<double> surface_kmh, tracktype_kmh, smoothness_kmh;
  Penalties penalties;
  NameTable<double> barrier_s;        ///< barriers that can be passed, with the delay
  NameTable<bool> barriers_by_width;  ///< passable only where a width says that there is room

  graph::TurnCostParameters turn_costs;
  bool u_turns_anywhere = false;

  bool has_mode(Mode mode) const {
    for (const Mode own : access_modes) {
      if (own == mode) return true;
    }
    return false;
  }
};

}  // namespace roadgnn::io
