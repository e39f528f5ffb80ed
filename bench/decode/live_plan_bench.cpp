// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Orders that join a day's plan one by one, from their coordinates to their place in a route, on
// one thread. Needs a day, a plan of its first orders, and more orders behind them:
//   roadgnn orders c.rgraph --count 52000 -o all.csv --fleet-out f.json
//   head -50001 all.csv > day.csv
//   roadgnn route --city c.rgraph --orders day.csv --fleet f.json -o out --time-limit 60
//   ROADGNN_BENCH_DAY="c.rgraph all.csv f.json out/plan.json" build/bin/live_plan_bench
// CPU time is the figure that counts. `worst_ms`: the slowest of the orders.
#include <benchmark/benchmark.h>

#include <ctime>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/live_plan.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>
#include <roadgnn/io/city_day.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/plan_json.h>

namespace {

using namespace roadgnn;

struct Day {
  io::CityDay day;      // with the orders to come
  std::size_t planned;  // orders of the plan
  decode::Plan plan;
  std::vector<std::unique_ptr<graph::Snapper>> snappers;

  Day(const std::string& city, const std::string& orders, const std::string& fleet,
      const std::string& plan_file) {
    const auto graph = graph::open(city);
    day = io::assemble_city_day(graph, io::read_orders_csv(io::read_file(orders), orders),
                                io::read_fleet_json(io::read_file(fleet), fleet));
    plan = io::read_plan_json(io::read_file(plan_file), plan_file, day).plan;
    planned = plan.unserved.size();
    for (const decode::Route& route : plan.routes) {
      for (const decode::Step& step : route.steps) {
        if (step.order >= 0) planned = std::max(planned, static_cast<std::size_t>(step.order) + 1);
      }
    }
    for (const int profile : day.profiles)
      snappers.push_back(std::make_unique<graph::Snapper>(graph, profile));
  }

  std::int32_t first_late_location() const {
    const decode::Order& order = day.problem.orders[planned];
    return order.pickup ? order.pickup->location : order.delivery->location;
  }
};

// The day at its beginning.
struct Live {
  const Day& day;
  graph::Router router;
  std::shared_ptr<graph::GrowingTravelTimes> travel_times;
  std::optional<decode::LivePlan> plan;

  explicit Live(const Day& its_day) : day(its_day), router(its_day.day.graph) {
    decode::Problem problem = day.day.problem;
    problem.orders.resize(day.planned);
    problem.num_locations = day.first_late_location();
    std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics;
    std::vector<std::vector<graph::Position>> positions;
    for (std::size_t p = 0; p < day.day.metrics.size(); ++p) {
      metrics.push_back(router.prepare(day.day.metrics[p]));
      const auto& all = day.day.positions[p];
      positions.emplace_back(all.begin(), all.begin() + problem.num_locations);
    }
    travel_times = router.growing_oracle(metrics, positions);
    plan.emplace(std::move(problem), travel_times, day.plan);
  }

  // From the order's coordinates on.
  decode::LiveInsertion insert(std::size_t number) {
    decode::Order order = day.day.problem.orders[number];
    for (auto* stop : {&order.pickup, &order.delivery}) {
      if (!*stop) continue;
      const io::Coordinate place = day.day.places[static_cast<std::size_t>((*stop)->location)];
      std::vector<graph::Position> positions;
      for (const auto& snapper : day.snappers)
        positions.push_back(snapper->snap(place.lat, place.lon, 1000).position);
      (*stop)->location = travel_times->add_stop(positions);
    }
    return plan->insert(std::move(order));
  }
};

const Day* day() {
  static const std::unique_ptr<Day> loaded = [] {
    const char* named = std::getenv("ROADGNN_BENCH_DAY");
    std::istringstream files(named != nullptr ? named : "");
    std::string city, orders, fleet, plan;
    if (!(files >> city >> orders >> fleet >> plan)) return std::unique_ptr<Day>();
    return std::make_unique<Day>(city, orders, fleet, plan);
  }();
  return loaded.get();
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

void BM_PrepareDay(benchmark::State& state) {
  if (day() == nullptr) return state.SkipWithError("ROADGNN_BENCH_DAY is not set");
  for (auto _ : state) Live{*day()};
}
BENCHMARK(BM_PrepareDay)->Iterations(1)->Unit(benchmark::kMillisecond);

void BM_InsertAllLateOrders(benchmark::State& state) {
  if (day() == nullptr) return state.SkipWithError("ROADGNN_BENCH_DAY is not set");
  Live live(*day());
  const std::size_t orders = day()->day.problem.orders.size();
  double worst = 0, served = 0;
  for (auto _ : state) {
    for (std::size_t order = day()->planned; order < orders; ++order) {
      const double began = cpu_ms();
      served += live.insert(order).served ? 1 : 0;
      worst = std::max(worst, cpu_ms() - began);
    }
  }
  state.counters["orders"] = static_cast<double>(orders - day()->planned);
  state.counters["served"] = served;
  state.counters["worst_ms"] = worst;
}
BENCHMARK(BM_InsertAllLateOrders)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
