// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_city.h>

#include <cstdio>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/snapper.h>

namespace roadgnn::io {

VroomCity place_on_city(const VroomProblem& vroom,
                        const std::shared_ptr<const graph::RoadGraph>& graph, double max_snap_m) {
  VroomCity city;
  for (const std::string& name : vroom.profiles) {
    const int profile = graph->profile_index(name);
    const graph::Snapper snapper(graph, profile);
    city.metrics.push_back(graph::make_metric(*graph, profile));
    std::vector<graph::Position>& positions = city.positions.emplace_back();
    for (const Coordinate& place : vroom.places) {
      positions.push_back(snapper.snap(place.lat, place.lon, max_snap_m).position);
      if (positions.back().valid()) continue;
      char message[200];
      std::snprintf(
          message, sizeof message,
          "[%.6f, %.6f]: expected a street that '%.80s' may use within %.0f m, found none",
          place.lon, place.lat, name.c_str(), max_snap_m);
      throw RoutingError(message);
    }
  }
  return city;
}

}  // namespace roadgnn::io
