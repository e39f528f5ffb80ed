// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Training steps of the route model as `roadgnn train` does them, on problems of a data set, for
// bench/training_peers.py to set beside the same model in Python:
//
//     training_speed DATA write FOLDER [PROBLEMS]  weights, samples and what the model says of them
//     training_speed DATA time STEPS [PROBLEMS]    CPU seconds a step and the loss of each
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/day_sample.h>
#include <roadgnn/gnn/train/route_loss.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

namespace roadgnn::gnn::train {
namespace {

struct Batch {
  std::vector<DaySample> samples;
  std::vector<layers::AttentionGraph> graphs;
};

Batch read_batch(const std::string& folder, std::int64_t most, models::RouteModel& model) {
  const DataSet data(folder);
  Batch batch;
  for (std::int64_t i = 0; i < std::min(most, data.size()); ++i) {
    for (DaySample& sample :
         make_day_samples(data.problem(i), data.labelled(i).labels, 32, false, 1)) {
      batch.graphs.push_back(model->stop_encoder->attention_graph(sample.day));
      batch.samples.push_back(std::move(sample));
    }
  }
  return batch;
}

at::Tensor loss_of(models::RouteModel& model, const Batch& batch, std::size_t i) {
  return route_loss(model->forward(batch.samples[i].day, {}, batch.graphs[i]), batch.samples[i]);
}

void write(const std::filesystem::path& folder, models::RouteModel& model, const Batch& batch) {
  std::filesystem::create_directories(folder);
  models::save_model(folder / "weights.safetensors", model);
  Safetensors all;
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    const DaySample& sample = batch.samples[i];
    const layers::AttentionGraph& graph = batch.graphs[i];
    const auto put = [&](const char* name, const at::Tensor& tensor) {
      all.tensors[std::to_string(i) + "." + name] = tensor.detach().contiguous();
    };
    put("stop", sample.day.stop);
    put("edge", sample.day.edge);
    put("type", sample.day.type);
    put("fits", sample.day.fits.to(at::kByte));
    put("tail", sample.day.tail.to(at::kLong));
    put("head", sample.day.candidates.head.to(at::kLong));
    put("attention_first_out", graph.graph.first_out.to(at::kLong));
    put("attention_head", graph.graph.head.to(at::kLong));
    put("attention_edge", graph.edge.to(at::kLong));
    put("share", sample.share);
    put("depot", sample.depot.to(at::kByte));
    put("first", sample.first);
    put("last", sample.last);
    put("served_by", sample.type);
    const at::NoGradGuard no_grad;
    put("scores", model->forward(sample.day, {}, graph).edge);
    put("loss", loss_of(model, batch, i));
  }
  write_safetensors(folder / "samples.safetensors", all);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void time_steps(int steps, models::RouteModel& model, const Batch& batch) {
  torch::optim::AdamW optimizer(
      model->parameters(), torch::optim::AdamWOptions(1e-3).weight_decay(0.01).betas({0.9, 0.99}));
  for (int step = 0; step < steps; ++step) {
    const double begin = cpu_seconds();
    double sum = 0;
    optimizer.zero_grad();
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      const at::Tensor loss = loss_of(model, batch, i) / static_cast<double>(batch.samples.size());
      sum += loss.item<double>();
      loss.backward();
    }
    torch::nn::utils::clip_grad_norm_(model->parameters(), 1);
    optimizer.step();
    std::printf("%.6f %.9g\n", cpu_seconds() - begin, sum);
  }
}

}  // namespace
}  // namespace roadgnn::gnn::train

int main(int argc, char** argv) {
  using namespace roadgnn::gnn;
  if (argc < 4) {
    std::fprintf(stderr, "usage: training_speed DATA write FOLDER|time STEPS [PROBLEMS]\n");
    return 2;
  }
  try {
    at::set_num_threads(1);
    models::RouteModel model;
    const train::Batch batch =
        train::read_batch(argv[1], argc > 4 ? std::stoll(argv[4]) : 4, model);
    if (std::string(argv[2]) == "write") {
      train::write(argv[3], model, batch);
    } else {
      train::time_steps(std::stoi(argv[3]), model, batch);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "training_speed: %s\n", error.what());
    return 1;
  }
}
