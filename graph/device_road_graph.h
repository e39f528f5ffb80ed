// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include <roadgnn/graph/device.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// The arrays of a RoadGraph that message passing and routing on a GPU read, in device memory.
/// Copies share the memory. Names, shapes and meanings are RoadGraph's and TurnGraph's.
struct DeviceRoadGraph {
  std::int32_t num_nodes = 0, num_edges = 0, num_edge_nodes = 0;

  DeviceArray<std::int32_t> first_out, head, tail, first_in, in_edge, opposite;
  DeviceArray<std::int32_t> lat_e7, lon_e7;
  DeviceArray<std::int32_t> length_cm;
  DeviceArray<std::uint16_t> edge_flags;
  DeviceArray<std::uint8_t> road_class, surface, lanes, speed_limit_kmh;

  DeviceArray<std::int32_t> edge_node_edge;
  DeviceArray<std::int64_t> first_turn, first_turn_in, turn_in;
  DeviceArray<std::int32_t> turn_head, turn_tail;
};

/// Copies a city's roads to the device. Memory comes from `allocate`, copies are queued on
/// `stream`; `graph` must live until they are done. Throws Error where CUDA fails or was not
/// compiled in.
DeviceRoadGraph upload(const RoadGraph& graph, const DeviceAllocator& allocate,
                       DeviceStream stream);

}  // namespace roadgnn::graph
