// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/solve.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/detail/cheapest_place.h>
#include <roadgnn/gnn/decode/detail/construct.h>
#include <roadgnn/gnn/decode/detail/partition.h>
#include <roadgnn/gnn/decode/detail/plan_builder.h>
#include <roadgnn/gnn/decode/detail/reasons.h>
#include <roadgnn/gnn/decode/detail/schedule.h>
#include <roadgnn/gnn/decode/detail/search.h>
#include <roadgnn/gnn/decode/detail/start_from.h>
#include <roadgnn/gnn/decode/detail/support.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode {
namespace {

using namespace detail;  // the parts of this very library

// Length of the neighbour lists.
constexpr std::int32_t kNeighbours = 56;

// Visits in a neighbourhood that is improved on its own.
constexpr std::int32_t kGroupVisits = 1500;

// Annealing runs from the first to the second of these multiples of the mean leg between visits. It
// starts lower where there are fewer iterations per visit than kPatience: what is torn apart then
// would not be mended in time. Plans of up to kFewVisits are soon mended.
constexpr double kHot = 6, kCold = 0.1, kLeastHot = 0.15;
constexpr double kPatience = 26'000, kFewVisits = 20;

// The fleet is shrunk first where having the vehicles costs this many times what driving them does:
// in so many rounds, of this share of the budget in all.
constexpr double kDearFleet = 3, kShrinkShare = 0.4;
constexpr int kShrinkRounds = 4;

// Such fleets leave little room, so annealing starts so many times hotter: what is torn apart finds
// other places or none.
constexpr double kDearHeat = 3;

// There the luck of a start decides more than the length of a descent: of up to so many starts of
// at least so many iterations per visit the best is kept.
constexpr double kMostStarts = 4, kEnough = 300;

// Iterations a second and thread, until the first round has told.
constexpr double kGuessedRate = 30'000;

// Least share of the cost that counts as the visits' own, where nearly all is for having the
// vehicles.
constexpr double kFixedShare = 0.03;

// Rows of each thread's travel cache, as a power of two: 64 MiB at most.
constexpr int kCacheRows = 14;

// Rounds of a budget of iterations.
constexpr std::int64_t kRounds = 60;

// Share of a time limit kept for putting the plan together.
constexpr double kReserve = 0.01;

class Solver {
 public:
  Solver(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
         const SolveOptions& options)
      : options_(options),
        began_(std::chrono::steady_clock::now()),
        threads_(graph::resolve_threads(options.threads)),
        model_(problem, travel_times, scorer, options.candidates_per_stop, kNeighbours, threads_),
        alone_(model_, threads_),
        placement_(model_.num_visits()),
        absences_(static_cast<std::size_t>(model_.num_orders()), 0) {
    if (TravelTable::worthwhile(model_.travel_times()))
      table_.emplace(model_.travel_times(), model_.ranks(), threads_);
    for (int i = 0; i < threads_; ++i) {
      travel_.push_back(table_ ? std::make_unique<TravelCache>(model_.travel_times(), *table_)
                               : std::make_unique<TravelCache>(model_.travel_times(), kCacheRows,
                                                               model_.ranks()));
    }
  }

  Plan run() {
    construct();
    report();
    improve();
    return finish();
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

  void construct() {
    std::vector<std::int32_t> orders;
    for (std::int32_t order = 0; order < model_.num_orders(); ++order) {
      if (model_.done(order)) continue;
      if (model_.first_visit(order) < 0) {
        hopeless_.push_back(order);
      } else if (model_.head(order) == order) {
        (may_be_served(order) ? orders : hopeless_).push_back(order);
      }
    }
    whole_ = options_.initial ? start_from(model_, alone_, placement_, orders, *options_.initial,
                                           *travel_.front())
                              : detail::construct(model_, alone_, placement_, orders, travel_);
    Search search(model_, alone_, placement_, whole_, *travel_.front());
    best_ = search.best();
    best_routes_ = search.best_routes();
    best_absent_ = search.best_absent();
  }

  // Breaks and reloads may leave time for an order beside others that it has not alone.
  bool may_be_served(std::int32_t head) const {
    bool may = false;
    model_.for_each_alternative(head, [&](std::int32_t order) {
      may |= alone_.least(order) < kInfeasible;
      for (std::int32_t type = 0; type < model_.num_types(); ++type)
        may |= model_.compatible(order, type) && model_.type(type).timeline;
    });
    return may;
  }

  void improve() {
    dear_fleet_ = fleet_is_dear();
    if (dear_fleet_ || !options_.schedule.empty()) built_ = whole_;
    if (!options_.schedule.empty()) {
      for (const Round& round : parse_schedule(options_.schedule)) {
        if (!do_round(round)) return;
      }
    } else if (options_.iterations) {
      improve_by_iterations();
    } else if (options_.time_limit_s) {
      improve_by_clock();
    }
  }

  // How many times to begin anew, given the iterations there are.
  int num_starts(double iterations) const {
    const double visits = std::max<double>(1, static_cast<double>(whole_.visits.size()));
    if (!dear_fleet_) return 1;
    return static_cast<int>(std::clamp(iterations / (visits * kEnough), 1.0, kMostStarts));
  }

  void improve_by_iterations() {
    const std::int64_t total = *options_.iterations;
    const int starts = num_starts(static_cast<double>(total));
    for (int start = 0; start < starts; ++start) {
      const std::int64_t share = total * (start + 1) / starts - total * start / starts;
      if (!descend_by_iterations(share, start > 0)) return;
    }
  }

  bool descend_by_iterations(std::int64_t total, bool anew) {
    const double begin = dear_fleet_ ? kShrinkShare : 0;
    std::int64_t done = 0;
    const auto do_until = [&](double share, bool shrinking) {
      const auto target = static_cast<std::int64_t>(std::ceil(static_cast<double>(total) * share));
      if (target <= done) return true;
      const double now = static_cast<double>(done) / static_cast<double>(total);
      const std::int32_t cooling =
          cooling_at((now - begin) / (1 - begin), static_cast<double>(total) * (1 - begin));
      if (!do_round({cooling, target - done, shrinking, anew && done == 0})) return false;
      done = target;
      return true;
    };
    for (int i = 1; dear_fleet_ && i <= kShrinkRounds; ++i) {
      if (!do_until(begin * i / kShrinkRounds, true)) return false;
    }
    for (std::int64_t i = 1; i <= kRounds; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(kRounds);
      if (!do_until(begin + (1 - begin) * share, false)) return false;
    }
    return true;
  }

  // Rounds long enough to be worth their overhead, short enough that little is lost when the time
  // is up.
  void improve_by_clock() {
    const double limit = *options_.time_limit_s * (1 - kReserve), improvement_began = seconds();
    const double budget = std::max(1e-9, limit - improvement_began);
    const double shortest = 0.02 + 1e-5 * model_.num_visits();
    const double begin = dear_fleet_ ? kShrinkShare : 0;
    double rate = kGuessedRate * threads_, share = budget;  // seconds of a start
    int starts = 1, last = 0;
    bool first = true;
    while (seconds() < limit) {
      const double now = seconds();
      const int start = std::min(starts - 1, static_cast<int>((now - improvement_began) / share));
      const double over = improvement_began + share * (start + 1);
      const double progress = 1 - (over - now) / share;
      Round round;
      round.anew = start != last;
      round.shrink = progress < begin;
      const double usual = std::max(shortest, std::min(2.0, share / kRounds));
      const double wanted = first ? shortest : round.shrink ? share * begin / kShrinkRounds : usual;
      round.cooling = cooling_at((progress - begin) / (1 - begin), rate * share * (1 - begin));
      round.iterations = std::max<std::int64_t>(
          64, static_cast<std::int64_t>(rate * std::min(wanted, over - now) * 0.95));
      if (!do_round(round)) return;
      rate = static_cast<double>(round.iterations) / std::max(1e-3, seconds() - now);
      // The first round is too short to tell.
      if (rounds_.size() == 2) starts = num_starts(rate * budget);
      share = budget / starts;
      first = false;
      last = start;
    }
  }

  // How far to cool at a progress of 0 to 1, given the iterations of the whole descent.
  std::int32_t cooling_at(double progress, double iterations) const {
    const double visits = std::max<double>(1, static_cast<double>(whole_.visits.size()));
    const double heat = dear_fleet_ ? kDearHeat : 1;
    const double hot = std::clamp(
        heat * kHot * std::max(std::cbrt(iterations / visits / kPatience), kFewVisits / visits),
        kLeastHot, kHot);
    const double begin = std::log(hot / kHot) / std::log(kCold / kHot);
    return static_cast<std::int32_t>(1000 * (begin + (1 - begin) * std::clamp(progress, 0.0, 1.0)));
  }

  // Whether what vehicles cost to have outweighs what they cost to drive.
  bool fleet_is_dear() const {
    const double fixed = fixed_costs();
    return fixed > kDearFleet * (best_.cost - fixed);
  }

  double fixed_costs() const {
    double fixed = 0;
    for (const RouteState& route : whole_.routes) {
      if (!route.empty()) fixed += model_.type(route.type()).cost_fixed;
    }
    return fixed;
  }

  // Legs from and to depots are left out: they may be many times longer than those that a change
  // of the plan replaces. Where the plan has hardly any others, the mean cost per visit stands for
  // them.
  double mean_leg_cost() const {
    double sum = 0, legs = 0;
    for (const RouteState& route : whole_.routes) {
      const TypeView& type = model_.type(route.type());
      for (std::size_t i = 2; i + 1 < route.nodes().size(); ++i) {
        const graph::Travel& leg = route.nodes()[i].in;
        sum += type.cost_per_distance * static_cast<double>(leg.length_m) +
               (type.cost_per_time + type.cost_per_driving) * static_cast<double>(leg.time_ms);
        legs += 1;
      }
    }
    const double visits = std::max<double>(1, static_cast<double>(whole_.visits.size()));
    const double per_visit = std::max(1e-9, best_.cost - fixed_costs()) / visits;
    double mean = legs * 4 > visits ? sum / legs : per_visit;
    if (!fleet_is_dear()) mean = std::max(mean, kFixedShare * best_.cost / visits);
    return std::max(mean, 1e-9);
  }

  bool interrupted() const {
    if (stopped_.load(std::memory_order_relaxed)) return true;
    if (!options_.stop.stop_requested() &&
        !(options_.time_limit_s && options_.schedule.empty() &&
          seconds() > *options_.time_limit_s * (1 - kReserve / 2))) {
      return false;
    }
    stopped_.store(true, std::memory_order_relaxed);
    return true;
  }

  // False where it was interrupted: its work is lost then.
  bool do_round(const Round& round) {
    if (interrupted() || whole_.visits.empty()) return false;
    if (round.anew) {
      whole_ = built_;
      placement_.clear();
      std::fill(absences_.begin(), absences_.end(), 0);
    }
    Rng rng(options_.seed, rounds_.size() + 1);
    std::vector<Group> parts = split(model_, whole_, placement_, kGroupVisits, rng);
    const double temperature = leg_cost_ * kHot * std::pow(kCold / kHot, round.cooling / 1000.0);
    const std::vector<std::int64_t> shares = share_iterations(parts, round.iterations);

    std::vector<Outcome> outcomes(parts.size());
    graph::parallel_for(
        static_cast<std::int64_t>(parts.size()), 1, threads_,
        [&](std::int64_t begin, std::int64_t end, int thread) {
          for (auto p = static_cast<std::size_t>(begin); p < static_cast<std::size_t>(end); ++p) {
            Rng stream(options_.seed, rounds_.size() + 1, p + 1);
            Search search(model_, alone_, placement_, parts[p],
                          *travel_[static_cast<std::size_t>(thread)]);
            search.change_types();
            // Later on it costs more time than it brings.
            if (rounds_.empty() || round.anew) search.descend();
            search.count_absences(absences_);
            const auto stop = [this] { return interrupted(); };
            outcomes[p].complete = round.shrink && parts[p].absent.empty()
                                       ? search.shrink(shares[p], temperature, stream, stop)
                                       : search.run(shares[p], temperature, stream, stop);
            outcomes[p].best = search.best();
            outcomes[p].routes = search.best_routes();
            outcomes[p].absent = search.best_absent();
          }
        });
    if (!std::all_of(outcomes.begin(), outcomes.end(),
                     [](const Outcome& o) { return o.complete; })) {
      return false;
    }
    whole_ = join(model_, parts);
    rounds_.push_back(round);
    iterations_ += round.iterations;
    take_best(outcomes);
    report();
    return true;
  }

  struct Outcome {
    bool complete = false;
    Objective best;
    std::vector<RouteSequence> routes;
    std::vector<std::int32_t> absent;
  };

  // Each group's best solutions together are a solution.
  void take_best(std::vector<Outcome>& outcomes) {
    Objective sum;
    for (const Outcome& outcome : outcomes) {
      sum.unserved += outcome.best.unserved;
      sum.cost += outcome.best.cost;
    }
    if (!(sum < best_)) return;
    best_ = sum;
    best_routes_.clear();
    best_absent_.clear();
    for (Outcome& outcome : outcomes) {
      std::move(outcome.routes.begin(), outcome.routes.end(), std::back_inserter(best_routes_));
      best_absent_.insert(best_absent_.end(), outcome.absent.begin(), outcome.absent.end());
    }
  }

  // Proportional to the visits, the rest to the first ones.
  static std::vector<std::int64_t> share_iterations(const std::vector<Group>& parts,
                                                    std::int64_t total) {
    std::int64_t visits = 0, given = 0;
    for (const Group& part : parts) visits += static_cast<std::int64_t>(part.visits.size());
    std::vector<std::int64_t> shares;
    for (const Group& part : parts) {
      shares.push_back(static_cast<std::int64_t>(
          static_cast<double>(total) * static_cast<double>(part.visits.size()) /
          static_cast<double>(std::max<std::int64_t>(1, visits))));
      given += shares.back();
    }
    for (std::size_t i = 0; given < total; i = (i + 1) % shares.size(), ++given) ++shares[i];
    return shares;
  }

  void report() {
    if (leg_cost_ == 0) leg_cost_ = mean_leg_cost();
    if (!options_.on_progress) return;
    Progress progress;
    progress.cost = best_.cost;
    for (const RouteSequence& route : best_routes_) {
      if (route.visits.empty()) continue;
      ++progress.routes;
      const VehicleState* state = model_.type(route.type).state;
      if (state == nullptr || state->steps.empty()) progress.cost -= model_.vehicle_weight();
    }
    progress.unserved = static_cast<std::int64_t>(best_absent_.size() + hopeless_.size());
    progress.iterations = iterations_;
    progress.seconds = seconds();
    options_.on_progress(progress);
  }

  Plan finish() {
    fill_gaps();
    Plan plan = build_plan(model_, std::move(best_routes_), threads_);
    list_unserved(plan);
    plan.record.seed = options_.seed;
    plan.record.iterations = iterations_;
    plan.record.schedule = format_schedule(rounds_);
    return plan;
  }

  void list_unserved(Plan& plan) {
    std::vector<bool> served(static_cast<std::size_t>(model_.num_orders()), false);
    std::vector<bool> head_absent = served;
    for (const auto* list : {&hopeless_, &best_absent_}) {
      for (const std::int32_t head : *list) head_absent[static_cast<std::size_t>(head)] = true;
    }
    for (const Route& route : plan.routes) {
      for (const Step& step : route.steps) {
        if (step.order < 0) continue;
        const auto order = static_cast<std::size_t>(step.order);
        if (step.kind == StepKind::delivery || !model_.problem().orders[order].delivery)
          served[order] = true;
      }
    }
    for (std::int32_t order = 0; order < model_.num_orders(); ++order) {
      if (served[static_cast<std::size_t>(order)]) continue;
      const std::int32_t head = model_.first_visit(order) < 0 ? order : model_.head(order);
      if (head >= 0 && head_absent[static_cast<std::size_t>(head)]) {
        plan.unserved.push_back(
            explain(model_, alone_.of(order), order, has_place_.count(head) > 0));
        const bool in_group = model_.problem().orders[static_cast<std::size_t>(order)].group >= 0;
        if (head == order && !(in_group && model_.first_visit(order) < 0))
          plan.cost += model_.prize(order);
      } else {
        plan.unserved.push_back({order, Reason::group, "another order of its group is served"});
      }
    }
  }

  // Tries what is still absent in every place of the best plan, so that "no room left" is true.
  void fill_gaps() {
    if (best_absent_.empty()) return;
    Group group;
    for (std::int32_t type = 0; type < model_.num_types(); ++type) {
      group.free_vehicles.push_back(model_.type(type).count);
    }
    for (const RouteSequence& sequence : best_routes_) {
      if (sequence.visits.empty()) continue;
      group.routes.emplace_back();
      group.routes.back().assign(model_, sequence.type, sequence.visits, *travel_.front());
      --group.free_vehicles[static_cast<std::size_t>(sequence.type)];
    }
    group.absent = best_absent_;
    placement_ = Placement(model_.num_visits());
    Search search(model_, alone_, placement_, group, *travel_.front());
    search.insert_absent(Reach::group, Reach::group);
    best_ = search.best();
    best_routes_ = search.best_routes();
    best_absent_ = search.best_absent();
    find_optional_places(group);
  }

  // Which of the optional orders left out could be served after all.
  void find_optional_places(const Group& group) {
    CheapestPlace place(model_, *travel_.front());
    place.note(group.routes);
    for (const std::int32_t head : best_absent_) {
      if (!model_.optional(head)) continue;
      model_.for_each_alternative(head, [&](std::int32_t order) {
        for (std::int32_t type = 0; type < model_.num_types(); ++type) {
          if (group.free_vehicles[static_cast<std::size_t>(type)] > 0 &&
              alone_.at(order, type) < kInfeasible) {
            has_place_.insert(head);
          }
        }
        if (has_place_.count(head) > 0) return;
        place.find(group.routes, order, kInfeasible);
        if (place.found()) has_place_.insert(head);
      });
    }
  }

  const SolveOptions& options_;
  std::chrono::steady_clock::time_point began_;
  int threads_;
  Model model_;
  AloneCosts alone_;
  Placement placement_;
  std::vector<std::int64_t> absences_;  // [num_orders] how often left without a place
  std::optional<TravelTable> table_;
  std::vector<std::unique_ptr<TravelCache>> travel_;  // by thread
  Group whole_, built_;  // the plan being improved, and as constructed where it may start anew
  std::vector<std::int32_t> hopeless_;  // orders that no vehicle can serve
  bool dear_fleet_ = false;             // as constructed
  double leg_cost_ = 0;                 // mean, between visits
  Objective best_;
  std::vector<RouteSequence> best_routes_;
  std::vector<std::int32_t> best_absent_;
  std::unordered_set<std::int32_t> has_place_;  // heads that were left out for their price
  std::vector<Round> rounds_;
  std::int64_t iterations_ = 0;
  mutable std::atomic<bool> stopped_{false};
};

void check_arguments(const Problem& problem, const graph::TravelTimes& travel_times,
                     const SolveOptions& options) {
  check_fit(problem, travel_times);
  if (options.candidates_per_stop < 1) {
    throw InputError("candidates_per_stop: expected 1 or more, found " +
                     std::to_string(options.candidates_per_stop));
  }
}

}  // namespace

Plan solve(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
           const SolveOptions& options) {
  check_arguments(problem, travel_times, options);
  Plan plan = Solver(problem, travel_times, scorer, options).run();
  plan.record.scorer = scorer.name();
  return plan;
}

}  // namespace roadgnn::decode
