// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/tests/gpu/synthetic_city.h>

#include <algorithm>
#include <random>
#include <span>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph::testing {
namespace {

constexpr std::int32_t kNodesASide = 16;  // of a district
constexpr std::int32_t kBlockM = 90;

class CityMaker {
 public:
  CityMaker(std::int32_t districts, unsigned seed)
      : side_(districts * kNodesASide), random_(seed) {}

  RoadNetwork make() {
    network_.names = {""};
    network_.ways = {{1, 0}};
    network_.conditions = {"always"};
    network_.profiles.resize(1);
    network_.profiles[0].name = "car";
    for (std::int32_t y = 0; y < side_; ++y) {
      for (std::int32_t x = 0; x < side_; ++x) add_node(x, y);
    }
    for (std::int32_t y = 0; y < side_; ++y) {
      for (std::int32_t x = 0; x < side_; ++x) {
        if (x + 1 < side_) add_street(x, y, x + 1, y, y);
        if (y + 1 < side_) add_street(x, y, x, y + 1, x);
      }
    }
    return std::move(network_);
  }

 private:
  bool chance(double p) { return random_() % 1000 < 1000 * p; }
  std::int32_t below(std::int32_t n) {
    return static_cast<std::int32_t>(random_() % static_cast<unsigned>(n));
  }

  void add_node(std::int32_t x, std::int32_t y) {
    constexpr std::int32_t kE7PerM = 90;
    const auto e7 = [&](std::int32_t i) { return (i * kBlockM + below(kBlockM / 3)) * kE7PerM; };
    network_.nodes.push_back({std::int64_t{1} + y * side_ + x, e7(y), e7(x), 0});
  }

  // `line` is the street's row or column: arterials run along the middle of each district.
  void add_street(std::int32_t x, std::int32_t y, std::int32_t to_x, std::int32_t to_y,
                  std::int32_t line) {
    const bool arterial = line % kNodesASide == kNodesASide / 2;
    const bool border = x / kNodesASide != to_x / kNodesASide ||  //
                        y / kNodesASide != to_y / kNodesASide;
    if (!arterial && chance(border ? 0.8 : 0.3)) return;
    RoadNetwork::Segment segment;
    segment.from = y * side_ + x;
    segment.to = to_y * side_ + to_x;
    segment.length_cm = (kBlockM + below(kBlockM / 2)) * 100;
    segment.flags[0] = segment.flags[1] = edge_flag::startpoint;
    segment.road_class = arterial ? RoadClass::secondary : RoadClass::residential;
    const bool one_way = !arterial && chance(0.25);
    const std::int32_t kmh = arterial ? 50 : 20 + below(15);
    RoadNetwork::Profile& profile = network_.profiles[0];
    for (int direction = 0; direction < 2; ++direction) {
      const bool open = direction == 0 || !one_way;
      profile.edge_time_ms.push_back(open ? segment.length_cm * 36 / kmh : kClosed);
      profile.edge_access.push_back(open ? Access::open : Access::closed);
    }
    network_.segments.push_back(segment);
  }

  const std::int32_t side_;
  std::mt19937 random_;
  RoadNetwork network_;
};

}  // namespace

std::shared_ptr<const RoadGraph> synthetic_city(std::int32_t districts_a_side, unsigned seed) {
  auto city =
      std::make_shared<RoadGraph>(build_road_graph(CityMaker(districts_a_side, seed).make()));
  city->hierarchy = make_hierarchy(*city, resolve_threads(0));
  return city;
}

std::vector<Position> random_stops(const RoadGraph& graph, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  const auto usable = [&](std::int32_t edge) {
    return edge >= 0 && graph.profiles[0].snappable[edge] != 0;
  };
  const std::span<const std::uint8_t> snappable = graph.profiles[0].snappable.span();
  if (std::all_of(snappable.begin(), snappable.end(), [](std::uint8_t s) { return s == 0; })) {
    throw Error("the city has no street that its first profile may use");
  }
  std::vector<Position> stops;
  while (stops.size() < count) {
    const auto edge =
        static_cast<std::int32_t>(random() % static_cast<unsigned>(graph.num_edges()));
    const std::int32_t length = graph.length_cm[edge], other = graph.opposite[edge];
    const auto offset = static_cast<std::int32_t>(random() % static_cast<unsigned>(length + 1));
    if (!usable(edge)) continue;
    Position stop;
    stop.sides[0] = {edge, offset};
    if (usable(other)) stop.sides[1] = {other, length - offset};
    stop.num_sides = usable(other) ? 2 : 1;
    stops.push_back(stop);
  }
  return stops;
}

}  // namespace roadgnn::graph::testing
