// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <roadgnn/gnn/train/data_set.h>

#include <filesystem>
#include <fstream>

#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kRecipe = R"({"seed": 3, "plans_per_problem": 2, "iterations_per_stop": 5,
  "problems_per_shard": 2, "sources": [{"kind": "plane", "count": 5, "least_stops": 20, "most_stops": 30}]})";

class DataSetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("roadgnn_data_set_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void make(const char* recipe = kRecipe, const LabellingOptions& options = {}) const {
    make_data_set(folder_, recipe, "recipe.json", options);
  }

  std::string bytes(int shard) const {
    return io::read_file(folder_ / ("shard-0000" + std::to_string(shard) + ".safetensors"));
  }

  fs::path folder_;
};

TEST_F(DataSetTest, GivesBackProblemsAndTheirLabels) {
  make();

  const DataSet data(folder_);

  ASSERT_EQ(data.size(), 5);
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const TrainingProblem problem = data.problem(i);
    const Labels& labels = data.labelled(i).labels;
    EXPECT_EQ(data.labelled(i).index, i);
    EXPECT_EQ(data.labelled(i).costs.size(), 2U);
    EXPECT_EQ(labels.first.size(), static_cast<std::size_t>(problem.problem.num_locations));
    // Every stop is left once in every plan, whose weights sum to one.
    std::vector<double> out(labels.first.size(), 0);
    for (std::size_t e = 0; e < labels.from.size(); ++e)
      out[static_cast<std::size_t>(labels.from[e])] += static_cast<double>(labels.share[e]);
    for (std::size_t stop = problem.problem.depots.size(); stop < out.size(); ++stop)
      EXPECT_NEAR(out[stop], 1, 1e-5);
  }
}

TEST_F(DataSetTest, IsTheSameBytesForARecipeAndGoesOnWhereItWasInterrupted) {
  make();
  const std::string first = bytes(0), last = bytes(2);
  fs::remove(folder_ / "shard-00000.safetensors");
  std::ofstream(folder_ / "shard-00002.safetensors") << "half";

  make(kRecipe, {.threads = 2});

  EXPECT_EQ(bytes(0), first);
  EXPECT_EQ(bytes(2), last);
}

TEST_F(DataSetTest, KeepsAnotherRecipesDataApart) {
  make();

  EXPECT_THAT([&] { make(R"({"sources": [{"kind": "plane", "count": 1}]})"); },
              ThrowsMessage<InputError>(HasSubstr("found another recipe.json")));
}

TEST_F(DataSetTest, RefusesDamagedMissingAndForeignShards) {
  make();
  std::string damaged = bytes(1);
  damaged[damaged.size() - 3] ^= 1;
  std::ofstream(folder_ / "shard-00001.safetensors") << damaged;
  EXPECT_THAT(
      [&] { DataSet data(folder_); },
      ThrowsMessage<InputError>(HasSubstr("shard-00001.safetensors: expected the checksum")));

  fs::remove(folder_ / "shard-00001.safetensors");
  EXPECT_THAT([&] { DataSet data(folder_); },
              ThrowsMessage<InputError>(HasSubstr("shard-00001.safetensors: expected a shard")));

  write_safetensors(folder_ / "shard-00001.safetensors", {});
  EXPECT_THAT([&] { DataSet data(folder_); },
              ThrowsMessage<InputError>(HasSubstr("found no kind")));
}

TEST_F(DataSetTest, NoticesAProblemThatIsNoLongerTheSame) {
  make();
  std::string other = kRecipe;
  other.replace(other.find("\"seed\": 3"), 9, "\"seed\": 4");
  std::ofstream(folder_ / "recipe.json") << other;

  const DataSet data(folder_);

  EXPECT_THAT([&] { data.problem(0); }, ThrowsMessage<InputError>(HasSubstr("plane 0: expected")));
}

TEST(Recipe, SaysWhatIsWrongAndWhere) {
  const auto expect = [](const char* text, const char* message) {
    EXPECT_THAT([&] { read_recipe(text, "r.json"); }, ThrowsMessage<InputError>(HasSubstr(message)))
        << text;
  };
  expect(R"({})", "sources: expected a list");
  expect(R"({"sources": [{"kind": "plain", "count": 1}]})", "sources[0].kind: expected plane");
  expect(R"({"sources": [{"kind": "plane"}]})", "sources[0].count");
  expect(R"({"sources": [{"kind": "plane", "count": 1, "style": "uchao"}]})",
         "sources[0].style: expected mixed, uchoa or long_routes, found 'uchao'");
  expect(R"({"sources": [{"kind": "instances", "instances": "a", "objective": "short"}]})",
         "sources[0].objective: expected rounded, dimacs, exact or vehicles, found 'short'");
  expect(R"({"sources": [{"kind": "plane", "count": 1, "least_stops": 50, "most_stops": 20}]})",
         "sources[0].most_stops: expected at least 50, found 20");
  expect(R"({"sources": [{"kind": "city", "count": 1}]})", "sources[0].city");
  expect(R"({"seeds": 1, "sources": [{"kind": "plane", "count": 1}]})", "seeds");
}

}  // namespace
}  // namespace roadgnn::gnn::train
