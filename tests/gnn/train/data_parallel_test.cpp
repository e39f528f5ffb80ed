// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/data_parallel.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/functional/activation.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>

#include "free_port.h"

namespace roadgnn::gnn::train {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

struct NetworkImpl : torch::nn::Module {
  explicit NetworkImpl(std::int64_t width = 16)
      : first(register_module("first", torch::nn::Linear(8, width))),
        second(register_module("second", torch::nn::Linear(width, 1))),
        sometimes(register_module("sometimes", torch::nn::Linear(8, 1))),
        counter(register_buffer("counter", at::zeros({1}))) {}

  at::Tensor forward(const at::Tensor& x, bool all) {
    const at::Tensor out = second(at::relu(first(x)));
    return all ? out + sometimes(x) : out;
  }

  torch::nn::Linear first, second, sometimes;
  at::Tensor counter;
};
TORCH_MODULE(Network);

class DataParallelTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ROADGNN_HAS_GLOO) GTEST_SKIP() << "built without Gloo (libgloo-dev)";
    folder_ = testing::TempDir() + "data_parallel_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::string file(const std::string& name) const { return folder_ + "/" + name; }

  std::string text(const std::string& name) const {
    std::ifstream stream(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  /// Runs `work` in as many processes as there are ranks. What it throws is in the file errorRANK.
  void run_ranks(int world_size, const std::function<void(const Rank&)>& work) const {
    const std::uint16_t port = free_port();
    std::vector<pid_t> children;
    for (int rank = 0; rank < world_size; ++rank) {
      const pid_t child = fork();
      if (child != 0) {
        children.push_back(child);
        continue;
      }
      signal(SIGPIPE, SIG_IGN);  // as the program does
      at::set_num_threads(1);
      try {
        work({.rank = rank, .world_size = world_size, .master_port = port});
      } catch (const std::exception& error) {
        std::ofstream(file("error" + std::to_string(rank))) << error.what();
      }
      _exit(0);
    }
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_FALSE(WIFSIGNALED(status)) << "signal " << WTERMSIG(status);
    }
  }

  std::string folder_;
};

struct Batches {
  at::Tensor x = at::empty({0}), y = at::empty({0});
};

Batches make_batches(int steps, std::int64_t size) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(7);
  return {at::randn({steps, size, 8}, generator), at::randn({steps, size, 1}, generator)};
}

/// Steps of AdamW on this rank's part of every batch, in `parts` pieces whose gradients add up.
void train(const Rank& rank, int parts, const std::string& out) {
  const ProcessGroup group(rank, at::kCPU, seconds(30));
  torch::manual_seed(static_cast<std::uint64_t>(rank.rank));
  Network network;
  DataParallel parallel(*network, group, {.bucket_bytes = 256, .first_bucket_bytes = 64});
  torch::optim::AdamW optimizer(network->parameters(), torch::optim::AdamWOptions(1e-2));
  const int steps = 5;
  const Batches batches = make_batches(steps, 24);
  for (int step = 0; step < steps; ++step) {
    const at::Tensor x =
        batches.x[step].chunk(group.size())[static_cast<std::size_t>(group.rank())];
    const at::Tensor y =
        batches.y[step].chunk(group.size())[static_cast<std::size_t>(group.rank())];
    const auto x_parts = x.chunk(parts), y_parts = y.chunk(parts);
    optimizer.zero_grad();
    for (int part = 0; part < parts; ++part) {
      const auto p = static_cast<std::size_t>(part);
      const at::Tensor loss =
          at::mse_loss(network->forward(x_parts[p], step % 2 == 0), y_parts[p]) / parts;
      if (part == parts - 1) {
        parallel.backward(loss);
      } else {
        loss.backward();
      }
    }
    optimizer.step();
  }
  write_safetensors(out, state_of(*network));
}

void expect_close(const Safetensors& a, const Safetensors& b) {
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    EXPECT_TRUE(at::allclose(tensor, b.tensors.at(name), 1e-5, 1e-6)) << name;
  }
}

TEST_F(DataParallelTest, TwoProcessesLearnWhatOneLearnsFromTheWholeBatch) {
  run_ranks(2, [&](const Rank& rank) { train(rank, 1, file(std::to_string(rank.rank))); });
  run_ranks(1, [&](const Rank& rank) { train(rank, 1, file("alone")); });

  ASSERT_EQ(text("error0"), "");
  EXPECT_EQ(text("0"), text("1"));
  expect_close(read_safetensors(file("0")), read_safetensors(file("alone")));
}

TEST_F(DataParallelTest, AccumulatedGradientsAreThoseOfTheWholeBatch) {
  run_ranks(2, [&](const Rank& rank) { train(rank, 3, file(std::to_string(rank.rank))); });
  run_ranks(1, [&](const Rank& rank) { train(rank, 1, file("alone")); });

  ASSERT_EQ(text("error0"), "");
  EXPECT_EQ(text("0"), text("1"));
  expect_close(read_safetensors(file("0")), read_safetensors(file("alone")));
}

TEST_F(DataParallelTest, EveryRankStartsWithTheWeightsAndBuffersOfTheFirst) {
  run_ranks(3, [&](const Rank& rank) {
    torch::manual_seed(static_cast<std::uint64_t>(rank.rank));
    Network network;
    network->counter.fill_(rank.rank + 5);
    const DataParallel parallel(*network, ProcessGroup(rank, at::kCPU, seconds(30)));
    write_safetensors(file(std::to_string(rank.rank)), state_of(*network));
  });

  EXPECT_EQ(read_safetensors(file("0")).tensors.at("counter").item<float>(), 5);
  EXPECT_EQ(text("0"), text("1"));
  EXPECT_EQ(text("0"), text("2"));
}

TEST_F(DataParallelTest, SumsOverTheRanksAndBroadcastsFromTheFirst) {
  run_ranks(3, [&](const Rank& rank) {
    const ProcessGroup group(rank, at::kCPU, seconds(30));
    at::Tensor sum = at::full({2}, rank.rank + 1.0), first = at::full({1}, rank.rank + 7.0);
    group.sum(sum);
    group.broadcast(first);
    group.barrier();
    write_safetensors(file(std::to_string(rank.rank)), {{{"sum", sum}, {"first", first}}, {}});
  });

  const Safetensors last = read_safetensors(file("2"));
  EXPECT_TRUE(at::equal(last.tensors.at("sum"), at::full({2}, 6.0)));
  EXPECT_EQ(last.tensors.at("first").item<float>(), 7);
}

TEST_F(DataParallelTest, ARankThatDiesEndsTheOthersWithOneLine) {
  run_ranks(2, [&](const Rank& rank) {
    Network network;
    DataParallel parallel(*network, ProcessGroup(rank, at::kCPU, seconds(30)));
    if (rank.rank == 1) _exit(1);
    const at::Tensor loss = network->forward(at::ones({4, 8}), true).mean();
    parallel.backward(loss);
  });

  EXPECT_THAT(text("error0"), HasSubstr("another rank"));
  EXPECT_EQ(text("error0").find('\n'), std::string::npos);
}

TEST_F(DataParallelTest, ModelsThatDifferAreRefused) {
  run_ranks(2, [&](const Rank& rank) {
    Network network(16 + rank.rank);
    const DataParallel parallel(*network, ProcessGroup(rank, at::kCPU, seconds(30)));
  });

  EXPECT_THAT(text("error0") + text("error1"), HasSubstr("the ranks' models differ"));
}

TEST_F(DataParallelTest, RanksThatDoNotComeAreReported) {
  run_ranks(1, [&](Rank rank) {
    rank.world_size = 2;
    const ProcessGroup group(rank, at::kCPU, seconds(1));
  });

  EXPECT_THAT(text("error0"), HasSubstr("rank 0 of 2 could not meet the others at 127.0.0.1:"));
}

class RankTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT",
                             "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID",
                             "TORCHELASTIC_USE_AGENT_STORE", "TORCHELASTIC_RESTART_COUNT"}) {
      unsetenv(name);
    }
  }
  void TearDown() override { SetUp(); }

  static std::string refusal() {
    try {
      rank_from_environment();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(RankTest, WithoutVariablesThereIsOneProcess) {
  EXPECT_EQ(rank_from_environment().world_size, 1);
}

TEST_F(RankTest, TorchrunsVariablesAreRead) {
  setenv("RANK", "3", 1);
  setenv("WORLD_SIZE", "8", 1);
  setenv("LOCAL_RANK", "1", 1);
  setenv("MASTER_ADDR", "node-a", 1);
  setenv("MASTER_PORT", "1234", 1);
  setenv("TORCHELASTIC_USE_AGENT_STORE", "True", 1);
  setenv("TORCHELASTIC_RESTART_COUNT", "2", 1);

  const Rank rank = rank_from_environment();

  EXPECT_EQ(rank.rank, 3);
  EXPECT_EQ(rank.world_size, 8);
  EXPECT_EQ(rank.local_rank, 1);
  EXPECT_EQ(rank.master_address, "node-a");
  EXPECT_EQ(rank.master_port, 1234);
  EXPECT_TRUE(rank.agent_serves);
  EXPECT_EQ(rank.restarts, 2);
}

TEST_F(RankTest, SlurmsVariablesAreReadWhereTorchrunsAreAbsent) {
  setenv("SLURM_PROCID", "1", 1);
  setenv("SLURM_NTASKS", "2", 1);
  setenv("SLURM_LOCALID", "0", 1);
  setenv("MASTER_ADDR", "node-a", 1);

  const Rank rank = rank_from_environment();

  EXPECT_EQ(rank.rank, 1);
  EXPECT_EQ(rank.world_size, 2);
  EXPECT_EQ(rank.master_port, 29500);
}

TEST_F(RankTest, WhatIsMissingOrNoNumberIsNamed) {
  setenv("RANK", "1", 1);
  EXPECT_THAT(refusal(), HasSubstr("WORLD_SIZE: expected a number"));
  setenv("WORLD_SIZE", "two", 1);
  EXPECT_THAT(refusal(), HasSubstr("found 'two'"));
  setenv("WORLD_SIZE", "1", 1);
  EXPECT_THAT(refusal(), HasSubstr("RANK: expected a number from 0 to 0, found '1'"));
  setenv("WORLD_SIZE", "2", 1);
  EXPECT_THAT(refusal(), HasSubstr("MASTER_ADDR"));
}

}  // namespace
}  // namespace roadgnn::gnn::train
