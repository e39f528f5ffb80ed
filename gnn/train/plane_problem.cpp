// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/plane_problem.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

constexpr double kSide = 100'000;  // of the square that the stops lie in

// The standard fixes what the engine gives, not what its distributions make of it.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  double uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(engine_() >> 11) * 0x1.0p-53);
  }
  double log_uniform(double low, double high) {
    return std::exp(uniform(std::log(low), std::log(high)));
  }
  std::int32_t below(std::int32_t bound) {
    return std::min(bound - 1, static_cast<std::int32_t>(uniform(0, bound)));
  }
  bool happens(double probability) { return uniform(0, 1) < probability; }

 private:
  std::mt19937_64 engine_;
};

std::int64_t whole(double value) {
  return static_cast<std::int64_t>(std::llround(value));
}

enum class Kind : std::uint8_t { capacities, windows, pairs };

// A stop while the problem is being made; locations are those of the problem.
struct Place {
  std::int64_t arrival = 0;  // in the rough plan
  std::int64_t service = 0, load = 1;
  decode::TimeWindow window{};
  bool windowed = false;
};

class Maker {
 public:
  Maker(const PlaneOptions& options, std::uint64_t seed) : draw_(seed), style_(options.style) {
    const double share = draw_.uniform(0, 1);
    kind_ = share < 0.25 ? Kind::capacities : share < 0.7 ? Kind::windows : Kind::pairs;
    if (style_ == PlaneStyle::uchoa) kind_ = Kind::capacities;
    if (style_ == PlaneStyle::long_routes) kind_ = Kind::windows;
    num_stops_ = static_cast<std::int32_t>(
        draw_.log_uniform(options.least_stops, options.most_stops + 0.999));
    const double longest = num_stops_ / 2.0;
    route_stops_ = static_cast<std::int32_t>(
        style_ == PlaneStyle::long_routes
            ? draw_.log_uniform(std::min(30.0, longest), std::min(120.0, longest))
            : draw_.log_uniform(5, std::min(80.0, longest)));
  }

  PlaneProblem run() {
    if (style_ == PlaneStyle::uchoa) {
      place_as_uchoa();
    } else {
      place_depots();
      place_stops();
      draw_services_and_loads();
    }
    plan_roughly();
    if (kind_ != Kind::capacities) draw_windows();
    add_orders();
    add_fleet();
    decode::validate(made_.problem);
    return std::move(made_);
  }

 private:
  graph::Coordinate anywhere() { return {draw_.uniform(0, kSide), draw_.uniform(0, kSide)}; }

  void place_depots() {
    num_depots_ = draw_.happens(0.85) ? 1 : 2 + draw_.below(2);
    const double position = draw_.uniform(0, 1);
    for (std::int32_t d = 0; d < num_depots_; ++d) {
      graph::Coordinate at = anywhere();
      if (num_depots_ == 1 && position < 0.4) at = {kSide / 2, kSide / 2};
      if (num_depots_ == 1 && position > 0.85) at = {0, 0};
      made_.points.push_back(at);
      made_.problem.depots.push_back({.id = "depot " + std::to_string(d), .location = d});
    }
  }

  // Around a cluster's centre the density falls off exponentially, as in Uchoa et al. (2017).
  void place_stops() {
    const double clustered =
        std::array{0.0, 1.0, draw_.uniform(0.2, 0.8)}[static_cast<std::size_t>(draw_.below(3))];
    const auto num_centres =
        static_cast<std::int32_t>(draw_.log_uniform(3, std::max(4.0, num_stops_ / 12.0)));
    const double spread = kSide * draw_.log_uniform(0.015, 0.1);
    std::vector<graph::Coordinate> centres;
    for (std::int32_t c = 0; c < num_centres; ++c) centres.push_back(anywhere());
    for (std::int32_t i = 0; i < num_stops_; ++i) {
      graph::Coordinate at = anywhere();
      if (draw_.happens(clustered)) {
        const graph::Coordinate centre =
            centres[static_cast<std::size_t>(draw_.below(num_centres))];
        const double distance = -spread * std::log(1 - draw_.uniform(0, 1));
        const double angle = draw_.uniform(0, 2 * std::numbers::pi);
        at.x = std::clamp(centre.x + distance * std::cos(angle), 0.0, kSide);
        at.y = std::clamp(centre.y + distance * std::sin(angle), 0.0, kSide);
      }
      made_.points.push_back({std::round(at.x), std::round(at.y)});
    }
    made_.problem.num_locations = num_depots_ + num_stops_;
  }

  // Depot in the centre, in the corner or anywhere; customers anywhere, around three to eight seeds
  // or half of them each; loads of seven kinds.
  void place_as_uchoa() {
    const std::array<graph::Coordinate, 3> depots = {graph::Coordinate{kSide / 2, kSide / 2},
                                                     graph::Coordinate{0, 0}, anywhere()};
    made_.points.push_back(depots[static_cast<std::size_t>(draw_.below(3))]);
    made_.problem.depots.push_back({.id = "depot", .location = 0});
    std::vector<graph::Coordinate> seeds(static_cast<std::size_t>(3 + draw_.below(6)));
    for (graph::Coordinate& seed : seeds) seed = anywhere();
    const double clustered = std::array{0.0, 0.5, 1.0}[static_cast<std::size_t>(draw_.below(3))];
    for (std::int32_t i = 0; i < num_stops_; ++i) {
      graph::Coordinate at = anywhere();
      if (i < clustered * num_stops_) {
        while (!draw_.happens(attraction(seeds, at))) at = anywhere();
      }
      made_.points.push_back({std::round(at.x), std::round(at.y)});
    }
    made_.problem.num_locations = 1 + num_stops_;
    draw_loads_as_uchoa();
    // Loads times a triangular number of customers a route: 3, most often 6, up to 25.
    const double share = draw_.uniform(0, 1);
    uchoa_route_ =
        share < 3.0 / 22 ? 3 + std::sqrt(share * 22 * 3) : 25 - std::sqrt((1 - share) * 22 * 19);
    route_stops_ = std::max(1, static_cast<std::int32_t>(uchoa_route_));
  }

  static double attraction(const std::vector<graph::Coordinate>& seeds,
                           const graph::Coordinate& at) {
    double sum = 0;
    for (const graph::Coordinate& seed : seeds)
      sum += std::exp(-std::hypot(seed.x - at.x, seed.y - at.y) / (0.04 * kSide));
    return sum;
  }

  void draw_loads_as_uchoa() {
    places_.resize(made_.points.size());
    const std::int32_t kind = draw_.below(7);
    const double small = draw_.uniform(0.7, 0.95);
    const auto between = [&](std::int32_t low, std::int32_t high) {
      return low + draw_.below(high - low + 1);
    };
    for (std::int32_t i = 1; i < made_.problem.num_locations; ++i) {
      const graph::Coordinate& point = made_.points[static_cast<std::size_t>(i)];
      const bool even = (point.x < kSide / 2) == (point.y < kSide / 2);
      const std::array loads = {1,
                                between(1, 10),
                                between(5, 10),
                                between(1, 100),
                                between(50, 100),
                                even ? between(1, 50) : between(51, 100),
                                draw_.happens(small) ? between(1, 10) : between(50, 100)};
      at(i).load = loads[static_cast<std::size_t>(kind)];
    }
  }

  void draw_services_and_loads() {
    places_.resize(made_.points.size());
    const double gap = kSide / std::sqrt(static_cast<double>(num_stops_));
    const double service = draw_.happens(0.25) ? 0 : gap * draw_.log_uniform(0.1, 4);
    const bool same = draw_.happens(0.6);
    const auto most_load = static_cast<std::int32_t>(draw_.log_uniform(1, 100));
    for (std::int32_t i = num_depots_; i < made_.problem.num_locations; ++i) {
      Place& place = at(i);
      place.service = whole(service * (same ? 1 : draw_.uniform(0.3, 1.7)));
      place.load = 1 + draw_.below(most_load);
    }
  }

  Place& at(std::int32_t location) { return places_[static_cast<std::size_t>(location)]; }

  std::int64_t travel(std::int32_t from, std::int32_t to) const {
    const graph::Coordinate& a = made_.points[static_cast<std::size_t>(from)];
    const graph::Coordinate& b = made_.points[static_cast<std::size_t>(to)];
    // Up, so that what fits here fits under any rounding.
    return static_cast<std::int64_t>(std::ceil(std::hypot(a.x - b.x, a.y - b.y))) + 1;
  }

  std::int32_t nearest_depot(std::int32_t location) const {
    std::int32_t nearest = 0;
    for (std::int32_t d = 1; d < num_depots_; ++d) {
      if (travel(d, location) < travel(nearest, location)) nearest = d;
    }
    return nearest;
  }

  // Routes from the nearest depot to the nearest stop, and so on: when a vehicle may come by.
  void plan_roughly() {
    std::vector<bool> left(made_.points.size(), true);
    std::int64_t longest = 0;
    for (std::int32_t seed = num_depots_; seed < made_.problem.num_locations; ++seed) {
      if (!left[static_cast<std::size_t>(seed)]) continue;
      const std::int32_t depot = nearest_depot(seed);
      std::vector<std::int32_t>& route = rough_.emplace_back();
      std::int64_t time = 0;
      for (std::int32_t here = depot, next = seed; next >= 0; next = nearest_left(here, left)) {
        time += travel(here, next);
        at(next).arrival = time;
        time += at(next).service;
        left[static_cast<std::size_t>(next)] = false;
        route.push_back(next);
        here = next;
        if (route.size() >= static_cast<std::size_t>(route_stops_)) break;
      }
      longest = std::max(longest, time + travel(route.back(), depot));
    }
    for (std::int32_t i = num_depots_; i < made_.problem.num_locations; ++i)
      longest = std::max(longest, 2 * travel(nearest_depot(i), i) + at(i).service);
    horizon_ = whole(static_cast<double>(longest) * draw_.uniform(1.02, 1.6)) + 10;
  }

  std::int32_t nearest_left(std::int32_t here, const std::vector<bool>& left) const {
    std::int32_t nearest = -1;
    for (std::int32_t i = num_depots_; i < made_.problem.num_locations; ++i) {
      if (left[static_cast<std::size_t>(i)] &&
          (nearest < 0 || travel(here, i) < travel(here, nearest))) {
        nearest = i;
      }
    }
    return nearest;
  }

  void draw_windows() {
    const double share = std::array{0.25, 0.5, 0.75, 1.0}[static_cast<std::size_t>(draw_.below(4))];
    const double width = static_cast<double>(horizon_) *
                         draw_.log_uniform(0.01, style_ == PlaneStyle::long_routes ? 0.7 : 0.4);
    const bool around_plan = draw_.happens(kind_ == Kind::pairs ? 0.9 : 0.4);
    const bool same = draw_.happens(0.5);
    for (std::int32_t i = num_depots_; i < made_.problem.num_locations; ++i) {
      Place& place = at(i);
      const std::int32_t depot = nearest_depot(i);
      const std::int64_t earliest = travel(depot, i);
      const std::int64_t latest = horizon_ - travel(i, depot) - place.service;
      place.windowed = draw_.happens(share);
      place.window = {earliest, latest};
      if (!place.windowed) continue;
      const double half = width / 2 * (same ? 1 : draw_.uniform(0.3, 1.7));
      const double centre = around_plan
                                ? static_cast<double>(place.arrival) + half * draw_.uniform(-1, 1)
                                : draw_.uniform(static_cast<double>(earliest),
                                                static_cast<double>(std::max(earliest, latest)));
      place.window.open = std::clamp(whole(centre - half), std::int64_t{0}, latest);
      place.window.close = std::clamp(whole(centre + half), earliest + std::int64_t{0}, latest);
    }
  }

  decode::Stop stop_at(std::int32_t location) {
    const Place& place = at(location);
    decode::Stop stop{.location = location, .service = place.service};
    if (place.windowed) stop.windows = {place.window};
    return stop;
  }

  // A delivery must be in reach from its pickup, if need be at any time later.
  void let_pair_fit(std::int32_t pickup, std::int32_t delivery) {
    const std::int64_t arrival =
        std::max(at(pickup).window.open, travel(nearest_depot(pickup), pickup)) +
        at(pickup).service + travel(pickup, delivery);
    const std::int32_t depot = nearest_depot(pickup);
    const std::int64_t latest = horizon_ - travel(delivery, depot) - at(delivery).service;
    if (arrival > latest) at(pickup).windowed = false;
    if (at(delivery).windowed && arrival > at(delivery).window.close) at(delivery).windowed = false;
  }

  void add_orders() {
    const double paired = kind_ == Kind::pairs ? draw_.uniform(0.2, 1) : 0;
    const double collected = kind_ == Kind::capacities ? 0 : draw_.happens(0.2) ? 0.2 : 0;
    for (std::vector<std::int32_t> route : rough_) {
      while (!route.empty()) {
        decode::Order order;
        const std::int32_t first = take(route, 0);
        order.id = std::to_string(first);
        order.load = {at(first).load};
        if (!route.empty() && draw_.happens(paired)) {
          const std::int32_t second =
              take(route,
                   static_cast<std::size_t>(draw_.below(static_cast<std::int32_t>(route.size()))));
          let_pair_fit(first, second);
          order.pickup = stop_at(first);
          order.delivery = stop_at(second);
        } else if (draw_.happens(collected)) {
          order.pickup = stop_at(first);
        } else {
          order.delivery = stop_at(first);
        }
        made_.problem.orders.push_back(std::move(order));
      }
    }
  }

  static std::int32_t take(std::vector<std::int32_t>& route, std::size_t index) {
    const std::int32_t location = route[index];
    route.erase(route.begin() + static_cast<std::ptrdiff_t>(index));
    return location;
  }

  void add_fleet() {
    decode::Problem& problem = made_.problem;
    problem.dimensions = {"load"};
    problem.units = decode::Units::plain;
    double sum = 0;
    std::int64_t largest = 0;
    for (const decode::Order& order : problem.orders) {
      sum += static_cast<double>(order.load.front());
      largest = std::max(largest, order.load.front());
    }
    const double mean = sum / static_cast<double>(problem.orders.size());
    if (style_ == PlaneStyle::uchoa) return add_vehicles_as_uchoa(mean, largest);
    const double room =
        kind_ == Kind::capacities ? draw_.uniform(0.9, 1.1) : draw_.log_uniform(0.8, 6);
    const double capacity = mean * route_stops_ * room;
    const bool dear = draw_.happens(0.5), by_time = draw_.happens(0.3);
    const double fixed = dear ? kSide * draw_.log_uniform(0.1, 20) : 0;
    const double time_price = by_time ? draw_.log_uniform(0.1, 2) : 0;
    const std::int32_t sizes = draw_.happens(0.75) ? 1 : 2 + draw_.below(2);
    for (std::int32_t d = 0; d < num_depots_; ++d) {
      for (std::int32_t s = 0; s < sizes; ++s) {
        decode::VehicleType type;
        type.id = std::to_string(d) + "/" + std::to_string(s);
        type.count = num_stops_;
        type.start_depot = type.end_depot = d;
        // The largest first; half the size costs seven tenths.
        const double size = std::pow(0.5, s);
        type.capacity = {std::max(largest, whole(capacity * size))};
        type.cost_fixed = std::round(fixed * std::sqrt(size));
        type.cost_per_distance = std::sqrt(size);
        type.cost_per_time = time_price * std::sqrt(size);
        type.shift = {0, kind_ == Kind::capacities ? decode::kNoLimit : horizon_};
        problem.vehicle_types.push_back(std::move(type));
      }
    }
  }

  void add_vehicles_as_uchoa(double mean_load, std::int64_t largest) {
    decode::VehicleType type;
    type.id = "vehicle";
    type.count = num_stops_;
    type.start_depot = type.end_depot = 0;
    type.capacity = {std::max(largest, whole(std::ceil(uchoa_route_ * mean_load)))};
    type.cost_per_distance = 1;
    type.shift = {0, decode::kNoLimit};
    made_.problem.vehicle_types.push_back(std::move(type));
  }

  Draw draw_;
  PlaneStyle style_;
  Kind kind_ = Kind::capacities;
  std::int32_t num_stops_ = 0, num_depots_ = 1, route_stops_ = 10;
  double uchoa_route_ = 0;  // stops that fill a vehicle
  std::int64_t horizon_ = 0;
  std::vector<Place> places_;                     // [num_locations]
  std::vector<std::vector<std::int32_t>> rough_;  // routes of a plan without windows
  PlaneProblem made_;
};

}  // namespace

PlaneProblem make_plane_problem(const PlaneOptions& options, std::uint64_t seed) {
  if (options.least_stops < 10 || options.most_stops < options.least_stops ||
      options.most_stops > 100'000) {
    throw InputError("plane problems: expected 10 to 100,000 stops, found " +
                     std::to_string(options.least_stops) + " to " +
                     std::to_string(options.most_stops));
  }
  return Maker(options, seed).run();
}

}  // namespace roadgnn::gnn::train
