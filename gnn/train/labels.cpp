// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/labels.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

// What to compare plans by: fewer left out, then fewer vehicles if that counts, then the cost.
std::tuple<double, std::size_t, double> rank(const decode::Problem& problem,
                                             const decode::Plan& plan) {
  double left_out = 0;
  for (const decode::Unserved& unserved : plan.unserved) {
    const decode::Order& order = problem.orders[static_cast<std::size_t>(unserved.order)];
    if (!order.prize) left_out += 1 + order.priority;
  }
  return {left_out, problem.fewest_vehicles ? plan.routes.size() : 0, plan.cost};
}

std::vector<double> weights_of(const decode::Problem& problem, std::span<const decode::Plan> plans,
                               std::size_t best, double temperature) {
  const auto [left_out, vehicles, cost] = rank(problem, plans[best]);
  std::vector<double> weights;
  double sum = 0;
  for (const decode::Plan& plan : plans) {
    const auto [its_left_out, its_vehicles, its_cost] = rank(problem, plan);
    const bool worse = its_left_out > left_out || its_vehicles > vehicles;
    const double excess = (its_cost - cost) / std::max(1e-9, std::abs(cost));
    weights.push_back(worse ? 0 : std::exp(-excess / temperature));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

class Labeller {
 public:
  explicit Labeller(const decode::Problem& problem) {
    const auto n = static_cast<std::size_t>(problem.num_locations);
    labels_.num_types = static_cast<std::int32_t>(problem.vehicle_types.size());
    labels_.first.assign(n, 0);
    labels_.last.assign(n, 0);
    labels_.type.assign(n * problem.vehicle_types.size(), 0);
  }

  void add(const decode::Plan& plan, float weight, bool best) {
    for (const decode::Route& route : plan.routes) {
      std::int32_t here = -1;
      bool at_depot = true;
      for (const decode::Step& step : route.steps) {
        if (step.kind == decode::StepKind::rest || step.location < 0) continue;
        const bool serves =
            step.kind == decode::StepKind::pickup || step.kind == decode::StepKind::delivery;
        const auto there = static_cast<std::size_t>(step.location);
        if (here >= 0 && here != step.location) use(here, step.location, weight, best);
        if (serves && at_depot) labels_.first[there] += weight;
        if (!serves && !at_depot) labels_.last[static_cast<std::size_t>(here)] += weight;
        if (serves) {
          labels_.type[there * static_cast<std::size_t>(labels_.num_types) +
                       static_cast<std::size_t>(route.vehicle_type)] += weight;
        }
        at_depot = !serves;
        here = step.location;
      }
    }
  }

  Labels take() {
    for (const auto& [edge, use] : used_) {
      labels_.from.push_back(edge.first);
      labels_.to.push_back(edge.second);
      labels_.share.push_back(std::min(1.0F, use.share));
      labels_.best.push_back(use.best ? 1 : 0);
    }
    // Several stops at one location count once.
    for (auto* shares : {&labels_.first, &labels_.last, &labels_.type}) {
      for (float& share : *shares) share = std::min(1.0F, share);
    }
    return std::move(labels_);
  }

 private:
  struct Use {
    float share = 0;
    bool best = false;
  };

  void use(std::int32_t from, std::int32_t to, float weight, bool best) {
    Use& use = used_[{from, to}];
    use.share += weight;
    use.best |= best;
  }

  Labels labels_;
  std::map<std::pair<std::int32_t, std::int32_t>, Use> used_;
};

}  // namespace

Labels label_by(const decode::Problem& problem, std::span<const decode::Plan> plans,
                double temperature) {
  if (plans.empty()) throw InputError("labels: expected at least one plan, found none");
  const auto best = std::min_element(plans.begin(), plans.end(),
                                     [&](const decode::Plan& a, const decode::Plan& b) {
                                       return rank(problem, a) < rank(problem, b);
                                     });
  const auto weights =
      weights_of(problem, plans, static_cast<std::size_t>(best - plans.begin()), temperature);
  Labeller labeller(problem);
  for (std::size_t p = 0; p < plans.size(); ++p) {
    if (weights[p] == 0) continue;
    labeller.add(plans[p], static_cast<float>(weights[p]), &plans[p] == &*best);
  }
  return labeller.take();
}

Labels both_ways(const Labels& labels) {
  struct Use {
    float share = 0;
    std::uint8_t best = 0;
  };
  std::map<std::pair<std::int32_t, std::int32_t>, Use> used;
  for (std::size_t i = 0; i < labels.from.size(); ++i) {
    Use& there = used[{labels.from[i], labels.to[i]}];
    there.share += labels.share[i] / 2;
    there.best = labels.best[i];
    used[{labels.to[i], labels.from[i]}].share += labels.share[i] / 2;
  }
  Labels result = labels;
  result.from.clear();
  result.to.clear();
  result.share.clear();
  result.best.clear();
  for (const auto& [edge, use] : used) {
    result.from.push_back(edge.first);
    result.to.push_back(edge.second);
    result.share.push_back(use.share);
    result.best.push_back(use.best);
  }
  for (std::size_t i = 0; i < labels.first.size(); ++i)
    result.first[i] = result.last[i] = (labels.first[i] + labels.last[i]) / 2;
  return result;
}

}  // namespace roadgnn::gnn::train
