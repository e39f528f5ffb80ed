// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What can go wrong while a model is trained: one clear line, the last good checkpoint stays, and
// the same call goes on from there as if nothing had happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <roadgnn/gnn/train/trainer.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <random>

#include <ATen/ATen.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>

#include "free_port.h"
#include "trainer_fixture.h"

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TrainerFaultsTest : public TrainerTest {
 protected:
  /// What a training says when it fails; empty where it does not.
  static std::string failure(const TrainOptions& options) {
    try {
      train_route_model(options);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  fs::path shard() const { return folder_ / "data" / "shard-00000.safetensors"; }

  std::string read(const fs::path& path) const { return io::read_file(path); }

  static void write(const fs::path& path, const std::string& bytes) {
    io::write_atomically(path, [&](std::ostream& out) { out << bytes; });
  }

  /// Trains the same in two runs, one of which has gone on after a fault.
  void expect_same(const char* run, const char* other) const {
    for (const char* file : {"log.csv", "weights.safetensors", "last.safetensors"})
      EXPECT_EQ(bytes(run, file), bytes(other, file)) << file;
  }
};

/// A disk with room for files of so many bytes while it lives, as far as this process can tell.
class FullDisk {
 public:
  FullDisk() { ::getrlimit(RLIMIT_FSIZE, &before_); }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  void fill(rlim_t room) const {
    rlimit limit = before_;
    limit.rlim_cur = room;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }

 private:
  rlimit before_{};
  // The limit's signal would end the process where a disk answers with an error.
  struct Ignored {
    Ignored() : before(std::signal(SIGXFSZ, SIG_IGN)) {}
    ~Ignored() { std::signal(SIGXFSZ, before); }
    void (*before)(int);
  } ignored_;
};

TEST_F(TrainerFaultsTest, AFullDiskKeepsTheLastCheckpointAndTheRunGoesOn) {
  train_route_model(options("whole"));
  TrainOptions run = options("run");
  // Checkpoints are written every 2 of the 3 steps an epoch: within one and at its end, where
  // weights and log are written, too.
  for (const std::int64_t step : {1, 3, 8}) {
    std::string kept;
    const FullDisk disk;
    run.on_progress = [&](const TrainingReport& report) {
      if (report.step != step) return;
      if (step > 1) kept = bytes("run", "last.safetensors");
      disk.fill(step == 3 ? 100 : 20'000);
    };

    const std::string message = failure(run);

    EXPECT_THAT(message,
                AllOf(HasSubstr((folder_ / "run").string() + "/"),
                      HasSubstr(": cannot be written: File too large"), Not(HasSubstr("\n"))));
    if (step > 1) {
      EXPECT_EQ(bytes("run", "last.safetensors"), kept);
    }
    for (const auto& entry : fs::directory_iterator(folder_ / "run"))
      EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("tmp")));
  }
  run.on_progress = {};

  EXPECT_TRUE(train_route_model(run).finished);

  expect_same("run", "whole");
}

TEST_F(TrainerFaultsTest, ALogThatCannotGrowIsNamed) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  train_route_model(options("whole"));
  TrainOptions run = options("run");
  const fs::path log = folder_ / "run" / "log.csv", aside = folder_ / "log.csv";
  run.on_progress = [&](const TrainingReport& report) {
    if (report.step != 4 || fs::exists(aside)) return;
    fs::rename(log, aside);
    fs::create_symlink("/dev/full", log);
  };

  EXPECT_EQ(failure(run), log.string() + ": cannot be written: No space left on device");

  fs::remove(log);
  fs::rename(aside, log);
  run.on_progress = {};
  EXPECT_TRUE(train_route_model(run).finished);
  expect_same("run", "whole");
}

TEST_F(TrainerFaultsTest, ACorruptShardIsNamedAndNothingIsLost) {
  TrainOptions run = options("run");
  std::stop_source source;
  run.stop = source.get_token();
  run.on_progress = [&](const TrainingReport& report) {
    if (report.step >= 5) source.request_stop();
  };
  ASSERT_FALSE(train_route_model(run).finished);
  run.stop = {};
  run.on_progress = {};
  const std::string whole = read(shard()), checkpoint = bytes("run", "last.safetensors");
  std::mt19937_64 engine(7);
  for (int i = 0; i < 60; ++i) {
    std::string damaged = whole;
    const std::size_t place = engine() % whole.size();
    if (i % 3 == 0) {
      damaged.resize(place);
    } else if (i % 3 == 1) {
      damaged[place] ^= static_cast<char>(1 + engine() % 255);
    } else {
      damaged[place % 4096] ^= static_cast<char>(1 + engine() % 255);  // in the header
    }
    write(shard(), damaged);

    EXPECT_THAT(failure(run), AllOf(HasSubstr(shard().string() + ": "), Not(HasSubstr("\n"))))
        << i << ": byte " << place << " of " << whole.size();
  }
  fs::remove(shard());
  EXPECT_THAT(failure(run), HasSubstr(shard().string() + ": expected a shard, found none"));
  EXPECT_EQ(bytes("run", "last.safetensors"), checkpoint);

  write(shard(), whole);
  EXPECT_TRUE(train_route_model(run).finished);
  train_route_model(options("whole"));
  expect_same("run", "whole");
}

TEST_F(TrainerFaultsTest, ALossThatIsNoNumberIsReportedWithItsProblem) {
  TrainOptions run = options("run");
  run.epochs = 1;
  train_route_model(run);
  const std::string weights = bytes("run", "weights.safetensors");
  std::vector<LabelledProblem> problems = read_shard(shard());
  // One of those that are trained on: of the digests the lowest quarter judges.
  const auto bad =
      std::max_element(problems.begin(), problems.end(),
                       [](const auto& a, const auto& b) { return a.digest < b.digest; });
  std::fill(bad->labels.share.begin(), bad->labels.share.end(),
            std::numeric_limits<float>::quiet_NaN());
  write_shard(shard(), problems);

  run.out = folder_ / "poisoned";
  run.checkpoint_steps = 1;
  run.batch = 1;
  const std::string message = failure(run);

  EXPECT_THAT(message, AllOf(HasSubstr("training: the loss of " + (folder_ / "data").string() +
                                       ", problem " + std::to_string(bad->index) + " (" +
                                       bad->name + "), is no number any more in epoch 1, step "),
                             HasSubstr("/poisoned/last.safetensors"), Not(HasSubstr("\n"))));
  EXPECT_EQ(bytes("run", "weights.safetensors"), weights);
}

TEST_F(TrainerFaultsTest, WeightsThatGrowWithoutBoundNeverReachACheckpoint) {
  TrainOptions run = options("run");
  run.checkpoint_steps = 1;
  run.learning_rate = 1e30;

  EXPECT_THAT(failure(run), AllOf(HasSubstr("is no number any more in epoch 1, step "),
                                  HasSubstr("try a lower --learning-rate")));

  const Safetensors last = read_safetensors(folder_ / "run" / "last.safetensors");
  for (const auto& [name, tensor] : last.tensors)
    EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
}

TEST_F(TrainerFaultsTest, AGradientThatFloat16HoldsAtNoScaleEndsTheRun) {
  TrainOptions run = options("first");
  run.epochs = 1;
  train_route_model(run);
  models::RouteModel model = models::load_model(folder_ / "first" / "weights.safetensors");
  {
    // Logits of some 20,000, of hidden values of 1e-5 each: what flows back to those is 32 million
    // times the loss's derivative, beyond the 65,504 of float16.
    const at::NoGradGuard no_grad;
    auto& decoder = *model->decoder;
    for (auto* linear : {&decoder.tail, &decoder.head, &decoder.edge, &decoder.inner})
      for (at::Tensor& weight : (*linear)->parameters()) weight.zero_();
    decoder.tail->bias.fill_(1e-5);
    decoder.inner->weight.fill_(1000);
    decoder.out->weight.fill_(1000);
  }
  models::save_model(folder_ / "steep.safetensors", model);
  run.out = folder_ / "steep";
  run.from = folder_ / "steep.safetensors";
  run.precision = Precision::float16;
  run.epochs = 20;
  run.batch = 1;

  EXPECT_THAT(failure(run), AllOf(HasSubstr("training: the gradient is no number any more in"),
                                  HasSubstr("try a lower --learning-rate")));

  const Safetensors last = read_safetensors(run.out / "last.safetensors");
  for (const auto& [name, tensor] : last.tensors)
    EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
}

TEST_F(TrainerFaultsTest, ALossThatIsNoNumberEndsFloat16Runs) {
  TrainOptions run = options("run");
  run.precision = Precision::float16;
  std::vector<LabelledProblem> problems = read_shard(shard());
  for (LabelledProblem& problem : problems)
    std::fill(problem.labels.share.begin(), problem.labels.share.end(),
              std::numeric_limits<float>::quiet_NaN());
  write_shard(shard(), problems);

  EXPECT_THAT(failure(run), HasSubstr("is no number any more in epoch 1, step 1;"));
}

using Clock = std::chrono::steady_clock;

TEST_F(TrainerFaultsTest, AProcessThatNeverComesIsMissedSoon) {
  if (!ROADGNN_HAS_GLOO) GTEST_SKIP() << "built without Gloo (libgloo-dev)";
  const auto start = Clock::now();

  // Rank 0, which waits for those who come, and rank 1, which comes to it.
  for (const int rank : {0, 1}) {
    TrainOptions run = options("run");
    run.meeting_timeout_s = 1;
    run.rank = {.rank = rank, .world_size = 2, .master_port = free_port()};
    ::waitpid(start_training(run), nullptr, 0);

    EXPECT_THAT(read(folder_ / ("run.error" + std::to_string(rank))),
                AllOf(HasSubstr("rank " + std::to_string(rank) +
                                " of 2 could not meet the others at 127.0.0.1:"),
                      Not(HasSubstr("\n"))));
  }
  EXPECT_LT(Clock::now() - start, std::chrono::minutes(1));
}

TEST_F(TrainerFaultsTest, AProcessThatDiesAtAnyMomentEndsTheOtherAndBothGoOnTogether) {
  if (!ROADGNN_HAS_GLOO) GTEST_SKIP() << "built without Gloo (libgloo-dev)";
  // Long enough that no machine is done with it before the process dies.
  const auto long_run = [&](const char* name) {
    TrainOptions run = options(name);
    run.epochs = run.patience = 60;
    return run;
  };
  train_in_processes(2, [&](int) { return long_run("whole"); });
  std::mt19937_64 engine(3);

  for (int round = 0; round < 6; ++round) {
    std::vector<pid_t> children;
    const std::uint16_t port = free_port();
    for (int rank = 0; rank < 2; ++rank) {
      TrainOptions run = long_run("run");
      run.meeting_timeout_s = 10;
      run.rank = {.rank = rank, .world_size = 2, .master_port = port};
      const std::int64_t last_step = round % 3 == 0 ? 0 : round + 1;
      const bool dies = rank == round % 2;
      if (dies && rank == 0)
        run.on_progress = [last_step](const TrainingReport& report) {
          if (report.step >= last_step) ::kill(::getpid(), SIGKILL);
        };
      // However fast the machine, the run outlasts all that rank 1 is given before it dies.
      if (!dies && rank == 0) run.on_progress = [](const TrainingReport&) { ::usleep(20'000); };
      children.push_back(start_training(run));
      // Rank 1 reports nothing: it dies some time after its start.
      if (dies && rank == 1) {
        ::usleep(static_cast<useconds_t>(engine() % 400'000));
        ::kill(children.back(), SIGKILL);
      }
    }
    const auto start = Clock::now();
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    EXPECT_LT(Clock::now() - start, std::chrono::minutes(1));
    const fs::path error = folder_ / ("run.error" + std::to_string(1 - round % 2));
    ASSERT_TRUE(fs::exists(error)) << "round " << round;
    EXPECT_THAT(read(error), Not(HasSubstr("\n")));
    fs::remove(error);
  }
  train_in_processes(2, [&](int) { return long_run("run"); });

  EXPECT_EQ(bytes("run", "weights.safetensors"), bytes("whole", "weights.safetensors"));
  EXPECT_EQ(bytes("run", "log.csv"), bytes("whole", "log.csv"));
}

}  // namespace
}  // namespace roadgnn::gnn::train
