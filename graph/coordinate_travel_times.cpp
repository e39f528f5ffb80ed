// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/coordinate_travel_times.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph {
namespace {

using Neighbour = std::tuple<std::int32_t, std::int32_t, std::int32_t>;  // time, length, stop

// A k-d tree over points. Rounding makes many distances equal and ties go by index, so every box
// also knows its smallest index: a box is passed over only if nothing in it can come before the
// worst neighbour so far.
class PointTree {
 public:
  explicit PointTree(const std::vector<Coordinate>& points)
      : points_(points), order_(points.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    if (!points.empty()) build(0, order_.size());
  }

  // travel(dx, dy) must not fall when |dx| or |dy| grows.
  template <typename TravelOf>
  void nearest(std::int32_t from, std::size_t k, const TravelOf& travel,
               std::vector<Neighbour>& heap) const {
    heap.clear();
    if (k > 0) descend(0, from, k, travel, heap);
    std::sort_heap(heap.begin(), heap.end());
  }

 private:
  static constexpr std::size_t kLeaf = 8;

  struct Box {
    double low[2], high[2];
    std::size_t begin, end;
    std::int32_t smallest;
    std::size_t left = 0, right = 0;  // 0: a leaf
  };

  std::size_t build(std::size_t begin, std::size_t end) {
    Box box{{points_[at(begin)].x, points_[at(begin)].y},
            {points_[at(begin)].x, points_[at(begin)].y},
            begin,
            end,
            order_[begin]};
    for (std::size_t i = begin; i < end; ++i) {
      const double value[2] = {points_[at(i)].x, points_[at(i)].y};
      for (int axis = 0; axis < 2; ++axis) {
        box.low[axis] = std::min(box.low[axis], value[axis]);
        box.high[axis] = std::max(box.high[axis], value[axis]);
      }
      box.smallest = std::min(box.smallest, order_[i]);
    }
    const std::size_t number = boxes_.size();
    boxes_.push_back(box);
    if (end - begin <= kLeaf) return number;
    const bool by_x = box.high[0] - box.low[0] >= box.high[1] - box.low[1];
    const std::size_t middle = begin + (end - begin) / 2;
    const auto first = order_.begin();
    std::nth_element(first + static_cast<std::ptrdiff_t>(begin),
                     first + static_cast<std::ptrdiff_t>(middle),
                     first + static_cast<std::ptrdiff_t>(end), [&](std::int32_t a, std::int32_t b) {
                       const Coordinate& p = points_[static_cast<std::size_t>(a)];
                       const Coordinate& q = points_[static_cast<std::size_t>(b)];
                       const double u = by_x ? p.x : p.y, v = by_x ? q.x : q.y;
                       return u != v ? u < v : a < b;
                     });
    const std::size_t left = build(begin, middle), right = build(middle, end);
    boxes_[number].left = left;
    boxes_[number].right = right;
    return number;
  }

  std::size_t at(std::size_t i) const { return static_cast<std::size_t>(order_[i]); }

  template <typename TravelOf>
  Neighbour bound(const Box& box, std::int32_t from, const TravelOf& travel) const {
    const Coordinate& p = points_[static_cast<std::size_t>(from)];
    const double dx = std::max({0.0, box.low[0] - p.x, p.x - box.high[0]});
    const double dy = std::max({0.0, box.low[1] - p.y, p.y - box.high[1]});
    const Travel least = travel(dx, dy);
    return {least.time_ms, least.length_m, box.smallest};
  }

  template <typename TravelOf>
  void descend(std::size_t number, std::int32_t from, std::size_t k, const TravelOf& travel,
               std::vector<Neighbour>& heap) const {
    const Box& box = boxes_[number];
    if (heap.size() == k && bound(box, from, travel) > heap.front()) return;
    if (box.left == 0) {
      const Coordinate& p = points_[static_cast<std::size_t>(from)];
      for (std::size_t i = box.begin; i < box.end; ++i) {
        if (order_[i] == from) continue;
        const Travel way = travel(points_[at(i)].x - p.x, points_[at(i)].y - p.y);
        const Neighbour found{way.time_ms, way.length_m, order_[i]};
        if (heap.size() == k) {
          if (found >= heap.front()) continue;
          std::pop_heap(heap.begin(), heap.end());
          heap.pop_back();
        }
        heap.push_back(found);
        std::push_heap(heap.begin(), heap.end());
      }
      return;
    }
    const bool left_first =
        bound(boxes_[box.left], from, travel) <= bound(boxes_[box.right], from, travel);
    descend(left_first ? box.left : box.right, from, k, travel, heap);
    descend(left_first ? box.right : box.left, from, k, travel, heap);
  }

  const std::vector<Coordinate>& points_;
  std::vector<std::int32_t> order_;
  std::vector<Box> boxes_;
};

std::int32_t rounded(double value, Rounding rule) {
  switch (rule) {
    case Rounding::nearest:
      return static_cast<std::int32_t>(value + 0.5);
    case Rounding::down:
      return static_cast<std::int32_t>(value);
    case Rounding::up:
      return static_cast<std::int32_t>(std::ceil(value));
  }
  return 0;
}

}  // namespace

CoordinateTravelTimes::CoordinateTravelTimes(std::vector<Coordinate> points, double length_scale,
                                             std::vector<double> time_scales, Rounding rounding,
                                             Rounding time_rounding)
    : points_(std::move(points)),
      length_scale_(length_scale),
      time_scales_(std::move(time_scales)),
      rounding_(rounding),
      time_rounding_(time_rounding) {
  double largest = length_scale;
  for (const double scale : time_scales_) {
    if (!std::isfinite(scale) || scale <= 0) {
      throw InputError("coordinates: expected a time scale above 0, found " +
                       std::to_string(scale));
    }
    largest = std::max(largest, scale);
  }
  if (!std::isfinite(length_scale) || length_scale <= 0) {
    throw InputError("coordinates: expected a length scale above 0, found " +
                     std::to_string(length_scale));
  }
  Coordinate low, high;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const Coordinate& point = points_[i];
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      throw InputError("coordinates: expected finite numbers, found (" + std::to_string(point.x) +
                       ", " + std::to_string(point.y) + ") at stop " + std::to_string(i));
    }
    if (i == 0) low = high = point;
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  const double longest = std::hypot(high.x - low.x, high.y - low.y) * largest;
  if (!(longest < kClosed - 1)) {
    throw InputError("coordinates: expected lines shorter than " + std::to_string(kClosed) +
                     " after scaling, found " + std::to_string(longest));
  }
}

Travel CoordinateTravelTimes::at(std::int32_t profile, std::int32_t from, std::int32_t to) const {
  const Coordinate& a = points_[static_cast<std::size_t>(from)];
  const Coordinate& b = points_[static_cast<std::size_t>(to)];
  return travel(profile, b.x - a.x, b.y - a.y);
}

Region CoordinateTravelTimes::region(std::int32_t, std::int32_t stop) const {
  const Coordinate& point = points_[static_cast<std::size_t>(stop)];
  Region region;
  region.known = true;
  region.low = region.high = {point.x, point.y, 0};
  return region;
}

Travel CoordinateTravelTimes::least_between(std::int32_t profile, const Region& from,
                                            const Region& to) const {
  if (!from.known || !to.known) return {0, 0};
  return travel(profile, Region::gap(from, to, 0), Region::gap(from, to, 1));
}

// Falls with neither |dx| nor |dy|.
Travel CoordinateTravelTimes::travel(std::int32_t profile, double dx, double dy) const {
  const double distance = std::sqrt(dx * dx + dy * dy);
  const double time_scale = time_scales_[static_cast<std::size_t>(profile)];
  return {rounded(distance * time_scale, time_rounding_),
          rounded(distance * length_scale_, rounding_)};
}

CandidateGraph CoordinateTravelTimes::candidates(std::int32_t profile, std::int32_t k,
                                                 int threads) const {
  const auto way = [&](double dx, double dy) { return travel(profile, dx, dy); };
  const PointTree tree(points_);
  const auto n = static_cast<std::int32_t>(points_.size());
  std::vector<std::vector<Neighbour>> near(points_.size());
  parallel_for(n, 64, threads, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto stop = begin; stop < end; ++stop) {
      tree.nearest(static_cast<std::int32_t>(stop), static_cast<std::size_t>(std::max(0, k)), way,
                   near[static_cast<std::size_t>(stop)]);
    }
  });

  // Lines are as long one way as the other: who is near to a stop has it near among its
  // predecessors.
  std::vector<std::size_t> own(points_.size());
  for (std::size_t stop = 0; stop < near.size(); ++stop) own[stop] = near[stop].size();
  for (std::int32_t stop = 0; stop < n; ++stop) {
    for (std::size_t i = 0; i < own[static_cast<std::size_t>(stop)]; ++i) {
      const auto [time, length, other] = near[static_cast<std::size_t>(stop)][i];
      near[static_cast<std::size_t>(other)].emplace_back(time, length, stop);
    }
  }
  CandidateGraph graph;
  graph.first_out.push_back(0);
  for (auto& list : near) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (const auto& [time, length, to] : list) {
      graph.head.push_back(to);
      graph.travel.push_back({time, length});
    }
    graph.first_out.push_back(static_cast<std::int64_t>(graph.head.size()));
    list = {};
  }
  return graph;
}

}  // namespace roadgnn::graph
