// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/generate_orders.h>
#include <roadgnn/io/street_sampler.h>

namespace roadgnn::io {
namespace {

constexpr std::int64_t kHour_ms = 3'600'000;

// What vehicles of a kind are like, whatever the day.
struct Model {
  const char* id;
  const char* profile;
  std::int64_t volume_l, weight_kg;
  bool chilled;
  double cost_fixed, cost_per_km, cost_per_hour;
  std::int64_t shift_start_h, shift_end_h;
};
constexpr std::array kModels = {
    Model{"trike", "cargo_trike", 2000, 300, false, 25, 0.1, 12, 9, 19},
    Model{"van", "van", 11'000, 1400, false, 60, 0.35, 15, 8, 20},
    Model{"cold", "cold_truck", 12'000, 2500, true, 90, 0.6, 17, 8, 20},
};

using Point = std::pair<std::int64_t, std::int64_t>;  // lat, lon in 1e-7 degrees

Point point_of(Coordinate place) {
  return {std::llround(place.lat * 1e7), std::llround(place.lon * 1e7)};
}

// Work of the stops that ask for a chilled vehicle or do not.
struct Work {
  std::int64_t service_ms = 0, stops = 0, volume_ml = 0, weight_g = 0;
};

void add(Work& work, const OrderRow& order) {
  for (const auto* stop : {&order.pickup, &order.delivery}) {
    if (!*stop) continue;
    work.service_ms += (*stop)->service_ms;
    ++work.stops;
  }
  work.volume_ml += order.volume_ml;
  work.weight_g += order.weight_g;
}

// Square metres of the 250 m cells in which there are stops.
std::int64_t area_m2(const std::vector<OrderRow>& orders) {
  constexpr std::int64_t kCell_e7 = 22'500;
  std::set<Point> cells;
  for (const OrderRow& order : orders) {
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (!*stop) continue;
      const Point point = point_of((*stop)->place);
      cells.emplace(point.first / kCell_e7, point.second / kCell_e7);
    }
  }
  return static_cast<std::int64_t>(cells.size()) * 250 * 250;
}

std::int64_t root(std::int64_t square) {
  auto result = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
  while (result * result > square) --result;
  while ((result + 1) * (result + 1) <= square) ++result;
  return result;
}

// Vehicles that do the work in their shift, with as much time again for the way there and for
// windows, and a quarter of the room for loads that do not pack: a first plan must not run out of
// vehicles. Between two stops lie about twice the root of the area per stop, at 20 km/h, and 25 s
// of turning.
std::int32_t vehicles_for(const Work& work, const Model& model, std::int64_t area) {
  if (work.stops == 0) return 0;
  const std::int64_t gap_ms = root(area / work.stops) * 2000 * 10 / 55 + 25'000;
  const std::int64_t shift_ms = (model.shift_end_h - model.shift_start_h) * kHour_ms;
  const std::int64_t by_time = (work.service_ms + work.stops * gap_ms) * 2 / shift_ms;
  const std::int64_t by_volume = work.volume_ml * 5 / 4 / (model.volume_l * 1000);
  const std::int64_t by_weight = work.weight_g * 5 / 4 / (model.weight_kg * 1000);
  return static_cast<std::int32_t>(std::max({by_time, by_volume, by_weight}) + 1);
}

Work share_of(const Work& work, std::int64_t permille) {
  return {work.service_ms * permille / 1000, work.stops * permille / 1000,
          work.volume_ml * permille / 1000, work.weight_g * permille / 1000};
}

Work sum_of(const Work& a, const Work& b) {
  return {a.service_ms + b.service_ms, a.stops + b.stops, a.volume_ml + b.volume_ml,
          a.weight_g + b.weight_g};
}

// What vehicles of each model have to do, in kModels' order. Orders that ask for nothing ride on
// cold trucks too, which come by anyway, while nobody can stand in for a cold truck that they have
// filled: so every vehicle counts as taking equally many of them.
std::array<Work, kModels.size()> divide(const Work& chilled, const Work& other, bool trikes,
                                        std::int64_t area) {
  const std::int64_t trike_permille = trikes ? 150 : 0;
  const auto plain = [&](const Work& work) {
    return std::array{share_of(work, trike_permille), share_of(work, 1000 - trike_permille)};
  };
  const std::int64_t cold = vehicles_for(chilled, kModels[2], area);
  const auto alone = plain(other);
  const std::int64_t all =
      cold + vehicles_for(alone[0], kModels[0], area) + vehicles_for(alone[1], kModels[1], area);
  const std::int64_t along_permille = all > 0 ? 1000 * cold / all : 0;
  const auto rest = plain(share_of(other, 1000 - along_permille));
  return {rest[0], rest[1], sum_of(chilled, share_of(other, along_permille))};
}

// Cuts the stops into strips of equally many along their longer axis; a depot goes to the node
// nearest to each middle.
std::vector<FleetDepot> place_depots(const graph::RoadGraph& graph,
                                     const std::vector<OrderRow>& orders,
                                     const std::vector<int>& profiles) {
  std::vector<Point> points;
  for (const OrderRow& order : orders)
    points.push_back(point_of((order.delivery ? order.delivery : order.pickup)->place));
  const auto [south, north] = std::minmax_element(points.begin(), points.end());
  const auto by_lon = [](const Point& a, const Point& b) { return a.second < b.second; };
  const auto [west, east] = std::minmax_element(points.begin(), points.end(), by_lon);
  const bool tall = north->first - south->first >= east->second - west->second;
  std::sort(points.begin(), points.end(), [&](const Point& a, const Point& b) {
    return tall ? a < b : Point{a.second, a.first} < Point{b.second, b.first};
  });

  const std::vector<std::int32_t> nodes = nodes_open_to(graph, profiles);
  if (nodes.empty())
    throw InputError("the city has no place for a depot that all of the fleet's profiles can use");
  const std::size_t strips =
      std::min(points.size(), std::clamp<std::size_t>(points.size() / 20'000, 2, 6));
  std::vector<FleetDepot> depots;
  for (std::size_t s = 0; s < strips; ++s) {
    const std::size_t begin = points.size() * s / strips, end = points.size() * (s + 1) / strips;
    Point middle{0, 0};
    for (std::size_t i = begin; i < end; ++i) {
      middle.first += points[i].first;
      middle.second += points[i].second;
    }
    middle.first /= static_cast<std::int64_t>(end - begin);
    middle.second /= static_cast<std::int64_t>(end - begin);
    const auto distance = [&](std::int32_t node) {
      const std::int64_t lat = (graph.lat_e7[static_cast<std::size_t>(node)] - middle.first) / 100;
      const std::int64_t lon = (graph.lon_e7[static_cast<std::size_t>(node)] - middle.second) / 100;
      return lat * lat + lon * lon;
    };
    const auto nearest = static_cast<std::size_t>(*std::min_element(
        nodes.begin(), nodes.end(),
        [&](std::int32_t a, std::int32_t b) { return distance(a) < distance(b); }));
    FleetDepot depot;
    depot.id.append("D").append(std::to_string(s + 1));
    depot.place = {graph.lat_e7[nearest] / 1e7, graph.lon_e7[nearest] / 1e7};
    depot.window = {6 * kHour_ms, 22 * kHour_ms};
    depots.push_back(std::move(depot));
  }
  return depots;
}

int find_profile(const graph::RoadGraph& graph, std::string_view name) {
  for (std::size_t p = 0; p < graph.profiles.size(); ++p) {
    if (graph.profiles[p].name == name) return static_cast<int>(p);
  }
  return -1;
}

FleetVehicleType type_of(const Model& model, const std::string& profile, const std::string& depot) {
  FleetVehicleType type;
  type.id = std::string(model.id) + "-" + depot;
  type.profile = profile;
  type.volume_ml = model.volume_l * 1000;
  type.weight_g = model.weight_kg * 1000;
  if (model.chilled) type.offers = {"chilled"};
  type.cost_fixed = model.cost_fixed;
  type.cost_per_km = model.cost_per_km;
  type.cost_per_hour = model.cost_per_hour;
  type.shift = {model.shift_start_h * kHour_ms, model.shift_end_h * kHour_ms};
  return type;
}

}  // namespace

Fleet generate_fleet(const graph::RoadGraph& graph, const std::vector<OrderRow>& orders) {
  if (orders.empty())
    throw InputError("expected at least one order to make a fleet for, found none");
  if (graph.profiles.empty()) throw InputError("expected a city with vehicle profiles, found none");
  Work chilled, other;
  for (const OrderRow& order : orders) add(order.needs.empty() ? other : chilled, order);

  // A model whose profile the city lacks drives by the van's rules, or the first profile's; trikes
  // are left out then.
  const int van = std::max(0, find_profile(graph, "van"));
  std::vector<int> profiles;
  std::vector<std::pair<const Model*, int>> models;
  for (const Model& model : kModels) {
    const int own = find_profile(graph, model.profile);
    if (own < 0 && &model == &kModels.front()) continue;
    models.emplace_back(&model, own < 0 ? van : own);
    profiles.push_back(models.back().second);
  }

  Fleet fleet;
  fleet.depots = place_depots(graph, orders, profiles);
  const std::int64_t area = area_m2(orders);
  const auto strips = static_cast<std::int32_t>(fleet.depots.size());
  const auto work = divide(chilled, other, models.size() == kModels.size(), area);
  for (const auto& [model, profile] : models) {
    const auto m = static_cast<std::size_t>(model - kModels.data());
    const std::int32_t vehicles = vehicles_for(work[m], *model, area);
    for (std::int32_t d = 0; d < strips; ++d) {
      FleetVehicleType type =
          type_of(*model, graph.profiles[static_cast<std::size_t>(profile)].name,
                  fleet.depots[static_cast<std::size_t>(d)].id);
      type.count = (vehicles + strips - 1) / strips;
      type.start_depot = type.end_depot = d;
      if (type.count > 0) fleet.vehicle_types.push_back(std::move(type));
    }
  }
  return fleet;
}

}  // namespace roadgnn::io
