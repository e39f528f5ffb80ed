// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "grid_day.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace roadgnn::io {
namespace {

using graph::RoadClass;

constexpr double kMetresPerSecond = 8;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t wrap(double lon_e7) {
  if (lon_e7 >= 1.8e9) lon_e7 -= 3.6e9;
  return static_cast<std::int32_t>(std::lround(lon_e7));
}

RoadClass class_of_street(std::int32_t line) {
  if (line % 40 == 20) return RoadClass::trunk;
  if (line % 20 == 10) return RoadClass::primary;
  if (line % 10 == 5) return RoadClass::secondary;
  return line % 5 == 2 ? RoadClass::tertiary : RoadClass::residential;
}

// One street's worth of nodes, edges and shapes as plain vectors.
struct Builder {
  const GridDayOptions& options;
  std::vector<std::int32_t> lat, lon, first_out{0}, head, tail, opposite, length, segment,
      first_shape{0}, shape_lat, shape_lon;
  std::vector<std::uint16_t> flags;
  std::vector<RoadClass> classes;

  void add_nodes(std::mt19937_64& random) {
    std::uniform_real_distribution<double> jitter(-1500, 1500);
    for (std::int32_t y = 0; y < options.height; ++y) {
      for (std::int32_t x = 0; x < options.width; ++x) {
        const double bend = 4000 * std::sin(x / 7.0) + 3000 * std::cos(y / 5.0);
        lat.push_back(static_cast<std::int32_t>(
            std::lround(options.lat * 1e7 + y * 9000 + bend + jitter(random))));
        lon.push_back(wrap(options.lon * 1e7 + x * 10500 + bend + jitter(random)));
      }
    }
  }

  // The segment from `from` to its eastern or northern neighbour gets one shape point beside its
  // middle.
  void add_segment(std::int32_t from, std::int32_t to) {
    const double step = std::remainder(double{1} * lon[index(to)] - lon[index(from)], 3.6e9);
    shape_lat.push_back((lat[index(from)] + lat[index(to)]) / 2 + 400);
    shape_lon.push_back(wrap(lon[index(from)] + step / 2 + 300));
    first_shape.push_back(static_cast<std::int32_t>(shape_lat.size()));
  }

  void add_edge(std::int32_t from, std::int32_t to, std::int32_t street_segment, bool against,
                RoadClass kind) {
    const PointE7 middle{shape_lat[index(street_segment)], shape_lon[index(street_segment)]};
    const PointE7 a{lat[index(from)], lon[index(from)]}, b{lat[index(to)], lon[index(to)]};
    tail.push_back(from);
    head.push_back(to);
    segment.push_back(street_segment);
    length.push_back(static_cast<std::int32_t>(
        std::lround(100 * (distance_m(a, middle) + distance_m(middle, b)))));
    flags.push_back(against ? graph::edge_flag::against_way : 0);
    classes.push_back(kind);
  }
};

// Each row is a way and each column; minor columns have no name.
void name_streets(graph::RoadGraph& graph, const std::vector<std::int32_t>& tail,
                  const std::vector<std::int32_t>& head, std::int32_t width, std::int32_t height) {
  std::vector<std::int32_t> way, way_name, first_char{0, 0};
  std::vector<char> chars;
  for (std::size_t e = 0; e < tail.size(); ++e) {
    const bool along_row = tail[e] / width == head[e] / width;
    way.push_back(along_row ? tail[e] / width : height + tail[e] % width);
  }
  for (std::int32_t w = 0; w < width + height; ++w) {
    const bool row = w < height;
    way_name.push_back(row || w % 3 == 0 ? static_cast<std::int32_t>(first_char.size()) - 1 : 0);
    if (way_name.back() == 0) continue;
    const std::string name =
        row ? "Calle " + std::to_string(w + 1) + " Poniente" : "Avenida " + std::to_string(w);
    chars.insert(chars.end(), name.begin(), name.end());
    first_char.push_back(static_cast<std::int32_t>(chars.size()));
  }
  graph.way_osm_id = std::vector<std::int64_t>(way_name.size(), 1);
  graph.way = std::move(way);
  graph.way_name = std::move(way_name);
  graph.first_name_char = std::move(first_char);
  graph.name_chars = std::move(chars);
}

graph::RoadGraph make_graph(const GridDayOptions& options, std::mt19937_64& random) {
  Builder b{.options = options,
            .lat = {},
            .lon = {},
            .head = {},
            .tail = {},
            .opposite = {},
            .length = {},
            .segment = {},
            .shape_lat = {},
            .shape_lon = {},
            .flags = {},
            .classes = {}};
  b.add_nodes(random);
  const std::int32_t w = options.width, h = options.height;
  std::vector<std::int32_t> east(index(std::int64_t{w} * h), -1), north = east;
  for (std::int32_t v = 0; v < w * h; ++v) {
    if (v % w + 1 < w) {
      east[index(v)] = static_cast<std::int32_t>(b.first_shape.size()) - 1;
      b.add_segment(v, v + 1);
    }
    if (v / w + 1 < h) {
      north[index(v)] = static_cast<std::int32_t>(b.first_shape.size()) - 1;
      b.add_segment(v, v + w);
    }
  }
  for (std::int32_t v = 0; v < w * h; ++v) {
    const RoadClass row = class_of_street(v / w), column = class_of_street(v % w + 3);
    if (v / w > 0) b.add_edge(v, v - w, north[index(v - w)], true, column);
    if (v % w > 0) b.add_edge(v, v - 1, east[index(v - 1)], true, row);
    if (v % w + 1 < w) b.add_edge(v, v + 1, east[index(v)], false, row);
    if (v / w + 1 < h) b.add_edge(v, v + w, north[index(v)], false, column);
    b.first_out.push_back(static_cast<std::int32_t>(b.head.size()));
  }
  std::vector<std::int32_t> first_of_segment(b.first_shape.size() - 1, -1);
  b.opposite.assign(b.head.size(), -1);
  for (std::int32_t e = 0; e < static_cast<std::int32_t>(b.head.size()); ++e) {
    std::int32_t& other = first_of_segment[index(b.segment[index(e)])];
    if (other >= 0) {
      b.opposite[index(e)] = other;
      b.opposite[index(other)] = e;
    }
    other = e;
  }

  graph::RoadGraph graph;
  name_streets(graph, b.tail, b.head, w, h);
  graph.lat_e7 = std::move(b.lat);
  graph.lon_e7 = std::move(b.lon);
  graph.first_out = std::move(b.first_out);
  graph.head = std::move(b.head);
  graph.tail = std::move(b.tail);
  graph.opposite = std::move(b.opposite);
  graph.length_cm = std::move(b.length);
  graph.segment = std::move(b.segment);
  graph.edge_flags = std::move(b.flags);
  graph.road_class = std::move(b.classes);
  graph.first_shape = std::move(b.first_shape);
  graph.shape_lat_e7 = std::move(b.shape_lat);
  graph.shape_lon_e7 = std::move(b.shape_lon);
  return graph;
}

std::int32_t edge_between(const graph::RoadGraph& graph, std::int32_t from, std::int32_t to) {
  std::int32_t edge = graph.first_out[index(from)];
  while (graph.head[index(edge)] != to) ++edge;
  return edge;
}

double length_m(const graph::RoadGraph& graph, const graph::Path& path) {
  std::int64_t cm = path.to.offset_cm - path.from.offset_cm;
  for (std::size_t i = 0; i + 1 < path.edges.size(); ++i)
    cm += graph.length_cm[index(path.edges[i])];
  return static_cast<double>(cm) / 100;
}

void add_locations(GridDay& day, const GridDayOptions& options, std::mt19937_64& random) {
  std::uniform_int_distribution<std::int32_t> any_edge(0, day.graph.num_edges() - 1);
  std::uniform_real_distribution<double> share(0, 1);
  day.positions.resize(1);
  const std::int32_t locations = 1 + options.orders + (options.orders + 9) / 10;
  for (std::int32_t l = 0; l < locations; ++l) {
    const std::int32_t edge = l == 0 ? day.graph.num_edges() / 2 : any_edge(random);
    const std::int32_t length = day.graph.length_cm[index(edge)];
    graph::Position position;
    position.sides[0] = {edge, static_cast<std::int32_t>(share(random) * length)};
    position.sides[1] = {day.graph.opposite[index(edge)], length - position.sides[0].offset_cm};
    position.num_sides = 2;
    day.positions[0].push_back(position);
  }
  // Neighbours in number are neighbours in town, so that consecutive stops make a route.
  std::sort(day.positions[0].begin() + 1, day.positions[0].end(),
            [&](const auto& a, const auto& b) {
              const auto key = [&](const graph::Position& p) {
                const std::int32_t v = day.graph.tail[index(p.sides[0].edge)],
                                   x = v % options.width, y = v / options.width;
                const std::int32_t block = x / 8, up = block % 2 == 0 ? y / 4 : 1000 - y / 4;
                return std::tuple(block, up, up % 2 == 0 ? x : -x, p.sides[0].edge);
              };
              return key(a) < key(b);
            });
  for (const graph::Position& position : day.positions[0]) {
    const PointE7 place = point_at(day.graph, position.sides[0]);
    day.places.push_back({place.lat / 1e7 + 0.00003, place.lon / 1e7});
  }
  day.problem.num_locations = locations;
}

void add_problem(GridDay& day, const GridDayOptions& options, std::mt19937_64& random) {
  decode::Problem& problem = day.problem;
  problem.dimensions = {"volume_l", "weight_kg"};
  problem.shown_load_units = {1000, 1000};
  problem.skills = {"chilled"};
  problem.depots = {{.id = "depot", .location = 0, .window = {}}};
  const auto type = [&](const char* id, double share, std::int64_t volume, double fixed,
                        double per_km) {
    decode::VehicleType made;
    made.id = id;
    made.count = std::max(1, static_cast<std::int32_t>(options.vehicles * share));
    made.capacity = {volume * 1000, volume * 250};
    made.cost_fixed = fixed;
    made.cost_per_distance = per_km / 1000;
    made.cost_per_time = 18 / 3.6e6;
    made.shift = {6 * 3'600'000, 20 * 3'600'000};
    problem.vehicle_types.push_back(made);
  };
  type("van", 0.5, 6000, 60, 0.4);
  type("cargo-trike", 0.25, 1500, 20, 0.1);
  type("cold-truck", 0.25, 9000, 110, 0.7);

  std::int32_t location = 1;
  for (std::int32_t o = 0; o < options.orders; ++o) {
    decode::Order order;
    order.id = "order-" + std::to_string(10000 + o);
    order.load = {static_cast<std::int64_t>(random() % 60'000 + 5'000),
                  static_cast<std::int64_t>(random() % 20'000 + 1'000)};
    if (o % 10 == 0) order.pickup = decode::Stop{location++, {}, 60'000};
    order.delivery = decode::Stop{location++, {}, 120'000};
    problem.orders.push_back(std::move(order));
  }
}

// Drives a vehicle over the stops of orders [begin, end) in their order; pickups right before their
// deliveries.
decode::Route make_route(GridDay& day, std::int32_t type, std::int32_t vehicle, std::int32_t begin,
                         std::int32_t end, std::mt19937_64& random) {
  decode::Problem& problem = day.problem;
  decode::Route route;
  route.vehicle_type = type;
  route.vehicle = vehicle;
  std::int64_t now = 6 * 3'600'000 + static_cast<std::int64_t>(random() % 7'200'000);
  const std::int64_t start = now;
  std::vector<std::int64_t> load{0, 0};
  for (std::int32_t o = begin; o < end; ++o) {
    if (problem.orders[index(o)].pickup) continue;
    for (std::size_t d = 0; d < load.size(); ++d) load[d] += problem.orders[index(o)].load[d];
  }
  route.steps.push_back({decode::StepKind::start, -1, 0, now, now, now, load, 0});
  const auto visit = [&](decode::StepKind kind, std::int32_t order, decode::Stop* stop) {
    const std::int32_t location = stop != nullptr ? stop->location : 0,
                       from = route.steps.back().location;
    const double metres = length_m(
        day.graph, day.walk(day.positions[0][index(from)], day.positions[0][index(location)]));
    const auto driving = static_cast<std::int64_t>(metres / kMetresPerSecond * 1000);
    const std::int64_t arrival = now + driving;
    std::int64_t wait = 0;
    if (stop != nullptr && random() % 10 < 3) {
      wait = random() % 20 == 0 ? 900'000 : 0;
      const std::int64_t open = (arrival + wait) / 3'600'000 * 3'600'000;
      stop->windows = {
          {wait > 0 ? arrival + wait : open, (wait > 0 ? arrival + wait : open) + 7'200'000}};
    }
    for (std::size_t d = 0; stop != nullptr && d < load.size(); ++d) {
      load[d] += (kind == decode::StepKind::pickup ? 1 : -1) * problem.orders[index(order)].load[d];
    }
    now = arrival + wait + (stop != nullptr ? stop->service : 0);
    route.driving += driving;
    route.distance += std::llround(metres);
    route.steps.push_back(
        {kind, order, location, arrival, arrival + wait, now, load, route.distance});
  };
  for (std::int32_t o = begin; o < end; ++o) {
    decode::Order& order = problem.orders[index(o)];
    if (order.pickup) visit(decode::StepKind::pickup, o, &*order.pickup);
    visit(decode::StepKind::delivery, o, &*order.delivery);
  }
  visit(decode::StepKind::end, -1, nullptr);
  route.duration = now - start;
  const decode::VehicleType& about = problem.vehicle_types[index(type)];
  route.cost = about.cost_fixed + about.cost_per_distance * static_cast<double>(route.distance) +
               about.cost_per_time * static_cast<double>(route.duration);
  return route;
}

void add_plan(GridDay& day, const GridDayOptions& options, std::mt19937_64& random) {
  const std::int32_t served = options.orders - options.unserved;
  std::int32_t made = 0;
  for (std::int32_t type = 0; type < static_cast<std::int32_t>(day.problem.vehicle_types.size());
       ++type) {
    const std::int32_t count = day.problem.vehicle_types[index(type)].count;
    for (std::int32_t vehicle = 0; vehicle < count && made < options.vehicles; ++vehicle, ++made) {
      const auto cut = [&](std::int64_t v) {
        return static_cast<std::int32_t>(v * served / options.vehicles);
      };
      day.plan.routes.push_back(make_route(day, type, vehicle, cut(made), cut(made + 1), random));
      day.plan.cost += day.plan.routes.back().cost;
      day.plan.distance += day.plan.routes.back().distance;
      day.plan.duration += day.plan.routes.back().duration;
    }
  }
  for (std::int32_t o = served; o < options.orders; ++o) {
    day.plan.unserved.push_back({o, o % 2 == 0 ? decode::Reason::capacity : decode::Reason::window,
                                 "no vehicle that could carry it gets there by 10:30"});
  }
}

}  // namespace

graph::Path GridDay::walk(const graph::Position& from, const graph::Position& to) const {
  graph::Path path;
  path.from = from.sides[0];
  path.to = to.sides[0];
  path.edges.push_back(path.from.edge);
  if (path.from.edge == path.to.edge && path.from.offset_cm <= path.to.offset_cm) return path;
  std::int32_t at = graph.head[index(path.from.edge)];
  const std::int32_t goal = graph.tail[index(path.to.edge)];
  while (at != goal) {
    const std::int32_t dx = goal % width - at % width, dy = goal / width - at / width;
    const std::int32_t next = dx != 0 ? at + (dx > 0 ? 1 : -1) : at + (dy > 0 ? width : -width);
    path.edges.push_back(edge_between(graph, at, next));
    at = next;
  }
  path.edges.push_back(path.to.edge);
  return path;
}

LegFinder GridDay::legs() const {
  return [this](int, std::int32_t, const graph::Position& from, const graph::Position& to) {
    return walk(from, to);
  };
}

GridDay make_grid_day(const GridDayOptions& options) {
  std::mt19937_64 random(options.seed);
  GridDay day;
  day.width = options.width;
  day.graph = make_graph(options, random);
  add_locations(day, options, random);
  add_problem(day, options, random);
  add_plan(day, options, random);
  return day;
}

}  // namespace roadgnn::io
