// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/router.h>

#include "scenario.h"

namespace roadgnn::conformance {

/// A stretch of a route on ways of one name.
struct Piece {
  std::string name;
  double length_m = 0;
  double turn_deg = 0;      ///< onto it, right positive; 180 for the first
  bool roundabout = false;  ///< all of it
};

/// What a route looks like from outside.
struct Answer {
  bool found = false;
  std::vector<Piece> pieces;
  double time_s = 0;
  double weight_s = 0;  ///< what OSRM calls the weight: the time with its preferences in it
  double length_m = 0;
  int num_edges = 0;  ///< straight pieces of street
};

/// A scenario's map, imported by the importer and asked in OSRM's manner: a point is snapped to all
/// the streets that are nearest to it, and the route with the least weight counts. OSRM's car
/// profile chooses by weights with penalties for alleys and narrow roads, but reports times
/// without; so the map is imported for two profiles, `car` and `car` with its penalties in force.
/// At a point between the first and the last, a route goes on in the direction in which it came,
/// where it can.
class SmallCity {
 public:
  explicit SmallCity(const Scenario& scenario);

  Answer route(const Query& query, const std::vector<Coordinate>& points) const;

 private:
  struct Leg;

  graph::Metric weights_for(const Query& query) const;
  std::vector<graph::Position> snap(const Coordinate& point, const std::string& bearing,
                                    bool anywhere, const graph::Metric& weights) const;
  std::vector<Leg> best_legs(const std::vector<std::vector<graph::Position>>& places,
                             const graph::Metric& weights) const;
  double turn_deg(std::int32_t from, std::int32_t to) const;
  graph::Metric only_along(const graph::Path& path) const;
  void append(const Leg& leg, Answer& answer) const;
  const std::string& name_of(std::int32_t edge) const;

  graph::RoadGraph graph_;
  graph::Metric times_, weights_;
  std::unordered_map<std::int64_t, std::string> way_names_;
};

}  // namespace roadgnn::conformance
