// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/route_blocks.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

constexpr std::size_t kPlaces = 8;  // in a block

}  // namespace

double constant_time_cost(const Model& model, const RouteState& route) {
  if (!route.timeline()) return route.figures().cost - route.figures().apart;
  const Node& last = route.nodes().back();
  return route_cost(model.type(route.type()), last.distance, last.driving,
                    std::max(last.pure, last.depart - last.latest_start));
}

RouteBlocks::RouteBlocks(const Model& model, const RouteState& route) : type_(route.type()) {
  if (route.empty()) return;
  const Node& last = route.nodes().back();
  distance_ = last.distance;
  driving_ = last.driving;
  pure_ = last.pure;
  cost_ = constant_time_cost(model, route);
  const std::size_t end = route.nodes().size() - 2;  // the last place
  blocks_.push_back(make(model, route, 0, 0));
  for (std::size_t first = 1; first < end; first += kPlaces)
    blocks_.push_back(make(model, route, first, std::min(first + kPlaces, end) - 1));
  blocks_.push_back(make(model, route, end, end));
}

RouteBlocks::Block RouteBlocks::make(const Model& model, const RouteState& route, std::size_t first,
                                     std::size_t last) const {
  const std::int32_t profile = model.type(type_).profile;
  Block block;
  block.first = static_cast<std::int32_t>(first);
  block.last = static_cast<std::int32_t>(last);
  block.depart = block.after = block.through = block.behind = kNoLimit * 2;
  block.latest = -kNoLimit * 2;
  // Nothing bounds the way to an open route's end.
  const auto add = [&](std::int32_t location, bool is_first, graph::Region& region) {
    const graph::Region one =
        location < 0 ? graph::Region{} : model.travel_times().region(profile, location);
    if (is_first) {
      region = one;
    } else {
      region.merge(one);
    }
  };
  for (std::size_t i = first; i <= last; ++i) {
    const Node &before = route.nodes()[i], &after = route.nodes()[i + 1];
    add(before.location, i == first, block.from);
    add(after.location, i == first, block.to);
    block.longest_distance = std::max<std::int64_t>(block.longest_distance, after.in.length_m);
    block.longest_driving = std::max<std::int64_t>(block.longest_driving, after.in.time_ms);
    block.depart = std::min(block.depart, before.depart);
    block.latest = std::max(block.latest, after.latest);
    block.after = std::min(block.after, after.tail_end - before.latest_start);
    block.through = std::min(block.through, before.depart + after.tail_pure - before.latest_start);
    block.behind = std::min(block.behind, after.tail_pure - before.latest_start);
  }
  return block;
}

double RouteBlocks::bound(const Model& model, const Block& block, graph::Travel in,
                          graph::Travel out, const Stay& stay) const {
  const TypeView& type = model.type(type_);
  const std::int64_t begin = std::max(block.depart + in.time_ms, stay.open);
  if (begin > stay.close || begin + stay.time + out.time_ms > block.latest) return kInfeasible;
  const std::int64_t distance =
      distance_ + in.length_m + stay.distance + out.length_m - block.longest_distance;
  const std::int64_t legs = in.time_ms + out.time_ms - block.longest_driving;
  const std::int64_t driving = driving_ + legs + stay.driving;
  if (distance > type.max_distance || driving > type.max_driving) return kInfeasible;
  const std::int64_t duration = std::max({pure_ + legs + stay.time, block.after,
                                          block.through + in.time_ms + stay.time + out.time_ms,
                                          block.behind + stay.open + stay.time + out.time_ms});
  if (duration > type.max_duration) return kInfeasible;
  return route_cost(type, distance, driving, duration) - cost_;
}

}  // namespace roadgnn::decode::detail
