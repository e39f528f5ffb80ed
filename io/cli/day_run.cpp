// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/day_run.h>

#include <cinttypes>
#include <cstdio>
#include <map>
#include <sstream>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/replan.h>
#include <roadgnn/graph/device.h>
#include <roadgnn/graph/device_router.h>
#include <roadgnn/graph/dijkstra_travel_times.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/cli/score_keeper.h>
#include <roadgnn/io/day_slices.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/hash.h>
#include <roadgnn/io/leg_finder.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/output_folder.h>
#include <roadgnn/io/plan_page.h>
#include <roadgnn/io/routes_geojson.h>

namespace roadgnn::cli {
namespace {

const std::map<std::string, io::CoordinateSystem> kSystems = {
    {"wgs84", io::CoordinateSystem::wgs84},
    {"gcj02", io::CoordinateSystem::gcj02},
    {"bd09", io::CoordinateSystem::bd09}};

using Metrics = std::vector<std::shared_ptr<const graph::PreparedMetric>>;

decode::SolveOptions with_callbacks(const PlanningRun& run, const Interruption& interruption,
                                    Stages& stages) {
  decode::SolveOptions options = run.solve;
  options.threads = run.threads;
  options.stop = interruption.token();
  options.on_progress = [&stages](const decode::Progress& progress) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "planning: cost %.0f, %" PRId64 " routes, %" PRId64 " unserved, %" PRId64
                  " iterations, %.0f s",
                  progress.cost, progress.routes, progress.unserved, progress.iterations,
                  progress.seconds);
    stages.show(text);
  };
  return options;
}

io::RunRecord record_of(const PlanningRun& run, const LoadedDay& loaded, const decode::Plan& plan) {
  io::RunRecord record;
  record.program = program_version();
  record.compiler = compiler_version();
  record.device = graph::use_device(run.device) ? graph::find_device()->name : "cpu";
  record.instruction_set = instruction_set();
  record.city = loaded.city;
  record.orders = loaded.orders;
  record.fleet = loaded.fleet;
  record.coordinates = run.files.coordinates;
  record.max_snap_m = run.files.max_snap_m;
  record.date = run.files.date;
  record.now = run.now;
  record.initial_plan = loaded.initial_plan;
  record.candidates_per_stop = run.solve.candidates_per_stop;
  record.search = plan.record;
  record.search.scorer = run.scorer.name;
  record.weights = loaded.weights;
  return record;
}

nlohmann::ordered_json summary_of(const io::CityDay& day, const decode::Plan& plan,
                                  const Stages& stages) {
  return {{"cost", plan.cost},
          {"distance_m", plan.distance},
          {"duration_s", static_cast<double>(plan.duration) / 1000},
          {"vehicles", plan.routes.size()},
          {"served", day.problem.orders.size() - plan.unserved.size()},
          {"unserved", plan.unserved.size()},
          {"seed", plan.record.seed},
          {"iterations", plan.record.iterations},
          {"stages", stages.json()},
          {"total_s", stages.total_s()},
          {"peak_mb", peak_memory_mb()}};
}

io::InputFile hashed(const std::string& name, const std::string& bytes) {
  return {name, io::xxh3(bytes)};
}

// The plan to go on from, and what its vehicles have done by now, if that is asked for.
std::shared_ptr<const decode::Plan> load_initial_plan(const PlanningRun& run, LoadedDay& loaded) {
  std::shared_ptr<const decode::Plan> initial;
  if (!run.initial_plan.empty()) {
    const std::string text = io::read_file(run.initial_plan);
    loaded.initial_plan = hashed(run.initial_plan, text);
    io::PlanReading reading = io::read_plan_json(text, run.initial_plan, loaded.day);
    std::erase_if(reading.mismatches,
                  [](const std::string& one) { return one.starts_with("summary."); });
    if (!reading.mismatches.empty())
      throw InputError(run.initial_plan + ": " + reading.mismatches.front());
    initial = std::make_shared<const decode::Plan>(std::move(reading.plan));
  }
  if (!run.now) return initial;
  decode::Problem& problem = loaded.day.problem;
  problem.now = *run.now;
  if (initial) problem.vehicle_states = decode::states_at(problem, *initial, *run.now);
  return initial;
}

void require_profiles(const io::Fleet& fleet, const std::string& file,
                      const graph::RoadGraph& city) {
  std::vector<std::string_view> known;
  for (const graph::ProfileData& profile : city.profiles) known.push_back(profile.name);
  for (std::size_t t = 0; t < fleet.vehicle_types.size(); ++t) {
    const std::string& name = fleet.vehicle_types[t].profile;
    try {
      city.profile_index(name);
    } catch (const InputError& error) {
      throw InputError(file + ": vehicle_types[" + std::to_string(t) +
                       "].profile: " + error.what() + io::did_you_mean(name, known));
    }
  }
}

std::string title_of(const std::string& city) {
  return std::filesystem::path(city).stem().string();
}

}  // namespace

void add_day_options(CLI::App& command, DayFiles& files, bool required) {
  command.add_option("--city", files.city, "City file made by 'roadgnn import'")
      ->required(required);
  command.add_option("--orders", files.orders, "Orders of the day (CSV)")->required(required);
  command.add_option("--fleet", files.fleet, "Depots and vehicle types (JSON)")->required(required);
  if (!required) return;
  command
      .add_option("--coords", files.coordinates,
                  "Coordinate system of the orders: wgs84, gcj02 or bd09")
      ->check(CLI::IsMember({"wgs84", "gcj02", "bd09"}))
      ->capture_default_str();
  command.add_option("--max-snap", files.max_snap_m, "Metres from a stop to a street at most")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  command.add_option("--date", files.date,
                     "The day, as in 2026-11-24: streets that are closed or slow at some hours "
                     "count so at those alone");
}

LoadedDay load_day(const DayFiles& files, int threads, Stages& stages) {
  stages.begin("read", "reading the day");
  LoadedDay loaded;
  const auto graph = graph::open(files.city);
  loaded.city = hashed(files.city, io::read_file(files.city));
  const std::string fleet_text = io::read_file(files.fleet);
  loaded.fleet = hashed(files.fleet, fleet_text);
  const io::Fleet fleet = io::read_fleet_json(fleet_text, files.fleet);
  require_profiles(fleet, files.fleet, *graph);

  const std::string orders_text = io::read_file(files.orders);
  loaded.orders = hashed(files.orders, orders_text);
  io::OrdersCsvOptions options;
  const auto system = kSystems.find(files.coordinates);
  if (system == kSystems.end()) {
    throw InputError("coordinates: expected wgs84, gcj02 or bd09, found '" + files.coordinates +
                     "'");
  }
  options.coordinates = system->second;
  options.city = io::bounding_box(*graph);
  const auto orders = io::read_orders_csv(orders_text, files.orders, options);

  io::CityDayOptions day_options{files.max_snap_m, threads, {}};
  if (!files.date.empty()) {
    day_options.date = io::parse_date(files.date);
    if (!day_options.date)
      throw InputError("--date: expected a date such as 2026-11-24, found '" + files.date + "'");
  }
  stages.begin("snap", "finding the stops on the streets");
  loaded.day = io::assemble_city_day(graph, orders, fleet, day_options);
  stages.end();
  return loaded;
}

decode::Violations check_plan(const io::CityDay& day, const decode::Plan& plan, int threads) {
  const graph::DijkstraTravelTimes travel_times(day.graph, day.metrics, day.positions);
  return decode::check(day.problem, travel_times, plan, graph::resolve_threads(threads));
}

void print_violations(const decode::Violations& violations) {
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < violations.size() && i < kShown; ++i) {
    std::fprintf(stderr, "roadgnn: violation: %s\n", violations[i].c_str());
  }
  if (violations.size() > kShown) {
    std::fprintf(stderr, "roadgnn: and %zu more violations\n", violations.size() - kShown);
  }
}

namespace {

// The nearest stops from a GPU where it is used, else nothing.
graph::NearestStops nearest_on_device(graph::DeviceChoice choice, const io::CityDay& day) {
  if (!graph::use_device(choice)) return {};
  const auto router = std::make_shared<const graph::DeviceRouter>(day.graph);
  return [router, &day](std::int32_t profile, std::int32_t k, int threads) {
    return router->nearest(*router->prepare(day.metrics[profile]), day.positions[profile], k,
                           threads);
  };
}

}  // namespace

PlanningResult run_planning(const PlanningRun& run) {
  Interruption interruption;
  io::OutputFolder folder(run.out);
  const ScorerSource scorers(run.scorer, run.solve.seed);
  const int threads = graph::resolve_threads(run.threads);
  Stages stages;
  LoadedDay loaded = load_day(run.files, threads, stages);
  const io::CityDay& day = loaded.day;
  loaded.weights = scorers.weights();
  const auto initial = load_initial_plan(run, loaded);
  if (run.on_loaded) run.on_loaded(loaded);
  interruption.throw_if_requested("reading the day");

  stages.begin("travel_times", "preparing travel times");
  const graph::Router router(day.graph);
  Metrics metrics;
  for (const graph::Metric& metric : day.metrics)
    metrics.push_back(router.prepare(metric, threads));
  const graph::NearestStops nearest = nearest_on_device(run.device, day);
  decode::Plan plan;
  std::vector<std::vector<io::LegReason>> reasons;
  {
    const auto oracle = router.oracle(metrics, day.positions, threads, nearest);
    interruption.throw_if_requested("preparing travel times");
    stages.begin("plan", "planning");
    decode::SolveOptions options = with_callbacks(run, interruption, stages);
    options.initial = initial;
    ScoreKeeper scorer(scorers.make(*oracle, &day, run.device, threads));
    plan = decode::solve(day.problem, *oracle, scorer, options);
    reasons = io::explain_legs(day.problem, plan, scorer.take());
  }

  stages.begin("check", "checking the plan");
  const decode::Violations violations = check_plan(day, plan, threads);
  if (!violations.empty()) {
    stages.end();
    print_violations(violations);
    throw Error("the plan fails its check; nothing was written");
  }

  stages.begin("write", "writing the plan");
  PlanningResult result;
  std::ostringstream text;
  io::write_plan_json(text, day, plan, record_of(run, loaded, plan));
  result.plan_json = std::move(text).str();
  const auto lines = io::trace_routes(*day.graph, day.problem, plan, day.positions,
                                      io::legs_by_router(router, metrics), threads);
  interruption.set_cleanup([&folder] { folder.discard(); });
  folder.write("plan.html", [&](std::ostream& out) {
    io::write_plan_page(out, *day.graph, day.problem, plan, lines, day.places,
                        {title_of(run.files.city), run.scorer.name, reasons});
  });
  folder.write("routes.geojson",
               [&](std::ostream& out) { io::write_routes_geojson(out, day.problem, plan, lines); });
  folder.write("plan.json", [&](std::ostream& out) { out << result.plan_json; });
  folder.commit();
  interruption.set_cleanup({});
  stages.end();
  result.summary = summary_of(day, plan, stages);
  return result;
}

void print_result(const PlanningResult& result, const std::filesystem::path& out, bool json) {
  if (json) {
    std::printf("%s\n", result.summary.dump().c_str());
    return;
  }
  const auto& summary = result.summary;
  std::printf("%lld orders served by %lld vehicles, %lld unserved\n",
              summary["served"].get<long long>(), summary["vehicles"].get<long long>(),
              summary["unserved"].get<long long>());
  std::printf("cost %.2f, %.1f km, %.1f vehicle hours\n", summary["cost"].get<double>(),
              summary["distance_m"].get<double>() / 1000,
              summary["duration_s"].get<double>() / 3600);
  std::printf("%.1f s, %lld iterations, at most %.0f MB of memory; checked\n",
              summary["total_s"].get<double>(), summary["iterations"].get<long long>(),
              summary["peak_mb"].get<double>());
  std::printf("open %s\n", (out / "plan.html").c_str());
}

std::string program_version() {
  return std::string("roadgnn ") + ROADGNN_VERSION;
}

std::string compiler_version() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string instruction_set() {
#if defined(__x86_64__) && defined(__AVX512F__)
  return "x86-64 avx512";
#elif defined(__x86_64__) && defined(__AVX2__)
  return "x86-64 avx2";
#elif defined(__x86_64__)
  return "x86-64";
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "other";
#endif
}

}  // namespace roadgnn::cli
