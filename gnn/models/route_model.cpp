// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/route_model.h>

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <roadgnn/graph/error.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;

constexpr const char* kFormat = "roadgnn route model";
constexpr const char* kVersion = "2";  ///< of the features and the layers

/// Reads and writes options field by field, so that both know the same names and bounds.
class Fields {
 public:
  explicit Fields(nlohmann::ordered_json& json) : json_(json), writes_(true) {}
  Fields(nlohmann::ordered_json& json, std::string source)
      : json_(json), writes_(false), source_(std::move(source)) {}

  void integer(const char* name, std::int64_t& value, std::int64_t least, std::int64_t most) {
    if (writes_) {
      json_[name] = value;
      return;
    }
    const nlohmann::ordered_json found = take(name);
    if (!found.is_number_integer() || found.get<double>() < static_cast<double>(least) ||
        found.get<double>() > static_cast<double>(most)) {
      fail(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
           found.dump());
    }
    value = found.get<std::int64_t>();
  }

  void seed(const char* name, std::uint64_t& value) {
    if (writes_) {
      json_[name] = value;
      return;
    }
    const nlohmann::ordered_json found = take(name);
    if (!found.is_number_unsigned()) fail(name, "a whole number", found.dump());
    value = found.get<std::uint64_t>();
  }

  void probability(const char* name, double& value) {
    if (writes_) {
      json_[name] = value;
      return;
    }
    const nlohmann::ordered_json found = take(name);
    if (!found.is_number() || !(found.get<double>() >= 0 && found.get<double>() < 1))
      fail(name, "a number from 0 to below 1", found.dump());
    value = found.get<double>();
  }

  void attention(const char* name, Attention& value) {
    if (writes_) {
      json_[name] = value == Attention::sparse ? "sparse" : "full";
      return;
    }
    const nlohmann::ordered_json found = take(name);
    if (found != "sparse" && found != "full") fail(name, "sparse or full", found.dump());
    value = found == "sparse" ? Attention::sparse : Attention::full;
  }

  void end() const {
    if (!writes_ && !json_.empty())
      fail(json_.begin().key().c_str(), "no such field", json_.begin()->dump());
  }

 private:
  nlohmann::ordered_json take(const char* name) {
    const auto found = json_.find(name);
    if (found == json_.end()) fail(name, "a value", "none");
    nlohmann::ordered_json value = *found;
    json_.erase(found);
    return value;
  }

  [[noreturn]] void fail(const char* name, const std::string& expected,
                         const std::string& found) const {
    throw InputError(source_ + ": options." + name + ": expected " + expected + ", found " + found);
  }

  nlohmann::ordered_json& json_;
  bool writes_;
  std::string source_;
};

void visit(Fields& fields, RouteModelOptions& options) {
  StopEncoderOptions& stops = options.stops;
  fields.integer("width", stops.width, 1, 4096);
  fields.integer("heads", stops.heads, 1, 256);
  fields.integer("layers", stops.layers, 1, 64);
  fields.integer("feed_forward", stops.feed_forward, 1, 16384);
  fields.probability("dropout", stops.dropout);
  fields.attention("attention", stops.attention);
  fields.integer("global_tokens", stops.global_tokens, 0, 64);
  fields.integer("expander_degree", stops.expander_degree, 0, 64);
  fields.seed("expander_seed", stops.expander_seed);
  fields.integer("bias_hidden", stops.bias_hidden, 1, 1024);
  fields.integer("road_width", options.roads.width, 1, 1024);
  fields.integer("road_heads", options.roads.heads, 1, 64);
  fields.integer("road_layers", options.roads.layers, 1, 64);
  fields.integer("road_feed_forward", options.roads.feed_forward, 1, 4096);
  fields.integer("decoder_hidden", options.decoder_hidden, 1, 1024);
  fields.integer("travel_hidden", options.travel_hidden, 1, 1024);
  fields.seed("seed", options.seed);
  fields.end();
  stops.road_width = options.roads.width;
}

void check(const RouteModelOptions& options, const std::string& source) {
  const auto refuse = [&](const std::string& what) { throw InputError(source + ": " + what); };
  if (options.stops.width % options.stops.heads != 0)
    refuse("options.width: expected a multiple of the heads, found " +
           std::to_string(options.stops.width) + " and " + std::to_string(options.stops.heads));
  if (options.roads.width % options.roads.heads != 0)
    refuse("options.road_width: expected a multiple of the heads, found " +
           std::to_string(options.roads.width) + " and " + std::to_string(options.roads.heads));
  if (options.stops.expander_degree % 2 != 0)
    refuse("options.expander_degree: expected an even number, found " +
           std::to_string(options.stops.expander_degree));
}

/// What the encoder's layers alone need: a file with fewer weights is refused before memory is
/// taken for the model that its options ask for.
double least_weights(const RouteModelOptions& options) {
  const auto layers = [](double count, double width, double feed_forward) {
    return count * (4 * width * width + 2 * width * feed_forward);
  };
  const StopEncoderOptions& stops = options.stops;
  const RoadEncoderOptions& roads = options.roads;
  return layers(double(stops.layers), double(stops.width), double(stops.feed_forward)) +
         layers(double(roads.layers), double(roads.width), double(roads.feed_forward));
}

}  // namespace

std::string format_options(const RouteModelOptions& options) {
  nlohmann::ordered_json json;
  Fields fields(json);
  RouteModelOptions copy = options;
  visit(fields, copy);
  return json.dump();
}

RouteModelOptions parse_options(const std::string& text, const std::string& source) {
  auto json = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    throw InputError(source + ": options: expected a JSON object, found other text");
  Fields fields(json, source);
  RouteModelOptions options;
  visit(fields, options);
  check(options, source);
  return options;
}

// Options go through their text: what no file may hold makes no model either.
RouteModelImpl::RouteModelImpl(const RouteModelOptions& given)
    : options(parse_options(format_options(given), "route model")) {
  reset();
}

void RouteModelImpl::reset() {
  road_encoder = register_module("road_encoder", RoadEncoder(options.roads));
  stop_encoder = register_module("stop_encoder", StopEncoder(options.stops));
  EdgeDecoderOptions decoder_options;
  decoder_options.width = options.stops.width;
  decoder_options.hidden = options.decoder_hidden;
  decoder = register_module("decoder", EdgeDecoder(decoder_options));
  travel_head =
      register_module("travel_head", TravelTimeHead(options.roads.width, options.travel_hidden));
  initialise();
}

// The layers' own initialisation again, from a generator of this model's seed. What starts at zero
// or one stays so.
void RouteModelImpl::initialise() {
  const at::NoGradGuard no_grad;
  at::Generator generator = at::detail::createCPUGenerator(options.seed);
  for (const auto& module : modules(/*include_self=*/false)) {
    if (auto* linear = module->as<torch::nn::LinearImpl>()) {
      if (linear == travel_head->out.get()) continue;
      const double bound = 1 / std::sqrt(static_cast<double>(linear->weight.size(1)));
      linear->weight.uniform_(-bound, bound, generator);
      if (linear->bias.defined()) linear->bias.uniform_(-bound, bound, generator);
    } else if (auto* attention = module->as<layers::SelfAttentionImpl>()) {
      const double bound = std::sqrt(6.0 / static_cast<double>(4 * attention->options.width));
      attention->in_proj_weight.uniform_(-bound, bound, generator);
    } else if (auto* encoder = module->as<layers::EncoderImpl>()) {
      if (encoder->global_tokens.defined()) encoder->global_tokens.normal_(0, 0.02, generator);
    }
  }
}

RouteScores RouteModelImpl::forward(const DayTensors& day, const std::optional<Tensor>& embedding,
                                    const std::optional<layers::AttentionGraph>& graph) {
  const Tensor road = embedding && day.position.defined()
                          ? road_encoder->embed(*embedding, day.position)
                          : road_encoder->stand_in_for(day.num_stops());
  const Tensor state =
      graph ? stop_encoder->forward(day, road, *graph) : stop_encoder->forward(day, road);
  return decoder(state, day);
}

void save_model(const std::filesystem::path& path, const RouteModel& model,
                const std::map<std::string, std::string>& metadata) {
  train::Safetensors contents = train::state_of(*model);
  contents.metadata = metadata;
  contents.metadata["format"] = kFormat;
  contents.metadata["version"] = kVersion;
  contents.metadata["options"] = format_options(model->options);
  train::write_safetensors(path, contents);
}

RouteModel load_model(const std::filesystem::path& path) {
  const train::Safetensors contents = train::read_safetensors(path);
  const std::string source = path.string();
  const auto entry = [&](const char* name) {
    const auto found = contents.metadata.find(name);
    return found == contents.metadata.end() ? std::string("none") : found->second;
  };
  if (entry("format") != kFormat) {
    throw InputError(source + ": format: expected '" + kFormat + "', found " + entry("format") +
                     ": weights of another model?");
  }
  if (entry("version") != kVersion) {
    throw InputError(source + ": version: expected " + kVersion + ", found " + entry("version"));
  }
  const RouteModelOptions options = parse_options(entry("options"), source);
  double weights = 0;
  for (const auto& [name, tensor] : contents.tensors)
    weights += static_cast<double>(tensor.numel());
  if (weights < least_weights(options)) {
    throw InputError(source + ": expected the weights of a model of width " +
                     std::to_string(options.stops.width) + " and " +
                     std::to_string(options.stops.layers) + " layers, found only " +
                     std::to_string(static_cast<std::int64_t>(weights)) + " numbers");
  }
  RouteModel model(options);
  train::load_into(*model, contents, source);
  model->eval();
  return model;
}

}  // namespace roadgnn::gnn::models
