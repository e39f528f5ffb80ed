// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/day_tensors.h>

#include <cstring>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/models/detail/day_features.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;

std::span<float> values(Tensor& tensor) {
  return {tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

template <class T>
Tensor copy_of(const std::vector<T>& values) {
  Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())},
                            at::TensorOptions(c10::CppTypeToScalarType<T>::value));
  if (!values.empty())
    std::memcpy(tensor.mutable_data_ptr<T>(), values.data(), values.size() * sizeof(T));
  return tensor;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  return hash ^ (hash >> 31);
}

std::uint64_t bits(float value) {
  std::uint32_t word = 0;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

/// From a stop's features and those of its neighbours along edges of a length, a step of Weisfeiler
/// and Lehman: stops that differ in anything get different keys, wherever they stand in the input.
Tensor make_keys(const Tensor& stop, const graph::CandidateGraph& candidates) {
  const std::int64_t n = stop.size(0);
  std::vector<std::uint64_t> own(static_cast<std::size_t>(n), 0);
  const float* row = stop.const_data_ptr<float>();
  for (std::uint64_t& hash : own) {
    for (std::int64_t f = 0; f < kStopFeatures; ++f) hash = mix(hash, bits(row[f]));
    row += kStopFeatures;
  }
  Tensor keys = at::empty({n}, at::kLong);
  auto* out = keys.mutable_data_ptr<std::int64_t>();
  for (std::size_t v = 0; v < own.size(); ++v) {
    std::uint64_t around = 0;
    for (auto e = candidates.first_out[v]; e < candidates.first_out[v + 1]; ++e) {
      const auto edge = static_cast<std::size_t>(e);
      const auto time = static_cast<std::uint64_t>(candidates.travel[edge].time_ms);
      around += mix(own[static_cast<std::size_t>(candidates.head[edge])], time);
    }
    out[v] = static_cast<std::int64_t>(mix(own[v], around) >> 1);
  }
  return keys;
}

RoadPositions make_positions(const DayRoads& roads, std::int64_t num_locations) {
  const auto n = static_cast<std::int64_t>(roads.positions.size());
  if (n != num_locations) {
    throw InputError("route model: expected positions of " + std::to_string(num_locations) +
                     " locations, found " + std::to_string(n));
  }
  RoadPositions result{at::full({n, 2}, -1, at::kLong), at::zeros({n, 2})};
  auto* edge = result.edge.mutable_data_ptr<std::int64_t>();
  auto* fraction = result.fraction.mutable_data_ptr<float>();
  for (const graph::Position& position : roads.positions) {
    for (std::int32_t side = 0; side < position.num_sides; ++side) {
      const graph::EdgePosition& at = position.sides[static_cast<std::size_t>(side)];
      if (at.edge < 0 || at.edge >= roads.graph.num_edges()) {
        throw InputError("route model: expected positions on " +
                         std::to_string(roads.graph.num_edges()) + " road edges, found edge " +
                         std::to_string(at.edge));
      }
      const auto length = roads.graph.length_cm[static_cast<std::size_t>(at.edge)];
      edge[side] = at.edge;
      fraction[side] =
          length > 0 ? static_cast<float>(at.offset_cm) / static_cast<float>(length) : 0.0F;
    }
    edge += 2;
    fraction += 2;
  }
  return result;
}

Tensor moved(const Tensor& tensor, at::Device device) {
  return tensor.defined() ? tensor.to(device) : tensor;
}

}  // namespace

DayTensors DayTensors::to(at::Device device) const {
  const ops::Adjacency& from = candidates;
  return {{moved(from.first_out, device), moved(from.head, device), moved(from.t_first_out, device),
           moved(from.t_head, device), moved(from.t_edge, device)},
          moved(tail, device),
          moved(stop, device),
          moved(edge, device),
          moved(type, device),
          moved(fits, device),
          moved(key, device),
          {moved(position.edge, device), moved(position.fraction, device)}};
}

DayTensors make_day_tensors(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                            std::int32_t profile, const graph::CandidateGraph& candidates,
                            const std::optional<DayRoads>& roads,
                            const DayTensorsOptions& options) {
  const detail::DaySummary day =
      detail::summarise(problem, travel_times, profile, candidates, options.threads);
  const detail::DayView view{problem, travel_times, candidates, day, profile, options.threads};
  const std::int64_t n = problem.num_locations;
  const auto types = static_cast<std::int64_t>(problem.vehicle_types.size());

  DayTensors result;
  result.stop = at::empty({n, kStopFeatures}, at::kFloat);
  result.edge = at::empty({candidates.num_candidates(), kEdgeFeatures}, at::kFloat);
  result.type = at::empty({types, kTypeFeatures}, at::kFloat);
  detail::write_stop_features(view, values(result.stop));
  detail::write_edge_features(view, values(result.edge));
  detail::write_type_features(view, values(result.type));
  result.tail = copy_of(day.tail);
  result.fits = copy_of(day.fits).view({n, types}).to(at::kBool);
  result.key = make_keys(result.stop, candidates);
  result.candidates.first_out = copy_of(candidates.first_out);
  result.candidates.head = copy_of(candidates.head);
  if (options.transpose) {
    result.candidates =
        ops::make_adjacency(CsrGraph(result.candidates.first_out, result.candidates.head, {}, n));
  }
  if (roads) result.position = make_positions(*roads, n);
  return result;
}

}  // namespace roadgnn::gnn::models
