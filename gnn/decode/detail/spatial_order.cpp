// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/spatial_order.h>

#include <algorithm>
#include <queue>
#include <tuple>

namespace roadgnn::decode::detail {
namespace {

// Nearest successors of a location that count as its neighbours.
constexpr std::int64_t kNear = 8;

class Ordering {
 public:
  explicit Ordering(const graph::CandidateGraph& candidates)
      : candidates_(candidates),
        taken_(static_cast<std::size_t>(candidates.num_stops()), false),
        to_all_(taken_.size(), 0),
        to_cluster_(taken_.size(), 0) {}

  std::vector<std::int32_t> run(std::int32_t cluster) {
    std::int32_t fresh = 0;
    while (order_.size() < taken_.size()) {
      std::int32_t seed = pop(around_all_, to_all_);
      if (seed < 0) {
        while (taken_[static_cast<std::size_t>(fresh)]) ++fresh;
        seed = fresh;
      }
      grow(seed, cluster);
    }
    return std::move(order_);
  }

 private:
  // Ties first, then the earlier entry.
  using Entry = std::tuple<std::int32_t, std::int64_t, std::int32_t>;
  using Queue = std::priority_queue<Entry>;

  void grow(std::int32_t seed, std::int32_t cluster) {
    around_cluster_ = {};
    touched_.clear();
    std::int32_t next = seed;
    for (std::int32_t size = 0; next >= 0 && size < cluster; ++size) {
      take(next);
      next = pop(around_cluster_, to_cluster_);
    }
    for (const std::int32_t location : touched_)
      to_cluster_[static_cast<std::size_t>(location)] = 0;
  }

  void take(std::int32_t location) {
    const auto tail = static_cast<std::size_t>(location);
    taken_[tail] = true;
    order_.push_back(location);
    const std::int64_t first = candidates_.first_out[tail];
    const std::int64_t last = std::min(candidates_.first_out[tail + 1], first + kNear);
    for (std::int64_t e = first; e < last; ++e) {
      const std::int32_t head = candidates_.head[static_cast<std::size_t>(e)];
      const auto h = static_cast<std::size_t>(head);
      if (taken_[h]) continue;
      if (to_cluster_[h] == 0) touched_.push_back(head);
      around_cluster_.emplace(++to_cluster_[h], --clock_, head);
      around_all_.emplace(++to_all_[h], clock_, head);
    }
  }

  std::int32_t pop(Queue& queue, const std::vector<std::int32_t>& ties) {
    while (!queue.empty()) {
      const auto [count, time, location] = queue.top();
      queue.pop();
      const auto l = static_cast<std::size_t>(location);
      if (!taken_[l] && ties[l] == count) return location;
    }
    return -1;
  }

  const graph::CandidateGraph& candidates_;
  std::vector<bool> taken_;
  std::vector<std::int32_t> to_all_, to_cluster_;  // ties to what is taken
  std::vector<std::int32_t> touched_;
  Queue around_all_, around_cluster_;
  std::int64_t clock_ = 0;
  std::vector<std::int32_t> order_;
};

}  // namespace

std::vector<std::int32_t> spatial_order(const graph::CandidateGraph& candidates,
                                        std::int32_t cluster) {
  return Ordering(candidates).run(cluster);
}

}  // namespace roadgnn::decode::detail
