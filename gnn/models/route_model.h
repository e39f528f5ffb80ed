// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/models/edge_decoder.h>
#include <roadgnn/gnn/models/road_encoder.h>
#include <roadgnn/gnn/models/stop_encoder.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>

namespace roadgnn::gnn::models {

struct RouteModelOptions {
  StopEncoderOptions stops = {};  ///< road_width is that of `roads`
  RoadEncoderOptions roads = {};
  std::int64_t decoder_hidden = 64;
  std::int64_t travel_hidden = 32;
  std::uint64_t seed = 1;  ///< of the initial weights
};

/// Options as JSON and back. The reader throws InputError that names `source` and the field for
/// text that is none, unknown or missing fields and values outside of what a model can have.
std::string format_options(const RouteModelOptions& options);
RouteModelOptions parse_options(const std::string& json, const std::string& source);

/// Scores the candidate edges of a day (Attention model of Kool et al., 2019, made sparse, over a
/// graph neural network on the roads).
///
///     RouteModel model(options);
///     at::Tensor roads = model->encode_roads(make_road_tensors(*graph, profile));  // once a city
///     RouteScores scores = model->forward(make_day_tensors(...), roads);
///
/// The same weights for a seed, the same scores for a day whatever the order of its stops, up to
/// rounding. Under torch::NoGradGuard memory is planned: nothing of the hidden values of edges
/// stays. Forwards may run in several threads while weights and options stay.
class RouteModelImpl : public torch::nn::Cloneable<RouteModelImpl> {
 public:
  /// Throws InputError for options that make no model.
  explicit RouteModelImpl(const RouteModelOptions& options = {});
  void reset() override;

  /// [road edges, roads.width]: the embedding of a city under a profile.
  at::Tensor encode_roads(const RoadTensors& roads) { return road_encoder(roads); }

  /// Without an embedding, or where the day has no positions, the learned stand-in is used. `graph`
  /// is stop_encoder->attention_graph(day), which may be kept where a day is used often.
  RouteScores forward(const DayTensors& day, const std::optional<at::Tensor>& road_embedding = {},
                      const std::optional<layers::AttentionGraph>& graph = {});

  /// [road edges] what free-flow times are multiplied by at an hour of the day; 1 before training.
  at::Tensor travel_factors(const at::Tensor& road_embedding, double hour) {
    return travel_head(road_embedding, hour);
  }

  RouteModelOptions options;
  RoadEncoder road_encoder{nullptr};
  StopEncoder stop_encoder{nullptr};
  EdgeDecoder decoder{nullptr};
  TravelTimeHead travel_head{nullptr};

 private:
  void initialise();
};
TORCH_MODULE(RouteModel);

/// Weights and options of a model as safetensors, and back. load throws InputError for a file that
/// is none, another model's, of another version, or damaged; one line that names the file and what
/// differs. `metadata` is written beside the model's own (such as what it was trained on).
void save_model(const std::filesystem::path& path, const RouteModel& model,
                const std::map<std::string, std::string>& metadata = {});
RouteModel load_model(const std::filesystem::path& path);

}  // namespace roadgnn::gnn::models
