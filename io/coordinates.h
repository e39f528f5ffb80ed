// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/osm/import.h>

namespace roadgnn::io {

/// A place in degrees, WGS 84.
struct Coordinate {
  double lat = 0, lon = 0;

  friend bool operator==(const Coordinate&, const Coordinate&) = default;
};

/// Which system the coordinates of a file are in. Chinese maps shift theirs: GCJ-02 (Amap, Tencent)
/// and BD-09 (Baidu).
enum class CoordinateSystem { wgs84, gcj02, bd09 };

/// The WGS 84 place of a coordinate given in another system; exact to about a centimetre. GCJ-02 is
/// applied as its users do it, by the box around China: a coordinate outside that box is returned
/// as it is.
Coordinate to_wgs84(Coordinate place, CoordinateSystem system);

/// The inverse of to_wgs84.
Coordinate from_wgs84(Coordinate place, CoordinateSystem system);

/// The smallest box around the nodes of a city. For a city across 180 degrees west is larger than
/// east.
BoundingBox bounding_box(const graph::RoadGraph& graph);

/// Whether a place lies in a box, widened by `margin_deg` on each side.
bool contains(const BoundingBox& box, Coordinate place, double margin_deg = 0);

/// Great-circle distance in metres on a sphere of 6,371 km.
double distance_m(Coordinate a, Coordinate b);

}  // namespace roadgnn::io
