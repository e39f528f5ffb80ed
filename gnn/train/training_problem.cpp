// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/training_problem.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include <roadgnn/graph/coordinate_travel_times.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/city_day.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/generate_orders.h>
#include <roadgnn/io/hash.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/instances/solution_file.h>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;

// A seed of its own for every (seed, number).
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t number) {
  std::seed_seq sequence{seed & 0xffffffff, seed >> 32, number & 0xffffffff, number >> 32};
  std::uint32_t words[2];
  sequence.generate(std::begin(words), std::end(words));
  return (std::uint64_t{words[0]} << 32 | words[1]) >> 1;
}

class Bytes {
 public:
  template <typename Number>
  void add(Number value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <typename Number>
  void add(const std::vector<Number>& values) {
    add(values.size());
    for (const Number& value : values) add(value);
  }
  void add(const decode::Stop& stop) {
    add(stop.location);
    add(stop.service);
    for (const decode::TimeWindow& window : stop.windows) {
      add(window.open);
      add(window.close);
    }
  }
  std::uint64_t hash() const { return io::xxh3(text_); }

 private:
  std::string text_;
};

}  // namespace

std::uint64_t digest(const TrainingProblem& problem) {
  Bytes bytes;
  bytes.add(problem.problem.num_locations);
  for (const decode::Order& order : problem.problem.orders) {
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      bytes.add(stop->has_value());
      if (*stop) bytes.add(**stop);
    }
    bytes.add(order.load);
    bytes.add(order.needs);
  }
  for (const decode::VehicleType& type : problem.problem.vehicle_types) {
    for (const std::int64_t number :
         {std::int64_t{type.profile}, std::int64_t{type.count}, std::int64_t{type.start_depot},
          std::int64_t{type.end_depot}, type.shift.open, type.shift.close}) {
      bytes.add(number);
    }
    bytes.add(type.capacity);
    for (const double price : {type.cost_fixed, type.cost_per_distance, type.cost_per_time})
      bytes.add(price);
  }
  const std::int32_t n = problem.travel_times->num_stops();
  for (std::int32_t profile = 0; profile < problem.travel_times->num_profiles(); ++profile) {
    for (std::int32_t i = 0; i < n; ++i) {
      const graph::Travel travel = problem.travel_times->at(profile, i, (i + 1) % n);
      bytes.add(travel.time_ms);
      bytes.add(travel.length_m);
    }
  }
  return bytes.hash();
}

bool runs_backwards(const TrainingProblem& problem) {
  const auto is_plain = [](const decode::Stop& stop) {
    return stop.windows.empty() && stop.late_cost == 0;
  };
  const std::vector<decode::Order>& orders = problem.problem.orders;
  for (const decode::Order& order : orders) {
    const bool collected = order.pickup.has_value();
    if (collected == order.delivery.has_value() || collected != orders.front().pickup.has_value() ||
        !is_plain(collected ? *order.pickup : *order.delivery) || !order.collect.empty() ||
        order.release > 0 || order.max_ride < decode::kNoLimit) {
      return false;
    }
  }
  for (const decode::VehicleType& type : problem.problem.vehicle_types) {
    if (type.start_depot != type.end_depot || type.max_trips != 1 || !type.breaks.empty() ||
        !type.slices.empty()) {
      return false;
    }
  }
  const graph::TravelTimes& times = *problem.travel_times;
  for (std::int32_t profile = 0; profile < times.num_profiles(); ++profile) {
    for (std::int32_t i = 0; i < times.num_stops(); ++i) {
      for (std::int32_t j = 0; j < i; ++j) {
        if (times.at(profile, i, j) != times.at(profile, j, i)) return false;
      }
    }
  }
  return true;
}

/// The problems of one source.
class ProblemList::Part {
 public:
  virtual ~Part() = default;
  virtual std::int64_t size() const = 0;
  virtual TrainingProblem make(std::int64_t index, std::uint64_t seed) const = 0;
  virtual std::int64_t road_edges() const { return INT64_MAX; }
};

class ProblemList::PlanePart final : public Part {
 public:
  explicit PlanePart(const PlaneSource& source) : source_(source) {}

  std::int64_t size() const override { return source_.count; }

  TrainingProblem make(std::int64_t index, std::uint64_t seed) const override {
    PlaneProblem made = make_plane_problem(source_.options, seed);
    TrainingProblem result;
    result.name = "plane " + std::to_string(index);
    result.problem = std::move(made.problem);
    result.travel_times = std::make_shared<graph::CoordinateTravelTimes>(
        std::move(made.points), 1, std::vector<double>{1}, graph::Rounding::nearest);
    return result;
  }

 private:
  PlaneSource source_;
};

class ProblemList::CityPart final : public Part {
 public:
  explicit CityPart(const CitySource& source)
      : source_(source), graph_(graph::open(source.city)), router_(graph_) {}

  std::int64_t size() const override { return source_.count; }

  std::int64_t road_edges() const override {
    return static_cast<std::int64_t>(graph_->head.size());
  }

  TrainingProblem make(std::int64_t index, std::uint64_t seed) const override {
    const std::vector<io::OrderRow> orders = draw_orders(seed);
    io::CityDay day = io::assemble_city_day(graph_, orders, io::generate_fleet(*graph_, orders));
    TrainingProblem result;
    result.name = fs::path(source_.city).stem().string() + " " + std::to_string(index);
    std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics;
    for (const graph::Metric& metric : day.metrics) metrics.push_back(router_.prepare(metric));
    result.travel_times = router_.oracle(metrics, day.positions);
    result.problem = std::move(day.problem);
    result.roads = graph_;
    result.road_profiles = std::move(day.profiles);
    result.positions = std::move(day.positions);
    return result;
  }

 private:
  // Where people live: half of the days within a circle around a crossing, so that the stops lie as
  // close together as those of a large day do.
  std::vector<io::OrderRow> draw_orders(std::uint64_t seed) const {
    std::mt19937_64 engine(seed);
    const auto uniform = [&] { return static_cast<double>(engine() >> 11) * 0x1.0p-53; };
    const double ratio = (source_.most_orders + 0.999) / source_.least_orders;
    const auto count = static_cast<std::int32_t>(source_.least_orders * std::pow(ratio, uniform()));
    const bool circle = uniform() < 0.5;
    double radius_m = 500 * std::pow(10, uniform());
    for (int attempt = 0; circle && attempt < 8; ++attempt, radius_m *= 1.5) {
      const auto node =
          static_cast<std::size_t>(uniform() * static_cast<double>(graph_->lat_e7.size()));
      const io::PopulationZone zone{
          {1e-7 * graph_->lat_e7[node], 1e-7 * graph_->lon_e7[node]}, 1, std::llround(radius_m)};
      try {
        return io::generate_orders(*graph_, {zone}, {count, engine() >> 1});
      } catch (const InputError&) {
        // No street to deliver to within the circle: another one, and larger.
      }
    }
    return io::generate_orders(*graph_, {}, {count, engine() >> 1});
  }

  CitySource source_;
  std::shared_ptr<const graph::RoadGraph> graph_;
  graph::Router router_;
};

class ProblemList::InstancePart final : public Part {
 public:
  explicit InstancePart(const InstanceSource& source) : source_(source) {
    std::vector<fs::path> solutions;
    if (!source.solutions.empty()) solutions = files_in(source.solutions);
    for (const fs::path& instance : files_in(source.instances)) {
      if (!instance.filename().string().starts_with(source.prefix)) continue;
      fs::path solution;
      if (!source.solutions.empty()) {
        const std::string name = instance.stem().string() + ".";
        const auto found =
            std::find_if(solutions.begin(), solutions.end(), [&](const fs::path& path) {
              return path != instance && path.filename().string().starts_with(name);
            });
        if (found == solutions.end()) continue;
        solution = *found;
      }
      if (read(instance).problem.num_locations <= source.most_stops)
        files_.emplace_back(instance, solution);
    }
    if (files_.empty()) {
      throw InputError(source.instances + ": expected instances" +
                       (source.solutions.empty() ? "" : " with solutions in " + source.solutions) +
                       ", found none");
    }
  }

  std::int64_t size() const override { return static_cast<std::int64_t>(files_.size()); }

  TrainingProblem make(std::int64_t index, std::uint64_t) const override {
    const auto& [file, solution] = files_[static_cast<std::size_t>(index)];
    io::Instance instance = read(file);
    TrainingProblem result;
    result.name = file.stem().string();
    if (!solution.empty()) {
      result.known = std::make_shared<const decode::Plan>(io::plan_of_solution(
          instance, io::read_solution(io::read_file(solution), solution.string()),
          solution.string()));
    }
    result.problem = std::move(instance.problem);
    result.travel_times = std::move(instance.travel_times);
    return result;
  }

 private:
  io::Instance read(const fs::path& file) const {
    return io::read_instance(io::read_file(file), file.string(), source_.objective);
  }

  static std::vector<fs::path> files_in(const std::string& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.is_regular_file() && entry.path().extension() != ".csv")
        files.push_back(entry.path());
    }
    if (error) throw InputError(folder + ": expected a folder, found " + error.message());
    std::sort(files.begin(), files.end());
    return files;
  }

  InstanceSource source_;
  std::vector<std::pair<fs::path, fs::path>> files_;
};

ProblemList::ProblemList(const Recipe& recipe) : seed_(recipe.seed) {
  for (const Source& source : recipe.sources) {
    if (const auto* plane = std::get_if<PlaneSource>(&source)) {
      parts_.push_back(std::make_unique<PlanePart>(*plane));
    } else if (const auto* city = std::get_if<CitySource>(&source)) {
      parts_.push_back(std::make_unique<CityPart>(*city));
    } else {
      parts_.push_back(std::make_unique<InstancePart>(std::get<InstanceSource>(source)));
    }
  }
}

ProblemList::~ProblemList() = default;

std::int64_t ProblemList::size() const {
  std::int64_t sum = 0;
  for (const auto& part : parts_) sum += part->size();
  return sum;
}

std::int64_t ProblemList::smallest_city() const {
  std::int64_t least = INT64_MAX;
  for (const auto& part : parts_) least = std::min(least, part->road_edges());
  return least;
}

TrainingProblem ProblemList::make(std::int64_t index) const {
  std::int64_t within = index;
  for (const auto& part : parts_) {
    if (within < part->size())
      return part->make(within, seed_of(seed_, static_cast<std::uint64_t>(index)));
    within -= part->size();
  }
  throw InputError("problems: expected a number below " + std::to_string(size()) + ", found " +
                   std::to_string(index));
}

}  // namespace roadgnn::gnn::train
