// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/route_state.h>
#include <roadgnn/graph/region.h>

namespace roadgnn::decode::detail {

/// What is put between two visits: a visit, or a pickup with its delivery right behind it, as far
/// as a bound asks for.
struct Stay {
  std::int64_t open = 0, close = kNoLimit;  ///< when its first service may begin
  std::int64_t time = 0;                    ///< from that begin to leaving for the next visit
  std::int64_t distance = 0, driving = 0;   ///< within
};

/// Runs of neighbouring places of a route, with what bounds the cost of putting something into any
/// of them at once: where their visits are, the longest leg, and the figures of Node between which
/// something would come. A run of places near each other has a tight bound, so the first and the
/// last, next to the depots, are runs of their own.
class RouteBlocks {
 public:
  struct Block {
    std::int32_t first = 0, last = 0;                        ///< places: after nodes first .. last
    std::int64_t longest_distance = 0, longest_driving = 0;  ///< of the legs
    std::int64_t depart = 0, latest = 0;                     ///< earliest before, latest after
    // Least of the differences that durations are made of: with what comes after as it is, with
    // what comes before as it is, and with neither.
    std::int64_t after = 0, through = 0, behind = 0;
    graph::Region from, to;  ///< of the nodes before, and after
  };

  RouteBlocks() = default;
  RouteBlocks(const Model& model, const RouteState& route);

  std::span<const Block> blocks() const { return blocks_; }

  /// What `stay` adds to the cost at least wherever it is put in a block, `in` and `out` being what
  /// ways from and to the block take at least; infinite where it cannot be there.
  double bound(const Model& model, const Block& block, graph::Travel in, graph::Travel out,
               const Stay& stay) const;

 private:
  Block make(const Model& model, const RouteState& route, std::size_t first,
             std::size_t last) const;

  std::int32_t type_ = 0;
  std::int64_t distance_ = 0, driving_ = 0, pure_ = 0;
  double cost_ = 0;
  std::vector<Block> blocks_;
};

/// Cost of a route as the constant-time figures have it, without lateness and preferences.
double constant_time_cost(const Model& model, const RouteState& route);

}  // namespace roadgnn::decode::detail
