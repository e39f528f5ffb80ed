// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/page/backdrop.h>

#include <algorithm>
#include <unordered_map>

#include <roadgnn/io/page/encoding.h>

namespace roadgnn::io::page {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// The next edge of the same way and class whose segment is not drawn yet, or -1.
std::int32_t continuation(const graph::RoadGraph& graph, std::int32_t edge,
                          const std::vector<bool>& drawn) {
  const auto node = index(graph.head[index(edge)]);
  for (std::int32_t next = graph.first_out[node]; next < graph.first_out[node + 1]; ++next) {
    const bool same_street = graph.way[index(next)] == graph.way[index(edge)] &&
                             graph.road_class[index(next)] == graph.road_class[index(edge)];
    if (same_street && !drawn[index(graph.segment[index(next)])]) return next;
  }
  return -1;
}

}  // namespace

std::uint8_t drawing_class(graph::RoadClass road_class) {
  using enum graph::RoadClass;
  switch (road_class) {
    case motorway:
    case motorway_link:
    case trunk:
    case trunk_link:
      return 0;
    case primary:
    case primary_link:
      return 1;
    case secondary:
    case secondary_link:
      return 2;
    case tertiary:
    case tertiary_link:
      return 3;
    case unclassified:
    case residential:
    case living_street:
    case other:
      return 4;
    case service:
    case track:
    case cycleway:
    case path:
    case pedestrian:
    case footway:
      return 5;
    case ferry:
    case shuttle_train:
      return 6;
  }
  return 4;
}

std::vector<Street> streets_of(const graph::RoadGraph& graph) {
  std::vector<Street> streets;
  std::vector<bool> drawn(index(graph.num_segments()), false);
  for (std::int32_t edge = 0; edge < graph.num_edges(); ++edge) {
    if (drawn[index(graph.segment[index(edge)])]) continue;
    Street street;
    street.drawing_class = drawing_class(graph.road_class[index(edge)]);
    street.name = graph.way_name[index(graph.way[index(edge)])];
    for (std::int32_t next = edge; next >= 0; next = continuation(graph, next, drawn)) {
      drawn[index(graph.segment[index(next)])] = true;
      const std::vector<PointE7> line = edge_line(graph, next);
      street.points.insert(street.points.end(), line.begin() + (next == edge ? 0 : 1), line.end());
    }
    streets.push_back(std::move(street));
  }
  std::stable_sort(streets.begin(), streets.end(), [](const Street& a, const Street& b) {
    return a.drawing_class < b.drawing_class;
  });
  return streets;
}

std::string encode_backdrop(const std::vector<Street>& streets, const graph::RoadGraph& graph,
                            std::vector<std::string>& names) {
  std::unordered_map<std::int32_t, std::uint64_t> place_of_name;
  names.assign(1, "");
  const auto place = [&](std::int32_t name) -> std::uint64_t {
    const std::int32_t begin = graph.first_name_char[index(name)],
                       end = graph.first_name_char[index(name) + 1];
    if (begin == end) return 0;
    const auto [at, added] = place_of_name.try_emplace(name, names.size());
    if (added) names.emplace_back(graph.name_chars.data() + begin, index(end - begin));
    return at->second;
  };

  std::uint64_t num_points = 0;
  for (const Street& street : streets) num_points += street.points.size();
  ByteWriter out;
  out.unsigned_number(streets.size());
  out.unsigned_number(num_points);
  for (const Street& street : streets) {
    out.unsigned_number(street.drawing_class);
    out.unsigned_number(place(street.name));
    out.unsigned_number(street.points.size());
    out.points(street.points);
  }
  return out.bytes();
}

}  // namespace roadgnn::io::page
