// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/checkpoint.h>

#include <cinttypes>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <roadgnn/gnn/train/checked_safetensors.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/module.h>
#include <torch/optim/adamw.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {
namespace {

using nlohmann::json;

constexpr const char* kKind = "roadgnn checkpoint 1";

// Doubles survive as they are: written with as many digits as it takes.
std::string format(const TrainingProgress& progress) {
  return json{{"step", progress.step},
              {"epoch", progress.epoch},
              {"position", progress.position},
              {"epoch_loss", progress.epoch_loss},
              {"epoch_samples", progress.epoch_samples},
              {"best_recall", progress.best_recall},
              {"best_epoch", progress.best_epoch},
              {"log_bytes", progress.log_bytes},
              {"scale", progress.scaler.scale},
              {"scale_growth", progress.scaler.growth_tracker}}
      .dump();
}

TrainingProgress parse(const std::string& text) {
  const json value = json::parse(text);
  TrainingProgress progress;
  value.at("step").get_to(progress.step);
  value.at("epoch").get_to(progress.epoch);
  value.at("position").get_to(progress.position);
  value.at("epoch_loss").get_to(progress.epoch_loss);
  value.at("epoch_samples").get_to(progress.epoch_samples);
  value.at("best_recall").get_to(progress.best_recall);
  value.at("best_epoch").get_to(progress.best_epoch);
  value.at("log_bytes").get_to(progress.log_bytes);
  value.at("scale").get_to(progress.scaler.scale);
  value.at("scale_growth").get_to(progress.scaler.growth_tracker);
  return progress;
}

// Configurations are JSON objects; the first setting that differs is told.
void require_same(const std::string& found, const std::string& wanted, const std::string& file) {
  if (found == wanted) return;
  const json theirs = json::parse(found), ours = json::parse(wanted);
  for (const auto& [key, value] : ours.items()) {
    if (theirs.contains(key) && theirs[key] == value) continue;
    throw InputError(file + ": expected a run with the settings of this one, " + key + " " +
                     value.dump() + ", found " +
                     (theirs.contains(key) ? theirs[key].dump() : "none"));
  }
  throw InputError(file + ": expected a run with the settings of this one, found others");
}

// Tensors whose names begin with a prefix, without it.
Safetensors part(const Safetensors& all, const std::string& prefix) {
  Safetensors result;
  for (const auto& [name, tensor] : all.tensors) {
    if (name.starts_with(prefix)) result.tensors[name.substr(prefix.size())] = tensor;
  }
  return result;
}

void read_moments(const Safetensors& checkpoint, const torch::nn::Module& module,
                  torch::optim::AdamW& optimizer, const std::string& file) {
  const Safetensors first = part(checkpoint, "moment1."), second = part(checkpoint, "moment2.");
  const Safetensors steps = part(checkpoint, "moment_step.");
  auto& state = optimizer.state();
  state.clear();
  for (const auto& item : module.named_parameters()) {
    const auto found = first.tensors.find(item.key());
    if (found == first.tensors.end()) continue;  // it has had no gradient yet
    const auto other = second.tensors.find(item.key());
    const auto step = steps.tensors.find(item.key());
    if (other == second.tensors.end() || step == steps.tensors.end() ||
        found->second.sizes() != item.value().sizes() ||
        other->second.sizes() != item.value().sizes()) {
      throw InputError(file + ": moments of " + item.key() + ": expected two of its shape");
    }
    auto moments = std::make_unique<torch::optim::AdamWParamState>();
    moments->step(step->second.item<std::int64_t>());
    moments->exp_avg(found->second.clone());
    moments->exp_avg_sq(other->second.clone());
    state[item.value().unsafeGetTensorImpl()] = std::move(moments);
  }
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const std::string& configuration,
                      const torch::nn::Module& module, const torch::optim::AdamW& optimizer,
                      const MovingAverage& average, const TrainingProgress& progress) {
  Safetensors checkpoint;
  for (const auto& [name, tensor] : state_of(module).tensors)
    checkpoint.tensors["weights." + name] = tensor;
  for (const auto& [name, tensor] : average.tensors())
    checkpoint.tensors["average." + name] = tensor;
  for (const auto& item : module.named_parameters()) {
    const auto found = optimizer.state().find(item.value().unsafeGetTensorImpl());
    if (found == optimizer.state().end()) continue;
    const auto& moments = static_cast<const torch::optim::AdamWParamState&>(*found->second);
    checkpoint.tensors["moment1." + item.key()] = moments.exp_avg();
    checkpoint.tensors["moment2." + item.key()] = moments.exp_avg_sq();
    checkpoint.tensors["moment_step." + item.key()] = at::tensor(moments.step(), at::kLong);
  }
  checkpoint.tensors["random"] = at::detail::getDefaultCPUGenerator().get_state();
  checkpoint.metadata["configuration"] = configuration;
  checkpoint.metadata["progress"] = format(progress);
  checkpoint.metadata["average_steps"] = std::to_string(average.steps());
  write_checked_safetensors(path, kKind, std::move(checkpoint));
}

TrainingProgress read_checkpoint(const std::filesystem::path& path,
                                 const std::string& configuration, torch::nn::Module& module,
                                 torch::optim::AdamW& optimizer, MovingAverage& average) {
  const Safetensors checkpoint = read_checked_safetensors(path, kKind);
  const std::string file = path.string();
  require_same(checkpoint.metadata.at("configuration"), configuration, file);
  load_into(module, part(checkpoint, "weights."), file);
  average.restore(part(checkpoint, "average.").tensors,
                  std::stoll(checkpoint.metadata.at("average_steps")));
  read_moments(checkpoint, module, optimizer, file);
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(checkpoint.tensors.at("random"));
  return parse(checkpoint.metadata.at("progress"));
}

}  // namespace roadgnn::gnn::train
