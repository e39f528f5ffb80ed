// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/trainer.h>
#include <roadgnn/io/file.h>

#include "free_port.h"

namespace roadgnn::gnn::train {

namespace fs = std::filesystem;

void TrainerTest::SetUp() {
  folder_ = fs::temp_directory_path() / ("roadgnn_trainer_" + std::to_string(::getpid()));
  fs::remove_all(folder_);
  make_data_set(folder_ / "data",
                R"({"plans_per_problem": 2, "iterations_per_stop": 20, "sources":
                    [{"kind": "plane", "count": 16, "least_stops": 20, "most_stops": 40}]})",
                "recipe.json", {});
}

void TrainerTest::TearDown() {
  fs::remove_all(folder_);
}

TrainOptions TrainerTest::options(const char* run) const {
  TrainOptions options;
  options.data = {folder_ / "data"};
  options.out = folder_ / run;
  options.width = 16;
  options.heads = 2;
  options.layers = 1;
  options.feed_forward = 32;
  options.epochs = 6;
  options.learning_rate = 3e-3;
  options.validation_share = 0.25;
  options.checkpoint_steps = 2;
  options.candidates_per_stop = 8;
  return options;
}

std::string TrainerTest::bytes(const char* run, const char* name) const {
  return io::read_file(folder_ / run / name);
}

std::vector<double> TrainerTest::logged(const char* run, int column) const {
  std::istringstream lines(bytes(run, "log.csv"));
  std::vector<double> values;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (int i = 0; i <= column; ++i) std::getline(cells, cell, ',');
    values.push_back(std::stod(cell));
  }
  return values;
}

pid_t start_training(const TrainOptions& options) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::signal(SIGPIPE, SIG_IGN);  // as the program does
  try {
    train_route_model(options);
  } catch (const std::exception& error) {
    std::ofstream(options.out.string() + ".error" + std::to_string(options.rank.rank))
        << error.what();
  }
  ::_exit(0);
}

void train_in_processes(int world_size, const std::function<TrainOptions(int)>& of) {
  const std::uint16_t port = free_port();
  std::vector<pid_t> children;
  for (int rank = 0; rank < world_size; ++rank) {
    TrainOptions options = of(rank);
    options.rank = {.rank = rank, .world_size = world_size, .master_port = port};
    children.push_back(start_training(options));
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
}

}  // namespace roadgnn::gnn::train
