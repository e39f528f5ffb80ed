// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/model.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include <roadgnn/gnn/decode/detail/derived_travel_times.h>
#include <roadgnn/gnn/decode/detail/remaining_stops.h>
#include <roadgnn/gnn/decode/detail/spatial_order.h>
#include <roadgnn/gnn/decode/detail/timeline.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {
namespace {

Visit make_visit(const Stop& stop) {
  Visit visit;
  visit.location = stop.location;
  visit.service = stop.service;
  visit.single_window = stop.windows.size() <= 1;
  if (!stop.windows.empty()) {
    visit.open = stop.windows.front().open;
    visit.close = stop.windows.back().close;
    visit.soft = stop.late_cost > 0;
    if (visit.soft) visit.close = kNoLimit;
  }
  visit.timeline = visit.soft || stop.setup > 0 || !stop.setup_by_type.empty();
  return visit;
}

// How long a vehicle is out at most for one stop.
double time_out(const TypeView& type, const Stop& stop, double driving) {
  const auto between = [](std::int64_t from, std::int64_t to) {
    return static_cast<double>(std::max<std::int64_t>(0, to - from));
  };
  if (type.end.close < kNoLimit / 2 && type.start.open > -kNoLimit / 2)
    return between(type.start.open, type.end.close);
  const std::int64_t start = std::max<std::int64_t>(type.start.open, 0);
  double time = driving + static_cast<double>(longest_service_time(stop));
  if (!stop.windows.empty()) time += between(start, stop.windows.back().open);
  for (const Break& rest : type.source->breaks) {
    time += static_cast<double>(rest.duration);
    if (!rest.windows.empty()) time += between(start, rest.windows.back().open);
  }
  return time;
}

}  // namespace

// Candidate edges of one profile with their scores, reachable from both ends.
struct Model::Candidates {
  graph::CandidateGraph graph;
  std::vector<float> scores;
  std::vector<std::int64_t> first_in;  // [num_stops + 1]
  std::vector<std::int64_t> in_edge;   // edges by head
  std::vector<std::int32_t> tail;      // of in_edge

  Candidates(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
             std::int32_t profile, std::int32_t k, int threads)
      : graph(travel_times.candidates(profile, k, threads)), scores(graph.head.size()) {
    scorer.score(problem, profile, graph, scores);
    const auto n = static_cast<std::size_t>(graph.num_stops());
    first_in.assign(n + 1, 0);
    for (const std::int32_t head : graph.head) ++first_in[static_cast<std::size_t>(head) + 1];
    for (std::size_t i = 0; i < n; ++i) first_in[i + 1] += first_in[i];
    in_edge.resize(graph.head.size());
    tail.resize(graph.head.size());
    auto next = first_in;
    for (std::size_t from = 0; from < n; ++from) {
      for (auto e = graph.first_out[from]; e < graph.first_out[from + 1]; ++e) {
        const auto head = static_cast<std::size_t>(graph.head[static_cast<std::size_t>(e)]);
        const auto slot = static_cast<std::size_t>(next[head]++);
        in_edge[slot] = e;
        tail[slot] = static_cast<std::int32_t>(from);
      }
    }
  }
};

Model::Model(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
             std::int32_t candidates_per_stop, std::int32_t max_neighbours, int threads)
    : problem_(&problem), travel_times_(&travel_times), num_dimensions_(problem.dimensions.size()) {
  // About the stops of a route, so that a route's data lie together.
  constexpr std::int32_t kCluster = 64;

  std::vector<std::int32_t> profiles;
  for (const VehicleType& type : problem.vehicle_types) profiles.push_back(type.profile);
  std::sort(profiles.begin(), profiles.end());
  profiles.erase(std::unique(profiles.begin(), profiles.end()), profiles.end());
  std::vector<Candidates> candidates;
  for (const std::int32_t profile : profiles) {
    candidates.emplace_back(problem, travel_times, scorer, profile, candidates_per_stop, threads);
  }
  std::vector<std::int32_t> locations(static_cast<std::size_t>(travel_times.num_stops()));
  std::iota(locations.begin(), locations.end(), 0);
  if (!candidates.empty()) locations = spatial_order(candidates.front().graph, kCluster);
  add_everything(locations);
  add_neighbours(candidates, max_neighbours, threads);
}

Model::Model(const Problem& problem, const graph::TravelTimes& travel_times)
    : problem_(&problem), travel_times_(&travel_times), num_dimensions_(problem.dimensions.size()) {
  std::vector<std::int32_t> locations(static_cast<std::size_t>(travel_times.num_stops()));
  std::iota(locations.begin(), locations.end(), 0);
  add_everything(locations);
  first_neighbour_.assign(visits_.size() + 1, 0);
}

void Model::add_everything(const std::vector<std::int32_t>& locations) {
  add_types();
  tell_services_apart();
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(problem_->orders.size()); ++i)
    add_loads(i);
  add_visits(locations);
  add_groups();
  settle_vehicles();
  if (problem_->fewest_vehicles) weigh_vehicles();
}

void Model::add_order() {
  const auto number = static_cast<std::int32_t>(problem_->orders.size()) - 1;
  const Order& order = problem_->orders.back();
  while (rank_.size() < static_cast<std::size_t>(travel_times_->num_stops()))
    rank_.push_back(static_cast<std::int32_t>(rank_.size()));
  if (!on_board_of_.empty()) on_board_of_.push_back(-1);
  if (!deadlines_.empty()) deadlines_.push_back(kNoLimit);
  if (!heads_.empty()) heads_.push_back(number);
  add_loads(number);
  first_visit_.push_back(-1);
  for (const auto* stop : {&order.pickup, &order.delivery}) {
    if (!*stop || (*stop)->service_by_type.empty()) continue;
    services_by_type_ = true;
    std::iota(services_.begin(), services_.end(), 0);
  }
  if (order.impossible.empty()) add_visits_of(number, order.pickup.has_value());
  first_neighbour_.resize(visits_.size() + 1, neighbours_.size());
}

void Model::tell_services_apart() {
  const std::size_t num_types = problem_->vehicle_types.size();
  std::vector<std::vector<std::int64_t>> times(num_types);
  for (const Order& order : problem_->orders) {
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (!*stop || (*stop)->service_by_type.empty()) continue;
      services_by_type_ = true;
      for (std::size_t t = 0; t < num_types; ++t) times[t].push_back((*stop)->service_by_type[t]);
    }
  }
  for (std::size_t t = 0; t < num_types; ++t) {
    const auto first = std::find(times.begin(), times.end(), times[t]);
    services_.push_back(static_cast<std::int32_t>(first - times.begin()));
  }
}

// What a group weighs is told by its head.
void Model::add_groups() {
  if (problem_->groups.empty()) return;
  const auto num_groups = problem_->groups.size();
  alternatives_.resize(num_groups);
  heads_.assign(problem_->orders.size(), -1);
  std::vector<std::int32_t> settled(num_groups, -1);
  std::vector<double> weights(num_groups, 0), prizes(num_groups, 0);
  for (std::int32_t i = 0; i < num_orders(); ++i) {
    const Order& order = problem_->orders[static_cast<std::size_t>(i)];
    if (order.group < 0) {
      heads_[static_cast<std::size_t>(i)] = i;
      continue;
    }
    const auto group = static_cast<std::size_t>(order.group);
    if (done(i) || on_board_of(i) >= 0) settled[group] = i;
    if (first_visit(i) >= 0) alternatives_[group].push_back(i);
    weights[group] = std::max(weights[group], weight(i));
    prizes[group] = std::max(prizes[group], prize(i));
  }
  for (std::size_t group = 0; group < num_groups; ++group) {
    if (settled[group] >= 0) {
      alternatives_[group].clear();
      if (first_visit(settled[group]) >= 0) alternatives_[group] = {settled[group]};
    }
    if (alternatives_[group].empty()) continue;
    const auto first = static_cast<std::size_t>(alternatives_[group].front());
    for (const std::int32_t order : alternatives_[group])
      heads_[static_cast<std::size_t>(order)] = static_cast<std::int32_t>(first);
    weights_[first] = weights[group];
    if (!prizes_.empty()) prizes_[first] = weights[group] > 0 ? 0 : prizes[group];
  }
}

// A vehicle on its way has to get to its end anyhow: what it does more is what it costs.
void Model::settle_vehicles() {
  TravelCache travel(*travel_times_, 0);
  for (std::size_t t = 0; t < types_.size(); ++t) {
    if (types_[t].state == nullptr || types_[t].state->steps.empty()) continue;
    const TimelineFigures alone =
        Timeline(*this, travel).evaluate(static_cast<std::int32_t>(t), {});
    if (alone.feasible) types_[t].cost_fixed -= alone.cost;
  }
}

// More than a plan costs in which a vehicle of its own comes for each stop and is out for all its
// shift; where shifts do not end, for as long as it takes with waiting.
void Model::weigh_vehicles() {
  double cost = 0, time = 0, lateness = 0;
  for (const Visit& visit : visits_) {
    double most_cost = 0, most_time = 0;
    for (std::int32_t t = 0; t < num_types(); ++t) {
      const TypeView& type = types_[static_cast<std::size_t>(t)];
      if (!compatible(visit.order, t)) continue;
      const auto way = [&](std::int32_t from, std::int32_t to) {
        graph::Travel most{0, 0};
        const auto ask = [&](std::int32_t profile) {
          if (from < 0 || to < 0) return;
          const graph::Travel travel = travel_times_->at(profile, from, to);
          if (!travel.reachable()) return;
          most.time_ms = std::max(most.time_ms, travel.time_ms);
          most.length_m = std::max(most.length_m, travel.length_m);
        };
        ask(type.profile);
        for (const ProfileSlice& slice : type.slices) ask(slice.profile);
        return most;
      };
      const graph::Travel there = way(type.start_location, visit.location);
      const graph::Travel back = way(visit.location, type.end_location);
      const double driving = double{0} + there.time_ms + back.time_ms;
      const double out = time_out(type, stop(visit), driving);
      most_time = std::max(most_time, out);
      most_cost = std::max(
          most_cost, route_cost(type, 0, 0, 0) + serving_cost(visit.order, t) +
                         type.cost_per_distance * (double{0} + there.length_m + back.length_m) +
                         type.cost_per_driving * driving +
                         type.source->cost_per_service *
                             static_cast<double>(longest_service_time(stop(visit))) +
                         (type.cost_per_time + type.cost_per_time_over) * out);
    }
    cost += most_cost + prize(visit.order);
    time += most_time;
    lateness += stop(visit).late_cost;
  }
  vehicle_weight_ = std::ceil(cost + lateness * time) + 1;
  for (TypeView& type : types_) {
    const bool on_its_way = type.state != nullptr && !type.state->steps.empty();
    if (!on_its_way) type.cost_fixed += vehicle_weight_;
  }
}

void Model::add_types() {
  types_ = make_type_views(*problem_);
  std::vector<ScaledProfile> scaled;
  const auto at_speed = [&](std::int32_t profile, double speed_factor) {
    if (speed_factor == 1) return profile;
    const ScaledProfile wanted{profile, speed_factor};
    const auto found = std::find(scaled.begin(), scaled.end(), wanted);
    const auto number = static_cast<std::int32_t>(found - scaled.begin());
    if (found == scaled.end()) scaled.push_back(wanted);
    return travel_times_->num_profiles() + number;
  };
  for (TypeView& view : types_) {
    view.profile = at_speed(view.profile, view.source->speed_factor);
    for (ProfileSlice& slice : view.slices)
      slice.profile = at_speed(slice.profile, view.source->speed_factor);
  }
  // What is constant-time takes the least that a way takes at any hour.
  std::vector<DerivedTravelTimes::Profiles> least_of;
  for (TypeView& view : types_) {
    if (view.slices.empty()) continue;
    DerivedTravelTimes::Profiles several;
    for (const ProfileSlice& slice : view.slices) several.push_back(slice.profile);
    std::sort(several.begin(), several.end());
    several.erase(std::unique(several.begin(), several.end()), several.end());
    const auto found = std::find(least_of.begin(), least_of.end(), several);
    view.profile = travel_times_->num_profiles() + static_cast<std::int32_t>(scaled.size()) +
                   static_cast<std::int32_t>(found - least_of.begin());
    if (found == least_of.end()) least_of.push_back(std::move(several));
  }
  if (!scaled.empty() || !least_of.empty()) {
    derived_ = std::make_unique<DerivedTravelTimes>(*travel_times_, std::move(scaled),
                                                    std::move(least_of));
    travel_times_ = derived_.get();
  }
  for (std::size_t t = 0; t < types_.size(); ++t) {
    const auto& capacity = types_[t].source->capacity;
    capacities_.insert(capacities_.end(), capacity.begin(), capacity.end());
    if (!types_[t].on_board.empty()) on_board_of_.resize(problem_->orders.size(), -1);
    for (const std::int32_t order : types_[t].on_board)
      on_board_of_[static_cast<std::size_t>(order)] = static_cast<std::int32_t>(t);
  }
}

bool Model::fits(std::int32_t index, std::int32_t number) const {
  const Order& order = problem_->orders[static_cast<std::size_t>(index)];
  const TypeView& view = type(number);
  const VehicleType& source = *view.source;
  if (!view.usable || view.count <= 0 || !order.impossible.empty()) return false;
  if (on_board_of(index) >= 0) return on_board_of(index) == number;
  if (view.away && !view.reloads && !order.pickup) return false;
  for (std::size_t d = 0; d < num_dimensions_; ++d) {
    if (order.load[d] > source.capacity[d]) return false;
    if (!order.collect.empty() && order.collect[d] > source.capacity[d]) return false;
  }
  const auto lists = [](const std::vector<std::int32_t>& list, std::int32_t value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  for (const std::int32_t skill : order.needs) {
    if (!lists(source.offers, skill)) return false;
  }
  if (!order.allowed_types.empty() && !lists(order.allowed_types, view.source_type)) return false;
  return order.locked_type < 0 ||
         (view.source_type == order.locked_type && view.vehicle == order.locked_vehicle);
}

void Model::add_loads(std::int32_t number) {
  const auto& load = problem_->orders[static_cast<std::size_t>(number)].load;
  loads_.insert(loads_.end(), load.begin(), load.end());
  for (std::int32_t type = 0; type < num_types(); ++type) compatible_.push_back(fits(number, type));
  add_price(number);
}

double Model::weight_of(const Order& order) const {
  if (!problem_->left_out_by_stops) return 1.0 + order.priority;
  // One of priority outweighs all stops there can be.
  const double all = 2.0 * static_cast<double>(problem_->orders.size());
  const double stops = order.pickup && order.delivery ? 2 : 1;
  return stops * (1 + order.priority * (1 + all));
}

// Arrays that most problems need not stay empty until an order needs them.
void Model::add_price(std::int32_t number) {
  constexpr double kOnBoard = 1e10;
  const auto i = static_cast<std::size_t>(number);
  const Order& order = problem_->orders[i];
  weights_.push_back(order.prize ? 0 : weight_of(order));
  if (on_board_of(number) >= 0) weights_.back() = kOnBoard;
  if (order.prize || !prizes_.empty()) prizes_.resize(i + 1, 0);
  if (order.prize) prizes_[i] = *order.prize;
  if (!order.collect.empty() || !collects_.empty()) collects_.resize((i + 1) * num_dimensions_, 0);
  std::copy(order.collect.begin(), order.collect.end(),
            collects_.begin() +
                static_cast<std::ptrdiff_t>(order.collect.empty() ? 0 : i * num_dimensions_));
  add_serving_costs(number);
}

void Model::add_serving_costs(std::int32_t number) {
  const auto i = static_cast<std::size_t>(number);
  const Order& order = problem_->orders[i];
  const bool priced = std::any_of(types_.begin(), types_.end(), [](const TypeView& type) {
    return type.source->cost_per_service > 0;
  });
  if (order.preferred_types.empty() && serving_costs_.empty() && !priced) return;
  serving_costs_.resize((i + 1) * types_.size(), 0);
  for (std::size_t t = 0; t < types_.size(); ++t) {
    const std::int32_t type = types_[t].source_type;
    double& cost = serving_costs_[i * types_.size() + t];
    const auto& preferred = order.preferred_types;
    if (!preferred.empty() &&
        std::find(preferred.begin(), preferred.end(), type) == preferred.end())
      cost = order.not_preferred_cost;
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (*stop)
        cost += types_[t].source->cost_per_service *
                static_cast<double>(service_time(**stop, type, false));
    }
  }
}

// Orders by the place of their first stop in `locations`.
void Model::add_visits(const std::vector<std::int32_t>& locations) {
  rank_.resize(locations.size());
  for (std::size_t i = 0; i < locations.size(); ++i) {
    rank_[static_cast<std::size_t>(locations[i])] = static_cast<std::int32_t>(i);
  }
  const RemainingStops remaining(*problem_, types_);
  std::vector<std::pair<std::int32_t, std::int32_t>> sequence;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(problem_->orders.size()); ++i) {
    const Order& order = problem_->orders[static_cast<std::size_t>(i)];
    if (!order.impossible.empty() || remaining.none(i)) continue;
    const Stop& first = remaining.pickup(i) ? *order.pickup : *order.delivery;
    sequence.emplace_back(rank_[static_cast<std::size_t>(first.location)], i);
  }
  std::sort(sequence.begin(), sequence.end());

  deadlines_ = remaining.deadlines();
  first_visit_.assign(problem_->orders.size(), -1);
  for (const auto& [place, number] : sequence) add_visits_of(number, remaining.pickup(number));
}

void Model::add_visits_of(std::int32_t number, bool pickup_left) {
  const Order& order = problem_->orders[static_cast<std::size_t>(number)];
  first_visit_[static_cast<std::size_t>(number)] = num_visits();
  const bool pair = pickup_left && order.delivery;
  for (const bool is_pickup : {true, false}) {
    if (!(is_pickup ? pickup_left : order.delivery.has_value())) continue;
    Visit visit = make_visit(is_pickup ? *order.pickup : *order.delivery);
    visit.order = number;
    visit.is_pickup = is_pickup;
    if (pair) visit.partner = is_pickup ? num_visits() + 1 : num_visits() - 1;
    visit.timeline |= order.max_ride < kNoLimit || order.release > -kNoLimit;
    if (visit.single_window) visit.close = std::min(visit.close, deadline(visit));
    visit.timeline |= !visit.single_window && deadline(visit) < kNoLimit;
    visits_.push_back(visit);
  }
}

void Model::add_neighbours(const std::vector<Candidates>& scored, std::int32_t max_neighbours,
                           int threads) {
  const auto num_locations = static_cast<std::size_t>(travel_times_->num_stops());
  std::vector<std::vector<std::int32_t>> visits_at(num_locations);
  for (std::int32_t v = 0; v < num_visits(); ++v) {
    visits_at[static_cast<std::size_t>(visit(v).location)].push_back(v);
  }

  using Scored =
      std::tuple<float, std::int32_t, std::int32_t>;  // minus the score, location, metres
  std::vector<std::vector<std::int32_t>> lists(static_cast<std::size_t>(num_visits()));
  std::vector<std::vector<std::int32_t>> lengths(lists.size());
  const auto fill = [&](std::size_t location, std::vector<Scored>& found) {
    found.clear();
    for (const Candidates& candidates : scored) {
      for (auto e = candidates.graph.first_out[location];
           e < candidates.graph.first_out[location + 1]; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        found.emplace_back(-candidates.scores[edge], candidates.graph.head[edge],
                           candidates.graph.travel[edge].length_m);
      }
      for (auto i = candidates.first_in[location]; i < candidates.first_in[location + 1]; ++i) {
        const auto slot = static_cast<std::size_t>(i);
        const auto edge = static_cast<std::size_t>(candidates.in_edge[slot]);
        found.emplace_back(-candidates.scores[edge], candidates.tail[slot],
                           candidates.graph.travel[edge].length_m);
      }
    }
    std::sort(found.begin(), found.end());
    for (const std::int32_t v : visits_at[location]) {
      auto& list = lists[static_cast<std::size_t>(v)];
      const auto add_all_at = [&](std::size_t place, std::int32_t limit) {
        // Near itself in the list first: a place shared by thousands of visits must not make
        // everybody's list the same.
        const auto& there = visits_at[place];
        const auto from = std::lower_bound(there.begin(), there.end(), v);
        for (auto w = from; w != there.end(); ++w) {
          if (list.size() >= static_cast<std::size_t>(limit)) return;
          if (*w != v && *w != visit(v).partner) list.push_back(*w);
        }
        for (auto w = there.begin(); w != from; ++w) {
          if (list.size() >= static_cast<std::size_t>(limit)) return;
          if (*w != visit(v).partner) list.push_back(*w);
        }
      };
      auto& length = lengths[static_cast<std::size_t>(v)];
      add_all_at(location, max_neighbours / 2);
      length.resize(list.size(), 0);
      for (const auto& [score, place, metres] : found) {
        if (list.size() >= static_cast<std::size_t>(max_neighbours)) break;
        const auto& there = visits_at[static_cast<std::size_t>(place)];
        // A location comes up once per profile and direction.
        if (there.empty() || std::find(list.begin(), list.end(), there.front()) != list.end())
          continue;
        add_all_at(static_cast<std::size_t>(place), max_neighbours);
        length.resize(list.size(), metres);
      }
      list.shrink_to_fit();
    }
  };
  graph::parallel_for(static_cast<std::int64_t>(num_locations), 256, threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        std::vector<Scored> found;
                        for (auto i = begin; i < end; ++i) fill(static_cast<std::size_t>(i), found);
                      });

  first_neighbour_.push_back(0);
  for (std::size_t v = 0; v < lists.size(); ++v) {
    neighbours_.insert(neighbours_.end(), lists[v].begin(), lists[v].end());
    for (std::size_t i = lengths[v].size(); i-- > 1;) {
      lengths[v][i - 1] = std::min(lengths[v][i - 1], lengths[v][i]);
    }
    neighbour_radii_.insert(neighbour_radii_.end(), lengths[v].begin(), lengths[v].end());
    first_neighbour_.push_back(neighbours_.size());
  }
}

}  // namespace roadgnn::decode::detail
