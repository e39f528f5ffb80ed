// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/attention_graph.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::layers {

namespace {

/// SplitMix64's finaliser (Steele et al., 2014).
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::vector<std::int64_t> to_vector(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kLong).contiguous();
  const auto* begin = values.const_data_ptr<std::int64_t>();
  return {begin, begin + values.numel()};
}

/// neighbours[v]: before and after v in each cycle.
std::vector<std::vector<std::int64_t>> expander(const std::vector<std::int64_t>& keys,
                                                const AttentionGraphOptions& options) {
  const std::size_t n = keys.size();
  std::vector<std::vector<std::int64_t>> neighbours(n);
  std::vector<std::tuple<std::uint64_t, std::int64_t, std::int64_t>> cycle(n);
  for (std::int64_t round = 0; round < options.expander_degree / 2 && n > 1; ++round) {
    const std::uint64_t salt = mix(options.seed ^ mix(static_cast<std::uint64_t>(round)));
    for (std::size_t v = 0; v < n; ++v) {
      cycle[v] = {mix(static_cast<std::uint64_t>(keys[v]) ^ salt), keys[v],
                  static_cast<std::int64_t>(v)};
    }
    std::sort(cycle.begin(), cycle.end());
    for (std::size_t i = 0; i < n; ++i) {
      const auto from = std::get<2>(cycle[i]), to = std::get<2>(cycle[(i + 1) % n]);
      neighbours[static_cast<std::size_t>(from)].push_back(to);
      neighbours[static_cast<std::size_t>(to)].push_back(from);
    }
  }
  return neighbours;
}

}  // namespace

at::Tensor AttentionGraph::spread(const at::Tensor& bias) const {
  if (!bias.defined() || bias.dim() < 1 || bias.dim() > 2 || bias.size(0) != num_candidates) {
    throw InputError("attention bias: expected a value, or one a head, for each of " +
                     std::to_string(num_candidates) + " candidate edges, found " +
                     (bias.defined() ? detail::shape(bias) : "none"));
  }
  const at::Tensor none =
      at::zeros_like(bias.dim() == 1 ? at::empty({1}, bias.options())
                                     : at::empty({1, bias.size(1)}, bias.options()));
  return at::cat({bias, none}).index_select(0, edge);
}

AttentionGraph make_attention_graph(const ops::Adjacency& candidates,
                                    const AttentionGraphOptions& options,
                                    const std::optional<at::Tensor>& keys) {
  detail::check_graph("make_attention_graph", candidates);
  const std::int64_t n = candidates.num_rows(), m = candidates.num_edges();
  if (options.expander_degree < 0 || options.expander_degree % 2 != 0) {
    throw InputError("expander_degree: expected an even number, found " +
                     std::to_string(options.expander_degree));
  }
  if (options.global_tokens < 0)
    throw InputError("global_tokens: expected none or more, found a negative number");
  if (keys && (keys->dim() != 1 || keys->size(0) != n || keys->scalar_type() != at::kLong))
    throw InputError("keys: expected int64 [" + std::to_string(n) + "], found another tensor");
  std::vector<std::int64_t> stop_keys(static_cast<std::size_t>(n));
  if (keys) {
    stop_keys = to_vector(*keys);
  } else {
    std::iota(stop_keys.begin(), stop_keys.end(), 0);
  }
  const ops::Adjacency here = {candidates.first_out.cpu(), candidates.head.cpu(), {}, {}, {}};
  detail::check_graph("make_attention_graph", here);
  const auto first_out = to_vector(here.first_out), head = to_vector(here.head);
  auto added = expander(stop_keys, options);

  std::vector<std::int64_t> new_first{0}, new_edge;
  std::vector<std::int32_t> new_head;
  std::vector<std::int64_t> row_that_has(static_cast<std::size_t>(n), -1);
  const auto push = [&](std::int64_t to, std::int64_t edge) {
    new_head.push_back(static_cast<std::int32_t>(to));
    new_edge.push_back(edge);
  };
  for (std::int64_t v = 0; v < n; ++v) {
    const auto row = static_cast<std::size_t>(v);
    for (auto e = first_out[row]; e < first_out[row + 1]; ++e) {
      const std::int64_t to = head[static_cast<std::size_t>(e)];
      if (to < 0 || to >= n) {
        throw InputError("candidate edge " + std::to_string(e) + ": expected a stop below " +
                         std::to_string(n) + ", found " + std::to_string(to));
      }
      push(to, e);
      row_that_has[static_cast<std::size_t>(to)] = v;
    }
    if (options.self) added[row].push_back(v);
    for (const std::int64_t to : added[row]) {
      if (std::exchange(row_that_has[static_cast<std::size_t>(to)], v) != v) push(to, m);
    }
    for (std::int64_t g = 0; g < options.global_tokens; ++g) push(n + g, m);
    new_first.push_back(static_cast<std::int64_t>(new_head.size()));
  }
  const std::int64_t total = n + options.global_tokens;
  for (std::int64_t g = 0; g < options.global_tokens; ++g) {
    for (std::int64_t v = 0; v < total; ++v) push(v, m);
    new_first.push_back(static_cast<std::int64_t>(new_head.size()));
  }
  const auto device = candidates.head.device();
  const CsrGraph graph(at::tensor(new_first, at::kLong).to(device),
                       at::tensor(new_head, at::kInt).to(device), {}, total);
  const ops::Adjacency adjacency =
      options.transpose ? ops::make_adjacency(graph)
                        : ops::Adjacency{graph.first_out(), graph.head(), {}, {}, {}};
  return {adjacency, at::tensor(new_edge, at::kLong).to(device), n, m, options.global_tokens};
}

}  // namespace roadgnn::gnn::layers
