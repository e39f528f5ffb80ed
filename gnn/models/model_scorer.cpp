// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/model_scorer.h>

#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;

class ModelScorer final : public decode::Scorer {
 public:
  ModelScorer(RouteModel model, const graph::TravelTimes& travel_times, ModelScorerOptions options)
      : model_(std::move(model)), travel_times_(travel_times), options_(std::move(options)) {
    if (options_.device.is_cuda() && !at::hasCUDA()) {
      throw InputError("route model: device: expected one that LibTorch can use, found " +
                       options_.device.str());
    }
    model_->to(options_.device);
    model_->eval();
  }

  void score(const decode::Problem& problem, std::int32_t profile,
             const graph::CandidateGraph& candidates, std::span<float> scores) const override {
    if (scores.size() != candidates.head.size()) {
      throw InputError("route model: scores: expected room for " +
                       std::to_string(candidates.head.size()) + ", found for " +
                       std::to_string(scores.size()));
    }
    const at::NoGradGuard no_grad;
    std::optional<DayRoads> roads;
    std::optional<Tensor> embedding;
    if (options_.roads) {
      const auto p = static_cast<std::size_t>(profile);
      if (p >= options_.roads->profiles.size() || p >= options_.roads->positions.size()) {
        throw InputError("route model: expected roads of profile " + std::to_string(profile) +
                         ", found " + std::to_string(options_.roads->profiles.size()) +
                         " profiles");
      }
      roads.emplace(*options_.roads->graph, options_.roads->positions[p]);
      embedding = road_embedding(options_.roads->profiles[p]);
    }
    DayTensorsOptions options;
    options.threads = options_.threads;
    const DayTensors day =
        make_day_tensors(problem, travel_times_, profile, candidates, roads, options)
            .to(options_.device);
    const Tensor logits = model(day, embedding).edge.to(at::kCPU, at::kFloat).contiguous();
    if (!scores.empty())
      std::memcpy(scores.data(), logits.const_data_ptr<float>(), scores.size_bytes());
  }

  std::string_view name() const override { return "model"; }

 private:
  RouteScores model(const DayTensors& day, const std::optional<Tensor>& embedding) const {
    return model_->forward(day, embedding);
  }

  Tensor road_embedding(int profile) const {
    const std::scoped_lock lock(mutex_);
    Tensor& embedding = embeddings_[profile];
    if (!embedding.defined()) {
      RoadTensorsOptions options;
      options.threads = options_.threads;
      embedding = model_->encode_roads(
          make_road_tensors(*options_.roads->graph, profile, options).to(options_.device));
    }
    return embedding;
  }

  mutable RouteModel model_;
  const graph::TravelTimes& travel_times_;
  ModelScorerOptions options_;
  mutable std::mutex mutex_;
  mutable std::map<int, Tensor> embeddings_;  // by the graph's profile
};

}  // namespace

std::unique_ptr<decode::Scorer> make_model_scorer(RouteModel model,
                                                  const graph::TravelTimes& travel_times,
                                                  ModelScorerOptions options) {
  return std::make_unique<ModelScorer>(std::move(model), travel_times, std::move(options));
}

}  // namespace roadgnn::gnn::models
