// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/graph/device_road_graph.h>

#include <roadgnn/graph/device_copy.h>

namespace roadgnn::graph {

DeviceRoadGraph upload(const RoadGraph& graph, const DeviceAllocator& allocate,
                       DeviceStream stream) {
  const auto copy = [&](const auto& array) {
    return detail::to_device(array.span(), allocate, stream);
  };
  // Enumerations travel as the bytes they are.
  const auto copy_bytes = [&](const auto& array) {
    static_assert(sizeof(array[0]) == 1);
    return detail::to_device(
        std::span(reinterpret_cast<const std::uint8_t*>(array.data()), array.size()), allocate,
        stream);
  };

  DeviceRoadGraph device;
  device.num_nodes = graph.num_nodes();
  device.num_edges = graph.num_edges();
  device.num_edge_nodes = graph.turns.num_edge_nodes();
  device.first_out = copy(graph.first_out);
  device.head = copy(graph.head);
  device.tail = copy(graph.tail);
  device.first_in = copy(graph.first_in);
  device.in_edge = copy(graph.in_edge);
  device.opposite = copy(graph.opposite);
  device.lat_e7 = copy(graph.lat_e7);
  device.lon_e7 = copy(graph.lon_e7);
  device.length_cm = copy(graph.length_cm);
  device.edge_flags = copy(graph.edge_flags);
  device.road_class = copy_bytes(graph.road_class);
  device.surface = copy_bytes(graph.surface);
  device.lanes = copy(graph.lanes);
  device.speed_limit_kmh = copy(graph.speed_limit_kmh);
  device.edge_node_edge = copy(graph.turns.edge);
  device.first_turn = copy(graph.turns.first_turn);
  device.first_turn_in = copy(graph.turns.first_turn_in);
  device.turn_in = copy(graph.turns.turn_in);
  device.turn_head = copy(graph.turns.turn_head);
  device.turn_tail = copy(graph.turns.turn_tail);
  return device;
}

}  // namespace roadgnn::graph
