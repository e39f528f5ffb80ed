// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/csr_graph.h>

#include <optional>
#include <string>
#include <utility>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/zeros.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn {

namespace {

template <class T>
at::Tensor view_memory(const T* data, std::size_t size, std::shared_ptr<const void> owner) {
  // Tensors know no const; CsrGraph's contract is that nobody writes.
  void* memory = const_cast<void*>(static_cast<const void*>(data));
  return at::from_blob(
      memory, {static_cast<std::int64_t>(size)}, [owner = std::move(owner)](void*) {},
      at::TensorOptions().dtype(c10::CppTypeToScalarType<T>::value));
}

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string text = std::string(c10::toString(tensor.scalar_type())) + " [";
  for (std::int64_t d = 0; d < tensor.dim(); ++d) {
    text += (d > 0 ? ", " : "") + std::to_string(tensor.size(d));
  }
  return text + "] on " + tensor.device().str() +
         (tensor.is_contiguous() ? "" : ", not contiguous");
}

[[noreturn]] void refuse(const char* name, const std::string& expected, const std::string& found) {
  throw InputError(std::string("CsrGraph: ") + name + ": expected " + expected + ", found " +
                   found);
}

bool is_vector_of(const at::Tensor& tensor, bool int64_allowed) {
  return tensor.defined() && tensor.dim() == 1 && tensor.is_contiguous() &&
         (tensor.scalar_type() == at::kInt || (int64_allowed && tensor.scalar_type() == at::kLong));
}

void check_offsets(const at::Tensor& first_out, std::int64_t num_edges) {
  const auto first = first_out[0].item<std::int64_t>();
  const auto last = first_out[-1].item<std::int64_t>();
  if (first != 0 || last != num_edges) {
    refuse("first_out", "offsets from 0 to " + std::to_string(num_edges),
           "from " + std::to_string(first) + " to " + std::to_string(last));
  }
  if (!first_out.slice(0, 1).ge(first_out.slice(0, 0, -1)).all().item<bool>()) {
    refuse("first_out", "ascending offsets", "descending ones");
  }
}

void check_range(const char* name, const at::Tensor& values, std::int64_t end) {
  if (values.numel() == 0) return;
  const auto least = values.min().item<std::int64_t>(), most = values.max().item<std::int64_t>();
  if (least < 0 || most >= end) {
    refuse(name, "values from 0 to " + std::to_string(end - 1),
           std::to_string(least < 0 ? least : most));
  }
}

}  // namespace

CsrGraph::CsrGraph(at::Tensor first_out, at::Tensor head, at::Tensor edge_id,
                   std::int64_t num_columns)
    : first_out_(std::move(first_out)),
      head_(std::move(head)),
      edge_id_(std::move(edge_id)),
      num_columns_(num_columns) {
  if (!is_vector_of(first_out_, true) || first_out_.numel() == 0) {
    refuse("first_out", "a contiguous int32 or int64 [num_rows + 1]", describe(first_out_));
  }
  if (!is_vector_of(head_, false) || head_.device() != first_out_.device()) {
    refuse("head", "a contiguous int32 [num_edges] on " + first_out_.device().str(),
           describe(head_));
  }
  if (edge_id_.defined() &&
      (!is_vector_of(edge_id_, true) || edge_id_.device() != first_out_.device() ||
       edge_id_.numel() != head_.numel())) {
    refuse("edge_id",
           "a contiguous int32 or int64 [" + std::to_string(head_.numel()) + "] on " +
               first_out_.device().str(),
           describe(edge_id_));
  }
  check_offsets(first_out_, head_.numel());
  check_range("head", head_, num_columns_);
  if (edge_id_.defined()) check_range("edge_id", edge_id_, INT64_MAX);
}

at::Tensor CsrGraph::tail() const {
  // repeat_interleave of the row lengths names each edge's row.
  return at::repeat_interleave(first_out_.diff(), std::optional(num_edges())).to(at::kInt);
}

CsrGraph CsrGraph::transpose() const {
  CsrGraph result;
  result.num_columns_ = num_rows();
  if (first_in_.defined()) {
    result.first_out_ = first_in_;
    result.edge_id_ = in_edge_;
    result.head_ = in_tail_.index_select(0, in_edge_);
    return result;
  }
  // A stable sort by head is a counting sort in effect: rows stay ordered by tail, then by place.
  const auto [sorted_head, order] = head_.sort(/*stable=*/true, /*dim=*/0, /*descending=*/false);
  result.head_ = tail().index_select(0, order);
  result.edge_id_ = edge_id_.defined() ? edge_id_.index_select(0, order) : order;
  const at::Tensor degree = head_.bincount(/*weights=*/{}, /*minlength=*/num_columns_);
  result.first_out_ = at::zeros({num_columns_ + 1}, degree.options());
  result.first_out_.slice(0, 1).copy_(degree.cumsum(0));
  return result;
}

CsrGraph CsrGraph::to(at::Device device) const {
  const auto moved = [device](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(device) : tensor;
  };
  CsrGraph result;
  result.first_out_ = moved(first_out_);
  result.head_ = moved(head_);
  result.edge_id_ = moved(edge_id_);
  result.first_in_ = moved(first_in_);
  result.in_edge_ = moved(in_edge_);
  result.in_tail_ = moved(in_tail_);
  result.num_columns_ = num_columns_;
  return result;
}

template <class T>
at::Tensor view(const graph::SharedArray<T>& array) {
  return view_memory(array.data(), array.size(), array.owner());
}

template at::Tensor view(const graph::SharedArray<std::uint8_t>&);
template at::Tensor view(const graph::SharedArray<std::int32_t>&);
template at::Tensor view(const graph::SharedArray<std::int64_t>&);
template at::Tensor view(const graph::SharedArray<float>&);
template at::Tensor view(const graph::SharedArray<double>&);

CsrGraph make_csr_graph(std::shared_ptr<const graph::RoadGraph> graph) {
  CsrGraph result;
  result.first_out_ = view(graph->first_out);
  result.head_ = view(graph->head);
  result.first_in_ = view(graph->first_in);
  result.in_edge_ = view(graph->in_edge);
  result.in_tail_ = view(graph->tail);
  result.num_columns_ = graph->num_nodes();
  return result;
}

CsrGraph make_turn_csr_graph(std::shared_ptr<const graph::RoadGraph> graph) {
  const graph::TurnGraph& turns = graph->turns;
  CsrGraph result;
  result.first_out_ = view(turns.first_turn);
  result.head_ = view(turns.turn_head);
  result.first_in_ = view(turns.first_turn_in);
  result.in_edge_ = view(turns.turn_in);
  result.in_tail_ = view(turns.turn_tail);
  result.num_columns_ = turns.num_edge_nodes();
  return result;
}

CsrGraph make_csr_graph(std::shared_ptr<const graph::CandidateGraph> graph) {
  CsrGraph result;
  result.first_out_ = view_memory(graph->first_out.data(), graph->first_out.size(), graph);
  result.head_ = view_memory(graph->head.data(), graph->head.size(), graph);
  result.num_columns_ = graph->num_stops();
  return result;
}

}  // namespace roadgnn::gnn
