// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <ATen/core/Tensor.h>
#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/device_road_graph.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::gnn {

/// A graph as plain index tensors in CSR form, the input of every message-passing operator. Row v
/// holds the edges that leave v; its transpose holds, in row v, the edges that enter v. Plain index
/// tensors and not torch's sparse CSR tensors: those densify in backward where values need
/// gradients.
///
/// The tensors view the arrays of the graph they were made from, without a copy, and keep that
/// graph alive. They are to be read only: writing to one writes to the road graph. Copies of a
/// CsrGraph are cheap and share the tensors.
class CsrGraph {
 public:
  CsrGraph() = default;

  /// From tensors: `first_out` int32 or int64 [num_rows + 1], `head` int32 [num_edges] with values
  /// below `num_columns`, `edge_id` int32 or int64 [num_edges] or undefined for the identity; all
  /// contiguous and on one device. Throws InputError that names the tensor, what was expected and
  /// what was found. Looks at the values as well (`first_out` ascends from 0 to num_edges, heads
  /// are in range), so that kernels need not.
  CsrGraph(at::Tensor first_out, at::Tensor head, at::Tensor edge_id, std::int64_t num_columns);

  std::int64_t num_rows() const { return first_out_.numel() - 1; }
  std::int64_t num_columns() const { return num_columns_; }
  std::int64_t num_edges() const { return head_.numel(); }
  at::Device device() const { return head_.device(); }

  const at::Tensor& first_out() const { return first_out_; }  ///< [num_rows + 1], int32 or int64
  const at::Tensor& head() const { return head_; }            ///< [num_edges], int32

  /// [num_edges] the place of each edge's values (features, times, scores), int32 or int64;
  /// undefined where place e is e.
  const at::Tensor& edge_id() const { return edge_id_; }
  bool edge_id_is_identity() const { return !edge_id_.defined(); }

  /// Row of every edge, int32 [num_edges]: the edge list's other half. Computed at each call.
  at::Tensor tail() const;

  /// The same edges by their head, with `edge_id` telling each one's place in this graph's values.
  /// Where the graph it came from stores its reverse CSR, `first_out` and `edge_id` view that.
  CsrGraph transpose() const;

  /// The same graph on another device; on its own device itself, without a copy.
  CsrGraph to(at::Device device) const;

 private:
  friend CsrGraph make_csr_graph(std::shared_ptr<const graph::RoadGraph> graph);
  friend CsrGraph make_turn_csr_graph(std::shared_ptr<const graph::RoadGraph> graph);
  friend CsrGraph make_csr_graph(std::shared_ptr<const graph::CandidateGraph> graph);
  friend CsrGraph make_csr_graph(const graph::DeviceRoadGraph& graph);

  at::Tensor first_out_, head_, edge_id_;
  at::Tensor first_in_, in_edge_;  // the stored reverse CSR, where there is one
  at::Tensor in_tail_;             // [num_edges] tail by edge, where it is stored
  std::int64_t num_columns_ = 0;
};

/// Road nodes and edges: first_out, head; the transpose from first_in and in_edge.
CsrGraph make_csr_graph(std::shared_ptr<const graph::RoadGraph> graph);

/// The turn-expanded graph: edge-nodes and turns, int64 offsets; the transpose from first_turn_in
/// and turn_in.
CsrGraph make_turn_csr_graph(std::shared_ptr<const graph::RoadGraph> graph);

/// A day's stops and candidate edges, int64 offsets.
CsrGraph make_csr_graph(std::shared_ptr<const graph::CandidateGraph> graph);

/// An array of the road graph as a tensor that views it and keeps its owner alive; to be read only.
/// `T` is one of uint8_t, int32_t, int64_t, float, double.
template <class T>
at::Tensor view(const graph::SharedArray<T>& array);

}  // namespace roadgnn::gnn
