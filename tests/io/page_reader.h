// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

/// Reads a plan page back, the way its decode.js does.

struct PointE6 {
  std::int64_t lat = 0, lon = 0;
  friend auto operator<=>(const PointE6&, const PointE6&) = default;
};

struct ReadStep {
  int kind = 0;
  std::int64_t order = -1, arrival_s = 0, begin_s = 0, departure_s = 0, distance = 0, point = 0;
  std::vector<std::int64_t> load;
};

struct ReadRoute {
  std::int64_t type = 0, vehicle = 0, distance = 0;
  double cost = 0;
  std::vector<ReadStep> steps;
  std::vector<PointE6> points;
};

PointE6 rounded_e6(PointE7 point);

/// The text of the element with an id, up to the next end tag.
std::string element_text(const std::string& page, const std::string& id);

std::vector<ReadRoute> read_routes(const std::string& base64, std::size_t dimensions);
std::vector<std::vector<PointE6>> read_roads(const std::string& base64);

/// Adds a line's pieces, each from its smaller to its larger end.
void add_pieces(std::multiset<std::pair<PointE6, PointE6>>& pieces,
                const std::vector<PointE6>& line);
void add_pieces(std::multiset<std::pair<PointE6, PointE6>>& pieces,
                const std::vector<PointE7>& line);

std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace roadgnn::io
