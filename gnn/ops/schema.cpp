// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The operators' signatures. Those that begin with an underscore are the parts that autograd is
// made of, no interface.

#include <string>

#include <torch/library.h>

namespace {

const std::string kTranspose = "Tensor? t_first_out=None, Tensor? t_head=None, Tensor? t_edge=None";

/// The operator, and its overload that writes into `out`.
void define(torch::Library& m, const std::string& name, const std::string& arguments) {
  m.def((name + "(" + arguments + ") -> Tensor").c_str());
  m.def((name + ".out(" + arguments + ", *, Tensor(a!) out) -> Tensor(a!)").c_str());
}

}  // namespace

TORCH_LIBRARY(roadgnn, m) {
  define(
      m, "spmm",
      "Tensor first_out, Tensor head, Tensor? weight, Tensor x, str reduce=\"sum\", " + kTranspose);
  define(m, "sddmm",
         "Tensor first_out, Tensor head, Tensor a, Tensor b, Tensor? edge_feature=None, " +
             kTranspose);
  define(m, "edge_softmax", "Tensor first_out, Tensor logits, " + kTranspose);
  define(m, "neighbour_attention",
         "Tensor first_out, Tensor head, Tensor q, Tensor k, Tensor v, Tensor? bias=None, "
         "float? scale=None, " +
             kTranspose);
  define(m, "segment_reduce",
         "Tensor first_out, Tensor values, str reduce=\"sum\", Tensor? edge=None");
  define(m, "edge_gather", "Tensor first_out, Tensor x, int num_edges, Tensor? edge=None");
  m.def("transpose(Tensor first_out, Tensor head, int num_columns) -> (Tensor, Tensor, Tensor)");

  const std::string transpose = "Tensor? t_first_out, Tensor? t_head, Tensor? t_edge";
  m.def("_spmm_max(Tensor first_out, Tensor head, Tensor? weight, Tensor x) -> (Tensor, Tensor)");
  const auto define_part = [&m](const std::string& schema) { m.def(schema.c_str()); };
  define_part(
      "_spmm_backward(Tensor grad, Tensor first_out, Tensor head, Tensor? weight, Tensor? x, "
      "int num_columns, str reduce, Tensor? arg, " +
      transpose + ", bool need_x, bool need_weight) -> (Tensor, Tensor)");
  define_part(
      "_sddmm_backward(Tensor grad, Tensor first_out, Tensor head, Tensor a, Tensor b, "
      "Tensor? edge_feature, " +
      transpose +
      ", bool need_a, bool need_b, bool need_edge_feature) -> (Tensor, Tensor, Tensor)");
  m.def("_edge_softmax_backward(Tensor grad, Tensor first_out, Tensor softmax) -> Tensor");
  m.def(
      "_attention(Tensor first_out, Tensor head, Tensor q, Tensor k, Tensor v, Tensor? bias, "
      "float scale) -> (Tensor, Tensor)");
  define_part(
      "_attention_backward(Tensor grad, Tensor first_out, Tensor head, Tensor q, Tensor k, "
      "Tensor v, Tensor? bias, float scale, Tensor out, Tensor lse, " +
      transpose + ") -> (Tensor, Tensor, Tensor, Tensor)");
  m.def("_segment_max(Tensor first_out, Tensor values, Tensor? edge) -> (Tensor, Tensor)");
  m.def(
      "_segment_backward(Tensor grad, Tensor first_out, int num_edges, Tensor? edge, str reduce, "
      "Tensor? arg) -> Tensor");
}
