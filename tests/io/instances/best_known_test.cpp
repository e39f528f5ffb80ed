// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Published solutions as the oracle: every one of them must be a plan that the checker accepts, at
// its published cost.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/instances/solution_file.h>

namespace roadgnn::io {
namespace {

const std::filesystem::path kInstances = std::filesystem::path(ROADGNN_TEST_DATA) / "instances";

std::vector<std::filesystem::path> files_in(const std::string& folder,
                                            const std::string& extension) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(kInstances / folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(kInstances / folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Instance instance_at(const std::filesystem::path& path) {
  return read_instance(read_file(path), path.filename().string());
}

// The figures of a solution file whose plan the checker accepts.
Figures checked_figures(const Instance& instance, const SolutionFile& solution,
                        const std::string& name) {
  const decode::Plan plan = plan_of_solution(instance, solution, name);
  const auto violations = decode::check(instance.problem, *instance.travel_times, plan);
  EXPECT_TRUE(violations.empty()) << name << ": " << violations.front();
  const Figures figures = evaluate(instance, plan);
  EXPECT_EQ(figures.unserved, 0) << name;
  return figures;
}

// The .sol files beside a set's instances.
void expect_published_costs(const std::string& folder) {
  const auto files = files_in(folder, ".sol");
  if (files.empty()) GTEST_SKIP() << "no " << folder << " under " << kInstances;
  for (std::filesystem::path path : files) {
    const SolutionFile solution = read_solution(read_file(path), path.filename().string());
    const Instance instance = instance_at(path.replace_extension(".vrp"));

    const Figures figures = checked_figures(instance, solution, path.filename().string());

    ASSERT_TRUE(solution.cost) << path;
    EXPECT_NEAR(figures.cost, *solution.cost, 1e-6) << path;
  }
}

TEST(BestKnown, CvrplibXAtPublishedCosts) {
  expect_published_costs("cvrplib_X");
}

TEST(BestKnown, BelgianXxlAtPublishedCosts) {
  expect_published_costs("XXL");
}

TEST(BestKnown, GehringHomberger1000AtDimacsCosts) {
  expect_published_costs("gh1000");
}

// Published in hundredths of the files' costs to two decimals, or, by PyVRP, with every line times
// 1,000 and rounded and fixed costs times 1,000.
TEST(BestKnown, MixedFleetsAtPublishedCosts) {
  const auto files = files_in("hfvrp", ".sol");
  if (files.empty()) GTEST_SKIP() << "no hfvrp under " << kInstances;
  for (std::filesystem::path path : files) {
    const SolutionFile solution = read_solution(read_file(path), path.filename().string());
    const Instance instance = instance_at(path.replace_extension(".vrp"));

    const Figures figures = checked_figures(instance, solution, path.filename().string());

    ASSERT_TRUE(solution.cost) << path;
    const double published = *solution.cost > 1e8 ? *solution.cost / 1'000 : *solution.cost * 100;
    EXPECT_NEAR(figures.cost, published, 1e-6 * published) << path;
  }
}

// SINTEF's files are named INSTANCE.VEHICLES_DISTANCE.txt.
TEST(BestKnown, SintefVehiclesAndDistances) {
  const auto files = files_in("best_known", ".txt");
  if (files.empty()) GTEST_SKIP() << "no best_known under " << kInstances;
  int seen = 0;
  for (const std::filesystem::path& path : files) {
    const std::string stem = path.stem().string();
    const std::string name = stem.substr(0, stem.find('.'));
    int vehicles = 0;
    double distance = 0;
    ASSERT_EQ(std::sscanf(stem.c_str() + name.size(), ".%d_%lf", &vehicles, &distance), 2) << stem;
    const auto file =
        kInstances / (name[0] == 'l' ? "lilim" : "gehring_homberger") / (name + ".txt");
    if (!std::filesystem::exists(file)) continue;
    const Instance instance = instance_at(file);
    const SolutionFile solution = read_solution(read_file(path), path.filename().string());

    const Figures figures = checked_figures(instance, solution, stem);

    EXPECT_EQ(instance.objective, Objective::vehicles);
    EXPECT_EQ(figures.vehicles, vehicles) << stem;
    EXPECT_NEAR(figures.cost, distance, 1e-4) << stem;
    ++seen;
  }
  EXPECT_GT(seen, 400);
}

// What is written reads back as the same routes at the same cost.
TEST(BestKnown, SolutionsSurviveWritingAndReading) {
  const auto files = files_in("hfvrp", ".sol");
  if (files.empty()) GTEST_SKIP() << "no hfvrp under " << kInstances;
  for (std::filesystem::path path : files) {
    const SolutionFile solution = read_solution(read_file(path), path.filename().string());
    const Instance instance = instance_at(path.replace_extension(".vrp"));
    const decode::Plan plan = plan_of_solution(instance, solution, "once.sol");
    std::ostringstream out;
    write_solution(out, instance, plan);

    const SolutionFile again = read_solution(out.str(), "again.sol");

    const decode::Plan plan_again = plan_of_solution(instance, again, "again.sol");
    ASSERT_EQ(plan_again.routes.size(), plan.routes.size());
    for (std::size_t i = 0; i < plan.routes.size(); ++i) {
      EXPECT_EQ(plan_again.routes[i].vehicle_type, plan.routes[i].vehicle_type);
      EXPECT_EQ(plan_again.routes[i].distance, plan.routes[i].distance);
    }
    EXPECT_NEAR(*again.cost, evaluate(instance, plan).cost, 1e-4);
  }
}

}  // namespace
}  // namespace roadgnn::io
