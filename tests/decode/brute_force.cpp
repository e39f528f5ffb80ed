// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "brute_force.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace roadgnn::decode::testing {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

struct Call {
  std::size_t order;
  bool pickup;
};

// What a vehicle does next: a break where it is (or at the break's own place), or driving to a
// place and doing something there, with breaks on the way or on arrival.
struct Action {
  enum Kind { rest_here, stop, reload, end } kind;
  Call call{};
  std::int32_t depot = -1;
  bool rest_on_the_way = false;
  int rests_on_arrival = 0;
};

// What a sequence of actions amounts to from one start.
struct Outcome {
  std::int64_t start = 0, end = 0, distance = 0, driving = 0, late_units = 0, served = 0;
  double late = 0;
};

// All ways for one vehicle of a type to serve a set of calls.
class VehicleDay {
 public:
  VehicleDay(const Problem& problem, const graph::TravelTimes& travel_times,
             const VehicleType& type, std::vector<Call> calls)
      : problem_(problem), travel_times_(travel_times), type_(type), calls_(std::move(calls)) {}

  double best() {
    done_.assign(calls_.size(), false);
    counts_driving_ = type_.slices.empty();
    extend(0, 1, false);
    return best_;
  }

 private:
  // Tries every next action. `rests`: breaks taken; `trips`: begun; `busy`: something was served in
  // this trip.
  void extend(int rests, int trips, bool busy) {
    if (actions_.size() > 0 && !simulate(earliest_start(), false)) return;
    const int num_breaks = static_cast<int>(type_.breaks.size());
    if (rests < num_breaks) {
      actions_.push_back({Action::rest_here});
      extend(rests + 1, trips, busy);
      actions_.pop_back();
    }
    bool left = false;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (done_[i]) continue;
      left = true;
      // calls_ lists a pickup right before its delivery
      if (!calls_[i].pickup && i > 0 && calls_[i - 1].order == calls_[i].order && !done_[i - 1])
        continue;
      done_[i] = true;
      drive({Action::stop, calls_[i]}, rests, trips, true);
      done_[i] = false;
    }
    if (left && busy && trips < type_.max_trips) {
      std::set<std::int32_t> depots(type_.reload_depots.begin(), type_.reload_depots.end());
      if (depots.empty()) depots.insert(type_.start_depot);
      for (const std::int32_t depot : depots) {
        drive({Action::reload, {}, depot}, rests, trips + 1, false);
      }
    }
    if (!left) drive({Action::end}, rests, trips, busy);
  }

  void drive(Action action, int rests, int trips, bool busy) {
    const int left = static_cast<int>(type_.breaks.size()) - rests;
    for (const bool on_the_way : {false, true}) {
      if (on_the_way && (left == 0 || !type_.breaks[static_cast<std::size_t>(rests)].on_the_way)) {
        continue;
      }
      const int used = on_the_way ? 1 : 0;
      for (int on_arrival = 0; on_arrival <= left - used; ++on_arrival) {
        action.rest_on_the_way = on_the_way;
        action.rests_on_arrival = on_arrival;
        actions_.push_back(action);
        if (action.kind == Action::end) {
          complete(rests + used + on_arrival);
        } else {
          extend(rests + used + on_arrival, trips, busy);
        }
        actions_.pop_back();
      }
    }
  }

  void complete(int rests) {
    if (!loads_fit()) return;
    const auto first = simulate(earliest_start(), true);
    if (!first) return;
    // A later start never ends earlier, nor is it less late: the latest one with the same end.
    std::int64_t low = first->start, high = std::min(latest_start(), first->end);
    while (low < high) {
      const std::int64_t middle = low + (high - low + 1) / 2;
      const auto later = simulate(middle, true);
      if (later && later->end == first->end && later->late_units == first->late_units) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    // By the hour, another start drives for another time: the one that is kept counts.
    counts_driving_ = true;
    const auto last = simulate(low, true);
    counts_driving_ = type_.slices.empty();
    if (!last) return;
    for (auto b = static_cast<std::size_t>(rests); b < type_.breaks.size(); ++b) {
      const Break& rest = type_.breaks[b];
      if (type_.breaks_always || driven_ > rest.max_driving) return;
      if (!rest.windows.empty() && last->end > rest.windows.back().close) return;
    }
    if (last->distance > type_.max_distance || last->driving > type_.max_driving) return;
    const std::int64_t duration = last->end - low;
    if (duration > type_.max_duration) return;
    const double cost =
        type_.cost_fixed + type_.cost_per_distance * static_cast<double>(last->distance) +
        type_.cost_per_driving * static_cast<double>(last->driving) +
        type_.cost_per_service * static_cast<double>(last->served) +
        type_.cost_per_time * static_cast<double>(duration) +
        type_.cost_per_time_over * static_cast<double>(std::max<std::int64_t>(
                                       0, duration - std::min(duration, type_.fair_duration))) +
        last->late;
    best_ = std::min(best_, cost);
  }

  const Depot& depot(std::int32_t index) const {
    return problem_.depots[static_cast<std::size_t>(index)];
  }
  const Order& order(const Call& call) const { return problem_.orders[call.order]; }
  const Stop& stop(const Call& call) const {
    return call.pickup ? *order(call).pickup : *order(call).delivery;
  }
  bool from_depot(const Call& call) const { return !call.pickup && !order(call).pickup; }

  std::int64_t earliest_start() const {
    std::int64_t start = std::max(type_.shift.open, problem_.now);
    if (type_.start_depot >= 0) start = std::max(start, depot(type_.start_depot).window.open);
    return start;
  }
  std::int64_t latest_start() const {
    std::int64_t start = type_.shift.close;
    if (type_.start_depot >= 0) start = std::min(start, depot(type_.start_depot).window.close);
    return start;
  }

  graph::Travel travel_at(std::int64_t time, std::int32_t from, std::int32_t to) const {
    std::int32_t profile = type_.profile;
    for (const ProfileSlice& slice : type_.slices) {
      if (time >= slice.from) profile = slice.profile;
    }
    graph::Travel leg = travel_times_.at(profile, from, to);
    leg.time_ms = static_cast<std::int32_t>(std::floor(leg.time_ms / type_.speed_factor + 0.5));
    return leg;
  }

  // Travel from `now` on, or from the later moment that brings one there first, which `now`
  // becomes.
  graph::Travel travel(std::int64_t& now, std::int64_t until, std::int32_t from,
                       std::int32_t to) const {
    std::int64_t best = now;
    graph::Travel leg = travel_at(now, from, to);
    for (std::int64_t time = now + 1; !type_.slices.empty() && time < best + leg.time_ms; ++time) {
      if (time > until) break;
      const graph::Travel other = travel_at(time, from, to);
      if (time + other.time_ms >= best + leg.time_ms) continue;
      best = time;
      leg = other;
    }
    now = best;
    return leg;
  }

  // Goes through the actions from a start on; nothing where something is missed. With `rides`, what
  // is on board too long is picked up later, as little as need be.
  std::optional<Outcome> simulate(std::int64_t start, bool rides) {
    std::vector<std::int64_t> hold(actions_.size() + 1, -kNoLimit);  // [0]: the start
    for (int round = 0; round < 200; ++round) {
      const auto outcome = walk(start, hold);
      if (!outcome || !rides) return outcome;
      bool changed = false;
      for (const Ride& ride : rides_) {
        const std::int64_t excess = ride.to - ride.left - ride.longest;
        if (excess <= 0) continue;
        hold[ride.from] = std::max(hold[ride.from], ride.begun + excess);
        changed = true;
        break;
      }
      if (!changed) return outcome;
    }
    return std::nullopt;
  }

  struct Ride {
    std::size_t from = 0;  // into hold
    std::int64_t begun = 0, left = 0, to = 0, longest = 0;
  };

  std::optional<std::int64_t> first_moment(const std::vector<TimeWindow>& windows,
                                           std::int64_t time) const {
    if (windows.empty()) return time;
    for (const TimeWindow& window : windows) {
      if (time <= window.close) return std::max(time, window.open);
    }
    return std::nullopt;
  }

  // The latest release of what the trip that begins before action `i` takes along.
  std::int64_t release(std::size_t i) const {
    std::int64_t latest = -kNoLimit;
    for (; i < actions_.size() && actions_[i].kind != Action::reload; ++i) {
      if (actions_[i].kind == Action::stop && from_depot(actions_[i].call))
        latest = std::max(latest, order(actions_[i].call).release);
    }
    return latest;
  }

  std::optional<Outcome> walk(std::int64_t start, const std::vector<std::int64_t>& hold) {
    Outcome outcome;
    rides_.clear();
    driven_ = 0;
    std::int64_t now = std::max({start, hold[0], release(0)});
    if (now > latest_start()) return std::nullopt;
    outcome.start = now;
    std::int32_t place = type_.start_depot >= 0 ? depot(type_.start_depot).location : -1;
    bool moved = place < 0;
    std::size_t next_break = 0;
    std::map<std::size_t, Ride> on_board;  // orders picked up
    std::vector<Ride> to_depot;
    Ride trip{0, now, now, 0, 0};
    const auto rest = [&]() {
      const Break& taken = type_.breaks[next_break++];
      if (driven_ > taken.max_driving && counts_driving_) return false;
      const auto begin = first_moment(taken.windows, now);
      if (!begin) return false;
      now = *begin + taken.duration;
      driven_ = 0;
      return true;
    };
    const auto roll = [&](std::int64_t time) {
      now += time;
      driven_ += time;
      outcome.driving += time;
    };
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      const Action& action = actions_[i];
      if (action.kind == Action::rest_here) {
        if (place < 0) return std::nullopt;
        const std::int32_t own = type_.breaks[next_break].location;
        if (own >= 0 && own != place) {
          const graph::Travel leg = travel(now, i == 0 ? latest_start() : kNoLimit, place, own);
          if (i == 0) trip.begun = trip.left = outcome.start = now;
          roll(leg.time_ms);
          outcome.distance += leg.length_m;
          place = own;
          moved = true;
        }
        if (!rest()) return std::nullopt;
        continue;
      }
      std::int32_t to = -1;
      if (action.kind == Action::stop) to = stop(action.call).location;
      if (action.kind == Action::reload) to = depot(action.depot).location;
      if (action.kind == Action::end && type_.end_depot >= 0) to = depot(type_.end_depot).location;
      graph::Travel leg{0, 0};
      if (to >= 0 && place >= 0 && to != place)
        leg = travel(now, i == 0 ? latest_start() : kNoLimit, place, to);
      if (i == 0) trip.begun = trip.left = outcome.start = now;
      outcome.distance += leg.length_m;
      std::int64_t left = leg.time_ms;
      if (action.rest_on_the_way) {
        const auto begin = first_moment(type_.breaks[next_break].windows, now);
        if (!begin || leg.time_ms == 0) return std::nullopt;
        const std::int64_t before = std::min(left, *begin - now);
        roll(before);
        left -= before;
        if (!rest()) return std::nullopt;
      }
      roll(left);
      moved |= to >= 0 && to != place;
      if (to >= 0) place = to;
      for (int r = 0; r < action.rests_on_arrival; ++r) {
        const std::int32_t own = type_.breaks[next_break].location;
        if ((own >= 0 && own != place) || !rest()) return std::nullopt;
      }
      std::int64_t begin = std::max(now, hold[i + 1]);
      if (action.kind == Action::stop) {
        const Stop& here = stop(action.call);
        const auto within = first_moment(here.windows, begin);
        if (!within && here.late_cost <= 0) return std::nullopt;
        if (!within) {
          const std::int64_t late = begin - here.windows.back().close;
          outcome.late += here.late_cost * static_cast<double>(late);
          outcome.late_units += late;
        } else {
          begin = *within;
        }
        const auto type = static_cast<std::size_t>(&type_ - problem_.vehicle_types.data());
        now = begin + here.service + (moved ? here.setup : 0);
        if (!here.service_by_type.empty()) now += here.service_by_type[type];
        if (moved && !here.setup_by_type.empty()) now += here.setup_by_type[type];
        outcome.served += now - begin;
        const Order& served = order(action.call);
        if (served.max_ride < kNoLimit) {
          if (action.call.pickup) {
            const Ride ride{i + 1, begin, now, 0, served.max_ride};
            if (served.delivery) {
              on_board[action.call.order] = ride;
            } else {
              to_depot.push_back(ride);
            }
          } else {
            Ride ride = served.pickup ? on_board[action.call.order] : trip;
            ride.to = begin;
            ride.longest = served.max_ride;
            rides_.push_back(ride);
          }
        }
      } else {
        TimeWindow window = type_.shift;
        if (action.kind == Action::reload) {
          window = depot(action.depot).window;
          window.open = std::max(window.open, release(i + 1));
        } else if (type_.end_depot >= 0) {
          const TimeWindow& open = depot(type_.end_depot).window;
          window = {std::max(window.open, open.open), std::min(window.close, open.close)};
        }
        begin = std::max(begin, window.open);
        if (begin > window.close) return std::nullopt;
        for (Ride& ride : to_depot) {
          ride.to = begin;
          rides_.push_back(ride);
        }
        to_depot.clear();
        now = begin + (action.kind == Action::reload ? type_.reload_service : 0);
        trip = {i + 1, begin, now, 0, 0};
      }
      moved = false;
    }
    outcome.end = now;
    return outcome;
  }

  // Goes through the actions with what is on board.
  bool loads_fit() const {
    for (std::size_t d = 0; d < problem_.dimensions.size(); ++d) {
      std::int64_t load = for_trip(0, d), collected = 0;
      if (load > type_.capacity[d]) return false;
      std::size_t next_break = 0;
      const auto rests = [&](int count) {
        for (; count > 0; --count) {
          const auto& most = type_.breaks[next_break++].max_load;
          if (!most.empty() && load > most[d]) return false;
        }
        return true;
      };
      for (std::size_t i = 0; i < actions_.size(); ++i) {
        const Action& action = actions_[i];
        const bool here = action.kind == Action::rest_here;
        if (!rests(action.rests_on_arrival + (action.rest_on_the_way || here ? 1 : 0)))
          return false;
        if (action.kind == Action::reload) {
          load += for_trip(i + 1, d) - collected;
          collected = 0;
        }
        if (action.kind == Action::stop) {
          const Order& served = order(action.call);
          load += (action.call.pickup ? 1 : -1) * served.load[d];
          if (action.call.pickup && !served.delivery) collected += served.load[d];
          if (!served.collect.empty()) {
            load += served.collect[d];
            collected += served.collect[d];
          }
        }
        if (load > type_.capacity[d]) return false;
      }
    }
    return true;
  }

  std::int64_t for_trip(std::size_t i, std::size_t d) const {
    std::int64_t load = 0;
    for (; i < actions_.size() && actions_[i].kind != Action::reload; ++i) {
      if (actions_[i].kind == Action::stop && from_depot(actions_[i].call))
        load += order(actions_[i].call).load[d];
    }
    return load;
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const VehicleType& type_;
  std::vector<Call> calls_;
  std::vector<bool> done_;
  std::vector<Action> actions_;
  std::vector<Ride> rides_;
  std::int64_t driven_ = 0;
  bool counts_driving_ = true;
  double best_ = kNone;
};

class Enumeration {
 public:
  Enumeration(const Problem& problem, const graph::TravelTimes& travel_times)
      : problem_(problem), travel_times_(travel_times) {}

  std::vector<std::vector<double>> costs() {
    const std::size_t sets = std::size_t{1} << problem_.orders.size();
    for (std::size_t type = 0; type < problem_.vehicle_types.size(); ++type) {
      auto& costs = costs_.emplace_back(sets, kNone);
      for (std::size_t set = 1; set < sets; ++set) costs[set] = best_sequence(type, set);
    }
    return costs_;
  }

  Optimum run() {
    costs();
    best_ = {kNone, 0, kNone};
    assign(0, 0, 0, 0);
    return best_;
  }

 private:
  using Vehicle = std::pair<std::int32_t, std::int32_t>;

  // Gives vehicles one after another a set of orders; within a type, sets in falling order, to try
  // each combination once.
  void assign(std::size_t type, std::size_t served, std::size_t previous, double cost,
              int used = 0) {
    if (type == costs_.size()) return leaf(served, cost);
    assign(type + 1, served, 0, cost);
    if (used >= problem_.vehicle_types[type].count) return;
    for (std::size_t set = 1; set < costs_[type].size(); ++set) {
      if ((set & served) != 0 || costs_[type][set] == kNone || (previous != 0 && set > previous))
        continue;
      const std::optional<Vehicle> vehicle = locked_to(set);
      if (vehicle && !taken_.insert(*vehicle).second) continue;
      ++vehicles_;
      assign(type, served | set, set, cost + costs_[type][set], used + 1);
      --vehicles_;
      if (vehicle) taken_.erase(*vehicle);
    }
  }

  void leaf(std::size_t served, double cost) {
    double unserved = 0;
    std::vector<int> count(problem_.groups.size(), 0);
    std::vector<double> weight(count.size(), 0), prize(count.size(), 0);
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
      const Order& order = problem_.orders[i];
      const bool is_served = (served >> i & 1) != 0;
      const double its_weight = weight_of_absence(problem_, order);
      if (order.group >= 0) {
        const auto group = static_cast<std::size_t>(order.group);
        if (is_served && ++count[group] > 1) return;
        weight[group] = std::max(weight[group], its_weight);
        prize[group] = std::max(prize[group], order.prize.value_or(0));
      } else if (!is_served) {
        unserved += its_weight;
        cost += order.prize.value_or(0);
      }
    }
    for (std::size_t group = 0; group < count.size(); ++group) {
      if (count[group] > 0) continue;
      unserved += weight[group];
      if (weight[group] == 0) cost += prize[group];
    }
    const int vehicles = problem_.fewest_vehicles ? vehicles_ : 0;
    if (std::tuple(unserved, vehicles, cost) <
        std::tuple(best_.unserved, best_.vehicles, best_.cost)) {
      best_ = {unserved, vehicles, cost};
    }
  }

  std::optional<Vehicle> locked_to(std::size_t set) const {
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
      const Order& order = problem_.orders[i];
      if ((set >> i & 1) != 0 && order.locked_type >= 0)
        return Vehicle{order.locked_type, order.locked_vehicle};
    }
    return std::nullopt;
  }

  double best_sequence(std::size_t number, std::size_t set) {
    const VehicleType& type = problem_.vehicle_types[number];
    std::vector<Call> calls;
    double preferences = 0;
    const auto its = static_cast<std::int32_t>(number);
    const auto has = [](const std::vector<std::int32_t>& list, std::int32_t value) {
      return std::count(list.begin(), list.end(), value) > 0;
    };
    const std::optional<Vehicle> vehicle = locked_to(set);
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
      if (!(set >> i & 1)) continue;
      const Order& order = problem_.orders[i];
      for (const std::int32_t need : order.needs) {
        if (!has(type.offers, need)) return kNone;
      }
      if (!order.impossible.empty()) return kNone;
      if (!order.allowed_types.empty() && !has(order.allowed_types, its)) return kNone;
      if (order.locked_type >= 0 &&
          (order.locked_type != its || Vehicle{its, order.locked_vehicle} != *vehicle)) {
        return kNone;
      }
      if (!order.preferred_types.empty() && !has(order.preferred_types, its))
        preferences += order.not_preferred_cost;
      if (order.pickup) calls.push_back({i, true});
      if (order.delivery) calls.push_back({i, false});
    }
    if (static_cast<int>(calls.size()) > type.max_stops) return kNone;
    return preferences + VehicleDay(problem_, travel_times_, type, std::move(calls)).best();
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  std::vector<std::vector<double>> costs_;  // by type and set of orders
  std::set<Vehicle> taken_;
  int vehicles_ = 0;
  Optimum best_;
};

}  // namespace

double weight_of_absence(const Problem& problem, const Order& order) {
  if (order.prize) return 0;
  if (!problem.left_out_by_stops) return 1 + order.priority;
  const double stops = order.pickup.has_value() + order.delivery.has_value();
  return stops * (1000 * order.priority + 1);
}

Optimum brute_force(const Problem& problem, const graph::TravelTimes& travel_times) {
  return Enumeration(problem, travel_times).run();
}

std::vector<std::vector<double>> brute_force_costs(const Problem& problem,
                                                   const graph::TravelTimes& travel_times) {
  return Enumeration(problem, travel_times).costs();
}

}  // namespace roadgnn::decode::testing
