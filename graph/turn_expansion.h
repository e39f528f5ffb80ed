// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph {

/// Which profiles may use each edge, as masks of profile bits.
struct EdgeUse {
  std::vector<std::uint32_t> open,
      ends_only;  ///< [num_edges] at some time, without regard to conditions
  std::vector<std::uint32_t> open_always,
      ends_only_always;  ///< [num_edges] the conservative access

  std::uint32_t usable(std::size_t edge) const { return open[edge] | ends_only[edge]; }
};

/// Layers in which a trip may pass from one edge to the next. The profiles of the result may do so:
///   departing -> departing   both ends-only: the trip has only seen such edges
///   departing -> main        onto an open edge
///   departing -> arriving    the trip's second edge, or the first ends-only one after an open
///   first edge main      -> main        both open main      -> arriving    from an open edge to
///   the last one, or the first ends-only one of the last run arriving  -> arriving    both
///   ends-only
/// An edge without copies of its own is in `main` whether the trip begins, ends or passes there;
/// that is exact as no profile has it ends-only.
constexpr std::uint32_t layer_step_mask(Layer from, Layer to, std::uint32_t open_from,
                                        std::uint32_t ends_from, std::uint32_t open_to,
                                        std::uint32_t ends_to) {
  const std::uint32_t any_from = open_from | ends_from, any_to = open_to | ends_to;
  switch (from) {
    case Layer::main:
      if (to == Layer::main) return open_from & open_to;
      return to == Layer::arriving ? open_from & any_to : 0;
    case Layer::departing:
      if (to == Layer::departing) return ends_from & ends_to;
      return any_from & (to == Layer::main ? open_to : any_to);
    case Layer::arriving:
      return to == Layer::arriving ? ends_from & ends_to : 0;
  }
  return 0;
}

/// Fills graph.turns and the profiles' turn_time_ms and conditional_turns from the roads and
/// restrictions (in the graph's own edge ids). Expects everything else of the graph but
/// `snappable`. Throws InputError where junctions are too large to be real.
void expand_turns(RoadGraph& graph, std::span<const RoadNetwork::Restriction> restrictions,
                  const EdgeUse& use, std::uint32_t u_turns_anywhere, int threads);

}  // namespace roadgnn::graph
