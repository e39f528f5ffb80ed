// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/model.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include <roadgnn/gnn/decode/detail/spatial_order.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {

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
  add_types();
  add_orders();
  add_visits(locations);
  add_neighbours(candidates, max_neighbours, threads);
}

void Model::add_types() {
  for (const VehicleType& type : problem_->vehicle_types) {
    TypeView view;
    view.profile = type.profile;
    const Depot& start = problem_->depots[static_cast<std::size_t>(type.start_depot)];
    view.start_location = start.location;
    view.start = {std::max(type.shift.open, start.window.open),
                  std::min(type.shift.close, start.window.close)};
    view.end = type.shift;
    if (type.end_depot >= 0) {
      const Depot& end = problem_->depots[static_cast<std::size_t>(type.end_depot)];
      view.end_location = end.location;
      view.end = {std::max(type.shift.open, end.window.open),
                  std::min(type.shift.close, end.window.close)};
    }
    view.usable = view.start.open <= view.start.close && view.end.open <= view.end.close;
    view.cost_fixed = type.cost_fixed;
    view.cost_per_distance = type.cost_per_distance;
    view.cost_per_time = type.cost_per_time;
    view.max_driving = type.max_driving;
    view.max_distance = type.max_distance;
    view.max_stops = type.max_stops;
    view.count = type.count;
    types_.push_back(view);
    capacities_.insert(capacities_.end(), type.capacity.begin(), type.capacity.end());
  }
}

void Model::add_orders() {
  for (const Order& order : problem_->orders) {
    loads_.insert(loads_.end(), order.load.begin(), order.load.end());
    for (std::size_t t = 0; t < problem_->vehicle_types.size(); ++t) {
      const VehicleType& type = problem_->vehicle_types[t];
      bool fits = types_[t].usable && type.count > 0 && order.impossible.empty();
      for (std::size_t d = 0; d < num_dimensions_; ++d) fits &= order.load[d] <= type.capacity[d];
      for (const std::int32_t skill : order.needs) {
        fits &= std::find(type.offers.begin(), type.offers.end(), skill) != type.offers.end();
      }
      compatible_.push_back(fits);
    }
  }
}

// Orders by the place of their first stop in `locations`.
void Model::add_visits(const std::vector<std::int32_t>& locations) {
  rank_.resize(locations.size());
  for (std::size_t i = 0; i < locations.size(); ++i) {
    rank_[static_cast<std::size_t>(locations[i])] = static_cast<std::int32_t>(i);
  }
  std::vector<std::pair<std::int32_t, std::int32_t>> sequence;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(problem_->orders.size()); ++i) {
    const Order& order = problem_->orders[static_cast<std::size_t>(i)];
    if (!order.impossible.empty()) continue;
    const Stop& first = order.pickup ? *order.pickup : *order.delivery;
    sequence.emplace_back(rank_[static_cast<std::size_t>(first.location)], i);
  }
  std::sort(sequence.begin(), sequence.end());

  first_visit_.assign(problem_->orders.size(), -1);
  for (const auto& [place, number] : sequence) {
    const Order& order = problem_->orders[static_cast<std::size_t>(number)];
    first_visit_[static_cast<std::size_t>(number)] = num_visits();
    const bool pair = order.pickup && order.delivery;
    for (const bool is_pickup : {true, false}) {
      const auto& stop = is_pickup ? order.pickup : order.delivery;
      if (!stop) continue;
      Visit visit;
      visit.order = number;
      visit.location = stop->location;
      visit.is_pickup = is_pickup;
      if (pair) visit.partner = is_pickup ? num_visits() + 1 : num_visits() - 1;
      visit.service = stop->service;
      visit.single_window = stop->windows.size() <= 1;
      if (!stop->windows.empty()) {
        visit.open = stop->windows.front().open;
        visit.close = stop->windows.back().close;
      }
      visits_.push_back(visit);
    }
  }
}

void Model::add_neighbours(const std::vector<Candidates>& scored, std::int32_t max_neighbours,
                           int threads) {
  const auto num_locations = static_cast<std::size_t>(travel_times_->num_stops());
  std::vector<std::vector<std::int32_t>> visits_at(num_locations);
  for (std::int32_t v = 0; v < num_visits(); ++v) {
    visits_at[static_cast<std::size_t>(visit(v).location)].push_back(v);
  }

  using Scored = std::pair<float, std::int32_t>;  // minus the score, location
  std::vector<std::vector<std::int32_t>> lists(static_cast<std::size_t>(num_visits()));
  const auto fill = [&](std::size_t location, std::vector<Scored>& found) {
    found.clear();
    for (const Candidates& candidates : scored) {
      for (auto e = candidates.graph.first_out[location];
           e < candidates.graph.first_out[location + 1]; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        found.emplace_back(-candidates.scores[edge], candidates.graph.head[edge]);
      }
      for (auto i = candidates.first_in[location]; i < candidates.first_in[location + 1]; ++i) {
        const auto slot = static_cast<std::size_t>(i);
        found.emplace_back(-candidates.scores[static_cast<std::size_t>(candidates.in_edge[slot])],
                           candidates.tail[slot]);
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
      add_all_at(location, max_neighbours / 2);
      for (const auto& [score, place] : found) {
        if (list.size() >= static_cast<std::size_t>(max_neighbours)) break;
        const auto& there = visits_at[static_cast<std::size_t>(place)];
        // A location comes up once per profile and direction.
        if (there.empty() || std::find(list.begin(), list.end(), there.front()) != list.end())
          continue;
        add_all_at(static_cast<std::size_t>(place), max_neighbours);
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
  for (const auto& list : lists) {
    neighbours_.insert(neighbours_.end(), list.begin(), list.end());
    first_neighbour_.push_back(neighbours_.size());
  }
}

}  // namespace roadgnn::decode::detail
