// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "random_problem.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace roadgnn::decode::testing {
namespace {

std::string numbered(const char* name, int number) {
  std::string text = name;
  text += std::to_string(number);
  return text;
}

class Generator {
 public:
  Generator(std::uint64_t seed, std::int32_t max_orders) : random_(seed), max_orders_(max_orders) {}

  Problem problem() {
    Problem problem;
    problem.units = Units::plain;
    const int dimensions = draw(0, 2);
    for (int d = 0; d < dimensions; ++d) problem.dimensions.push_back(numbered("load", d));
    problem.skills = {"chilled", "lift"};
    windows_ = chance(0.6), services_ = chance(0.6), skills_ = chance(0.3), limits_ = chance(0.3);
    pairs_ = chance(0.6), priorities_ = chance(0.3), time_costs_ = chance(0.6);

    const int num_depots = draw(1, 2);
    for (int i = 0; i < num_depots; ++i) {
      Depot depot{numbered("D", i), problem.num_locations++, {0, kNoLimit}};
      if (chance(0.3)) depot.window = {draw(0, 20), draw(70, 110)};
      problem.depots.push_back(depot);
    }
    const int num_orders = draw(1, max_orders_);
    for (int i = 0; i < num_orders; ++i) problem.orders.push_back(order(problem, i));
    const int num_types = draw(1, 2);
    for (int i = 0; i < num_types; ++i) problem.vehicle_types.push_back(type(problem, i));
    return problem;
  }

  graph::MatrixTravelTimes travel_times(const Problem& problem, int num_profiles) {
    const auto n = static_cast<std::size_t>(problem.num_locations);
    std::vector<std::vector<graph::Travel>> matrices;
    for (int profile = 0; profile < num_profiles; ++profile) {
      const auto times = metric(n, 25), lengths = metric(n, 30);
      auto& matrix = matrices.emplace_back(n * n);
      for (std::size_t i = 0; i < n * n; ++i) matrix[i] = {times[i], lengths[i]};
    }
    return graph::MatrixTravelTimes(problem.num_locations, std::move(matrices));
  }

  std::vector<std::int64_t> times_by_type(const Problem& problem) {
    std::vector<std::int64_t> times;
    for (std::size_t t = 0; t < problem.vehicle_types.size(); ++t)
      times.push_back(chance(0.5) ? 0 : draw(1, 12));
    return times;
  }

  void serve_by_type(Problem& problem) {
    for (Order& order : problem.orders) {
      for (auto* stop : {&order.pickup, &order.delivery}) {
        if (*stop && chance(0.6)) (*stop)->service_by_type = times_by_type(problem);
      }
    }
  }

  void enrich(Problem& problem) {
    const bool prizes = chance(0.3), groups = chance(0.3), soft = chance(0.3), setups = chance(0.3);
    const bool rides = chance(0.3), releases = chance(0.3), collects = chance(0.2);
    const bool lists = chance(0.3), locks = chance(0.2);
    if (groups) problem.groups = {"either", "or"};
    for (Order& order : problem.orders) {
      if (prizes && chance(0.6)) order.prize = draw(0, 80);
      if (groups && chance(0.5)) order.group = draw(0, 1);
      for (auto* stop : {&order.pickup, &order.delivery}) {
        if (!*stop) continue;
        if (soft && chance(0.6)) (*stop)->late_cost = draw(1, 4);
        if (setups && chance(0.6)) (*stop)->setup = draw(1, 6);
        // Some stops share a place, or set-up times would always be paid.
        if (setups && chance(0.4)) (*stop)->location = draw(0, problem.num_locations - 1);
      }
      if (rides && chance(0.5)) order.max_ride = draw(5, 50);
      if (releases && !order.pickup && chance(0.6)) order.release = draw(0, 50);
      if (collects && !order.pickup && chance(0.6)) {
        for (std::size_t d = 0; d < problem.dimensions.size(); ++d)
          order.collect.push_back(draw(0, 5));
      }
      const int last = static_cast<int>(problem.vehicle_types.size()) - 1;
      if (lists && chance(0.3)) order.allowed_types = {draw(0, last)};
      if (lists && chance(0.4)) {
        order.preferred_types = {draw(0, last)};
        order.not_preferred_cost = draw(1, 40);
      }
      if (locks && chance(0.4)) order.locked_type = draw(0, last), order.locked_vehicle = 0;
    }
    for (VehicleType& type : problem.vehicle_types) enrich(problem, type);
    if (chance(0.2)) problem.now = draw(0, 30);
    problem.fewest_vehicles = chance(0.15);
  }

  int draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(double probability) {
    return std::uniform_real_distribution<>(0, 1)(random_) < probability;
  }

 private:
  void enrich(const Problem& problem, VehicleType& type) {
    if (chance(0.3)) type.cost_per_driving = draw(1, 3);
    if (chance(0.2)) type.max_duration = draw(20, 90);
    if (chance(0.2)) type.fair_duration = draw(5, 50), type.cost_per_time_over = draw(1, 4);
    if (chance(0.2)) type.speed_factor = draw(5, 20) / 10.0;
    const bool breaks = chance(0.4), on_the_way = chance(0.3);
    const int num_breaks = breaks ? draw(1, chance(0.3) ? 2 : 1) : 0;
    std::int64_t time = draw(0, 40);
    for (int i = 0; i < num_breaks; ++i) {
      Break rest;
      rest.duration = draw(0, 12);
      if (chance(0.7)) {
        rest.windows.push_back({time, time + draw(0, 30)});
        time = rest.windows.back().close + draw(1, 20);
        if (chance(0.2)) {
          rest.windows.push_back({time, time + draw(0, 20)});
          time = rest.windows.back().close + draw(1, 20);
        }
      }
      rest.on_the_way = on_the_way;
      if (!on_the_way && chance(0.3)) rest.location = draw(0, problem.num_locations - 1);
      if (!on_the_way && chance(0.4)) rest.max_driving = draw(10, 40);
      type.breaks.push_back(rest);
    }
    type.breaks_always = chance(0.4);
    if (chance(0.3)) {
      type.max_trips = draw(2, 3);
      type.reload_service = draw(0, 6);
      if (chance(0.4))
        type.reload_depots.push_back(draw(0, static_cast<int>(problem.depots.size()) - 1));
    } else if (chance(0.15)) {
      type.start_depot = -1;
    }
  }

  std::vector<std::int32_t> metric(std::size_t n, int longest) {
    std::vector<std::int32_t> cell(n * n, 0);
    for (std::size_t i = 0; i < n * n; ++i) {
      if (i % (n + 1) != 0) cell[i] = draw(1, longest);
    }
    for (std::size_t via = 0; via < n; ++via) {
      for (std::size_t from = 0; from < n; ++from) {
        for (std::size_t to = 0; to < n; ++to) {
          cell[from * n + to] =
              std::min(cell[from * n + to], cell[from * n + via] + cell[via * n + to]);
        }
      }
    }
    return cell;
  }

  Stop stop(Problem& problem) {
    Stop stop;
    stop.location = problem.num_locations++;
    if (services_) stop.service = draw(0, 6);
    if (windows_ && chance(0.6)) {
      std::int64_t time = draw(0, 60);
      for (int i = draw(1, 3); i > 0; --i) {
        const std::int64_t close = time + draw(0, 20);
        stop.windows.push_back({time, close});
        time = close + draw(1, 20);
      }
    }
    return stop;
  }

  Order order(Problem& problem, int number) {
    Order order;
    order.id = numbered("O", number);
    const bool pair = pairs_ && chance(0.4), pickup = chance(0.3);
    if (pair || pickup) order.pickup = stop(problem);
    if (pair || !pickup) order.delivery = stop(problem);
    for (std::size_t d = 0; d < problem.dimensions.size(); ++d) order.load.push_back(draw(0, 5));
    if (skills_ && chance(0.4)) order.needs.push_back(draw(0, 1));
    if (priorities_) order.priority = draw(0, 3);
    return order;
  }

  VehicleType type(const Problem& problem, int number) {
    VehicleType type;
    type.id = numbered("T", number);
    type.profile = number;
    type.count = chance(0.2) ? kUnlimitedCount : draw(1, 2);
    const int depots = static_cast<int>(problem.depots.size());
    type.start_depot = draw(0, depots - 1);
    type.end_depot = chance(0.25) ? -1 : draw(0, depots - 1);
    for (std::size_t d = 0; d < problem.dimensions.size(); ++d)
      type.capacity.push_back(draw(4, 12));
    for (int skill = 0; skill < 2; ++skill) {
      if (chance(0.6)) type.offers.push_back(skill);
    }
    type.cost_fixed = chance(0.5) ? draw(0, 40) : 0;
    type.cost_per_distance = draw(0, 3);
    type.cost_per_time = time_costs_ ? draw(0, 3) : 0;
    type.shift = {draw(0, 15), chance(0.5) ? std::int64_t{draw(70, 120)} : kNoLimit};
    if (limits_ && chance(0.5)) type.max_driving = draw(30, 90);
    if (limits_ && chance(0.5)) type.max_distance = draw(30, 100);
    if (limits_ && chance(0.5)) type.max_stops = draw(1, 4);
    return type;
  }

  std::mt19937_64 random_;
  int max_orders_;
  bool windows_ = false, services_ = false, skills_ = false, limits_ = false, pairs_ = false,
       priorities_ = false, time_costs_ = false;
};

}  // namespace

RandomProblem random_problem(std::uint64_t seed, std::int32_t max_orders) {
  Generator generator(seed, max_orders);
  Problem problem = generator.problem();
  auto travel_times =
      generator.travel_times(problem, static_cast<int>(problem.vehicle_types.size()));
  return {std::move(problem), std::move(travel_times)};
}

RandomProblem random_rich_problem(std::uint64_t seed, std::int32_t max_orders) {
  Generator generator(seed, max_orders);
  Problem problem = generator.problem();
  generator.enrich(problem);
  auto travel_times =
      generator.travel_times(problem, static_cast<int>(problem.vehicle_types.size()));
  return {std::move(problem), std::move(travel_times)};
}

RandomProblem random_typed_problem(std::uint64_t seed, std::int32_t max_orders) {
  RandomProblem made = random_rich_problem(seed, max_orders);
  Generator generator(seed + 1'000'000, max_orders);
  generator.serve_by_type(made.problem);
  for (Order& order : made.problem.orders) {
    for (auto* stop : {&order.pickup, &order.delivery}) {
      if (*stop && generator.chance(0.3))
        (*stop)->setup_by_type = generator.times_by_type(made.problem);
    }
  }
  made.problem.left_out_by_stops = generator.chance(0.5);
  for (VehicleType& type : made.problem.vehicle_types) {
    if (generator.chance(0.5)) type.cost_per_service = generator.draw(0, 3);
    for (Break& rest : type.breaks) {
      if (!generator.chance(0.6)) continue;
      for (const std::int64_t capacity : type.capacity)
        rest.max_load.push_back(generator.draw(0, static_cast<int>(capacity)));
    }
  }
  return made;
}

RandomProblem random_served_problem(std::uint64_t seed, std::int32_t max_orders) {
  RandomProblem made = random_problem(seed, max_orders);
  Generator generator(seed + 1'000'000, max_orders);
  generator.serve_by_type(made.problem);
  for (VehicleType& type : made.problem.vehicle_types) type.profile = 0;
  return made;
}

RandomProblem random_hourly_problem(std::uint64_t seed, std::int32_t max_orders) {
  Generator generator(seed, max_orders);
  Problem problem = generator.problem();
  if (generator.chance(0.7)) generator.enrich(problem);
  auto profiles = static_cast<std::int32_t>(problem.vehicle_types.size());
  for (VehicleType& type : problem.vehicle_types) {
    for (Break& rest : type.breaks) rest.on_the_way = false;
    std::int64_t from = generator.draw(-5, 20);
    for (int i = generator.draw(0, 3); i > 0; --i) {
      type.slices.push_back({from, generator.chance(0.2) ? type.profile : profiles++});
      from += generator.draw(1, 30);
    }
  }
  auto travel_times = generator.travel_times(problem, profiles);
  return {std::move(problem), std::move(travel_times)};
}

CityDay city_day(std::uint64_t seed, std::int32_t num_orders) {
  constexpr double kSide = 12000;
  constexpr std::int64_t kHour = 3600 * 1000;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<> unit(0, 1);
  std::normal_distribution<> bell(0, 600);
  const auto draw = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };

  std::vector<graph::Coordinate> points{{0.5 * kSide, 0.45 * kSide}};
  std::vector<graph::Coordinate> centres;
  for (int i = 0; i < 40; ++i) centres.push_back({unit(random) * kSide, unit(random) * kSide});
  const auto place = [&] {
    graph::Coordinate point{unit(random) * kSide, unit(random) * kSide};
    if (unit(random) < 0.7) {
      const auto& centre = centres[static_cast<std::size_t>(draw(0, 39))];
      point = {std::clamp(centre.x + bell(random), 0.0, kSide),
               std::clamp(centre.y + bell(random), 0.0, kSide)};
    }
    points.push_back(point);
    return static_cast<std::int32_t>(points.size()) - 1;
  };

  Problem problem;
  problem.dimensions = {"volume_l", "weight_kg"};
  problem.skills = {"chilled"};
  problem.depots.push_back({"depot", 0, {5 * kHour, 22 * kHour}});
  for (std::int32_t i = 0; i < num_orders; ++i) {
    Order order;
    order.id = numbered("o", i);
    const bool pair = unit(random) < 0.1, back = !pair && unit(random) < 0.03;
    const auto stop = [&](bool window) {
      Stop made;
      made.location = place();
      made.service = draw(45, 180) * 1000;
      if (window) {
        const std::int64_t open = draw(7, 16) * kHour;
        made.windows.push_back({open, open + 2 * kHour});
      }
      return made;
    };
    const bool window = unit(random) < 0.3;
    if (pair || back) order.pickup = stop(back && window);
    if (!back) order.delivery = stop(window);
    order.load = {draw(2, 40), draw(1, 15)};
    if (unit(random) < 0.05) order.load = {draw(100, 400), draw(20, 80)};
    if (unit(random) < 0.05) order.needs = {0};
    order.priority = unit(random) < 0.1 ? 50 : 0;
    problem.orders.push_back(std::move(order));
  }
  problem.num_locations = static_cast<std::int32_t>(points.size());

  const auto vehicles = [&](const char* id, std::int32_t per_thousand, std::int64_t volume,
                            std::int64_t weight, std::int32_t profile, double fixed, double per_km,
                            double per_hour) {
    VehicleType type;
    type.id = id;
    type.profile = profile;
    type.count = std::max(1, per_thousand * num_orders / 1000);
    type.capacity = {volume, weight};
    type.cost_fixed = fixed;
    type.cost_per_distance = per_km / 1000;
    type.cost_per_time = per_hour / static_cast<double>(kHour);
    type.shift = {7 * kHour, 16 * kHour};
    problem.vehicle_types.push_back(type);
    return &problem.vehicle_types.back();
  };
  vehicles("trike", 6, 250, 120, 0, 15, 0.05, 18)->shift = {8 * kHour, 16 * kHour};
  vehicles("van", 10, 4000, 1200, 1, 45, 0.25, 22);
  VehicleType* truck = vehicles("truck", 2, 15000, 4000, 2, 90, 0.5, 26);
  truck->offers = {0};
  truck->shift = {6 * kHour, 18 * kHour};
  // Milliseconds per metre at 18, 25 and 22 km/h as the crow flies.
  return {std::move(problem),
          graph::CoordinateTravelTimes(std::move(points), 1.3, {200.0, 144.0, 164.0},
                                       graph::Rounding::nearest)};
}

}  // namespace roadgnn::decode::testing
