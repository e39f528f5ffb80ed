// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/route_model.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/models/model_scorer.h>
#include <roadgnn/gnn/train/gradcheck.h>
#include <roadgnn/graph/error.h>
#include <unistd.h>

#include "small_model.h"

namespace roadgnn::gnn::models {
namespace {

using at::Tensor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

bool same_scores(const RouteScores& a, const RouteScores& b, double tolerance) {
  const auto close = [&](const Tensor& x, const Tensor& y) {
    return x.sizes() == y.sizes() && at::allclose(x, y, tolerance, tolerance);
  };
  return close(a.edge, b.edge) && close(a.first, b.first) && close(a.last, b.last) &&
         close(a.type, b.type);
}

TEST(RouteModel, HasTheSameWeightsAndScoresForASeed) {
  const at::NoGradGuard no_grad;
  const DayTensors day = testing::city(1, 50).tensors(8);
  RouteModelOptions options = small_options();
  RouteModel model(options), again(options);
  options.seed = 2;
  RouteModel other(options);

  const RouteScores scores = model->forward(day), same = again->forward(day);

  EXPECT_TRUE(at::equal(scores.edge, same.edge));
  EXPECT_TRUE(at::equal(scores.edge, model->forward(day).edge));
  EXPECT_FALSE(at::allclose(scores.edge, other->forward(day).edge));
}

TEST(RouteModel, FitsAFewMegabytesByDefault) {
  const RouteModel model;

  std::int64_t bytes = 0;
  for (const Tensor& weights : model->parameters()) bytes += weights.numel() * 4;

  EXPECT_LT(bytes, 4'000'000);
}

TEST(RouteModel, ScoresDoNotDependOnTheOrderOfTheInput) {
  const at::NoGradGuard no_grad;
  std::mt19937 random(1);
  RouteModel model(small_options());
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const testing::Day day = testing::city(seed, 60);
    std::vector<std::int32_t> place;
    const testing::Day other = testing::shuffled(day, random, place);

    const DayTensors a = day.tensors(10), b = other.tensors(10);
    const RouteScores scores = model->forward(a), moved = model->forward(b);

    const Tensor places = at::tensor(place, at::kInt).to(at::kLong);
    std::map<std::pair<std::int32_t, std::int32_t>, float> there;
    for (std::int64_t e = 0; e < b.num_edges(); ++e) {
      there[{b.tail[e].item<std::int32_t>(), b.candidates.head[e].item<std::int32_t>()}] =
          moved.edge[e].item<float>();
    }
    for (std::int64_t e = 0; e < a.num_edges(); ++e) {
      const auto tail = static_cast<std::size_t>(a.tail[e].item<std::int32_t>());
      const auto head = static_cast<std::size_t>(a.candidates.head[e].item<std::int32_t>());
      ASSERT_NEAR(scores.edge[e].item<float>(), there.at({place[tail], place[head]}), 1e-4);
    }
    EXPECT_TRUE(at::allclose(scores.first, moved.first.index_select(0, places), 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(scores.last, moved.last.index_select(0, places), 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(scores.type, moved.type.index_select(0, places), 1e-4, 1e-4));
  }
}

TEST(RouteModel, ScoresDoNotDependOnTheCitysPlaceOnTheMapOrDirection) {
  const at::NoGradGuard no_grad;
  RouteModel model(small_options());
  const testing::Day day = small_day();
  const auto scores_in = [&](const graph::RoadGraph& graph) {
    const auto positions = positions_on(graph);
    const Tensor roads = model->encode_roads(make_road_tensors(graph, 0));
    return model->forward(
        make_day_tensors(day.problem, *day.travel_times, 0, day.travel_times->candidates(0, 3),
                         DayRoads{graph, positions}),
        roads);
  };
  const RouteScores here = scores_in(make_grid(0, 0, 0));

  for (int quarters = 1; quarters < 4; ++quarters)
    EXPECT_TRUE(same_scores(here, scores_in(make_grid(quarters, 0, 0)), 1e-3)) << quarters;
  EXPECT_TRUE(same_scores(here, scores_in(make_grid(1, 700, -40)), 1e-3));
}

TEST(RouteModel, SeesWhereOnTheRoadsAStopLies) {
  const at::NoGradGuard no_grad;
  RouteModel model(small_options());
  const testing::Day day = small_day();
  const graph::RoadGraph graph = make_grid(0, 0, 0);
  const auto embed = [&](const std::vector<graph::Position>& positions) {
    const DayTensors tensors =
        make_day_tensors(day.problem, *day.travel_times, 0, day.travel_times->candidates(0, 3),
                         DayRoads{graph, positions});
    return model->road_encoder->embed(model->encode_roads(make_road_tensors(graph, 0)),
                                      tensors.position);
  };
  auto positions = positions_on(graph);
  const Tensor before = embed(positions);
  std::swap(positions[0].sides[0], positions[0].sides[1]);
  positions[2].sides[0].offset_cm += 1'000;

  const Tensor after = embed(positions);

  EXPECT_TRUE(at::allclose(before[0], after[0]));
  EXPECT_TRUE(at::allclose(before[1], after[1]));
  EXPECT_FALSE(at::allclose(before[2], after[2]));
  EXPECT_TRUE(at::equal(before[3], model->road_encoder->stand_in));
}

TEST(RouteModel, PassesGradientsToEveryParameter) {
  RouteModel model(small_options());
  {
    const at::NoGradGuard no_grad;
    model->travel_head->out->weight.fill_(0.1);
  }
  const testing::Day day = small_day();
  const graph::RoadGraph graph = make_grid(0, 0, 0);
  const auto positions = positions_on(graph);
  RoadTensorsOptions with_transpose;
  with_transpose.transpose = true;
  const DayTensors tensors =
      make_day_tensors(day.problem, *day.travel_times, 0, day.travel_times->candidates(0, 3),
                       DayRoads{graph, positions}, {1, true});
  const Tensor roads = model->encode_roads(make_road_tensors(graph, 0, with_transpose));

  const RouteScores scores = model->forward(tensors, roads);
  const Tensor types = scores.type.masked_fill(tensors.fits.logical_not(), 0);
  (scores.edge.square().sum() + scores.first.square().sum() + scores.last.square().sum() +
   types.square().sum() + model->travel_factors(roads, 8).square().sum())
      .backward();

  for (const auto& item : model->named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<float>(), 0) << item.key();
  }
}

TEST(RouteModel, HasTheDerivativesThatDifferencesShow) {
  RouteModelOptions options = small_options();
  options.stops.width = 4;
  options.stops.feed_forward = 6;
  options.stops.layers = 1;
  options.stops.global_tokens = 1;
  options.stops.bias_hidden = 3;
  options.decoder_hidden = 4;
  RouteModel model(options);
  model->to(at::kDouble);
  DayTensors day = small_day().tensors(2, true);
  day.type = day.type.to(at::kDouble);
  const auto graph = model->stop_encoder->attention_graph(day);
  const Tensor stop = day.stop.to(at::kDouble).set_requires_grad(true);
  const Tensor edge = day.edge.to(at::kDouble).set_requires_grad(true);

  const auto difference = train::gradcheck(
      [&](const std::vector<Tensor>& inputs) {
        DayTensors moved = day;
        moved.stop = inputs[0];
        moved.edge = inputs[1];
        const RouteScores scores = model->forward(moved, {}, graph);
        return at::cat({scores.edge, scores.first, scores.last, scores.type.flatten()});
      },
      {stop, edge});

  EXPECT_EQ(difference.value_or(""), "");
}

TEST(RoadEncoder, HasTheDerivativesThatDifferencesShow) {
  at::manual_seed(1);
  RouteModelOptions options = small_options();
  options.roads.width = 4;
  options.roads.layers = 1;
  options.roads.feed_forward = 5;
  RouteModel model(options);
  model->to(at::kDouble);
  {
    const at::NoGradGuard no_grad;
    model->travel_head->out->weight.fill_(0.3);
  }
  RoadTensorsOptions with_transpose;
  with_transpose.transpose = true;
  graph::testing::NetworkMaker maker;
  const auto a = maker.node(0, 0, 0), b = maker.node(1, 0, 0), c = maker.node(1, 1, 0);
  maker.street(a, b, 9'000);
  maker.one_way(b, c, 8'000);
  maker.street(c, a, 12'000);
  RoadTensors roads = make_road_tensors(maker.build(), 0, with_transpose);
  RoadPositions places{at::tensor({0, 1, 2, -1, -1, -1}, at::kLong).view({3, 2}),
                       at::full({3, 2}, 0.25)};
  const Tensor edge = roads.edge.to(at::kDouble).set_requires_grad(true);
  std::vector<Tensor> inputs{edge, roads.turn.to(at::kDouble).set_requires_grad(true)};
  for (const Tensor& weights : model->road_encoder->parameters()) inputs.push_back(weights);
  for (const Tensor& weights : model->travel_head->parameters()) inputs.push_back(weights);

  const auto difference = train::gradcheck(
      [&](const std::vector<Tensor>& in) {
        RoadTensors moved = roads;
        moved.edge = in[0];
        moved.turn = in[1];
        const Tensor embedding = model->encode_roads(moved);
        return at::cat({model->travel_factors(embedding, 7.5),
                        model->road_encoder->embed(embedding, places).flatten()});
      },
      inputs);

  EXPECT_EQ(difference.value_or(""), "");
}

TEST(RouteModel, ScoresInBlocksAsItDoesAtOnce) {
  RouteModel model(small_options());
  model->eval();
  const DayTensors day = testing::city(4, 900).tensors(20, true);
  ASSERT_GT(day.num_edges(), 17'000);

  const RouteScores whole = model->forward(day);
  const at::NoGradGuard no_grad;
  const RouteScores blocks = model->forward(day);

  EXPECT_FALSE(blocks.edge.requires_grad());
  EXPECT_TRUE(same_scores(whole, blocks, 1e-5));
}

TEST(RouteModel, ScoresOneOrderOnesWithoutCandidatesAndOnesWithoutWindows) {
  const at::NoGradGuard no_grad;
  for (const Attention attention : {Attention::sparse, Attention::full}) {
    RouteModelOptions options = small_options();
    options.stops.attention = attention;
    RouteModel model(options);
    testing::Day no_windows = testing::city(1, 20);
    testing::for_each_stop(no_windows.problem, [](decode::Stop& stop) { stop.windows.clear(); });
    no_windows.problem.depots[0].window = {};
    for (decode::VehicleType& type : no_windows.problem.vehicle_types) type.shift = {};

    for (const DayTensors& day :
         {testing::city(1, 1).tensors(32), testing::city(1, 5).tensors(0), no_windows.tensors(4)}) {
      const RouteScores scores = model->forward(day);

      EXPECT_EQ(scores.edge.numel(), day.num_edges());
      for (const Tensor& part : {scores.edge, scores.first, scores.last, scores.type})
        EXPECT_TRUE(part.isfinite().all().item<bool>());
    }
  }
}

TEST(RouteModel, ScoresOnAGpuAsOnTheCpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU, or LibTorch without its CUDA part";
  const at::NoGradGuard no_grad;
  RouteModel model(small_options());
  const DayTensors day = testing::city(8, 300).tensors(12);
  const RoadTensors roads = make_road_tensors(make_grid(0, 0, 0), 0);
  const RouteScores expected = model->forward(day);
  const Tensor expected_roads = model->encode_roads(roads);
  model->to(at::kCUDA);

  const RouteScores scores = model->forward(day.to(at::kCUDA));

  EXPECT_TRUE(
      same_scores({scores.edge.cpu(), scores.first.cpu(), scores.last.cpu(), scores.type.cpu()},
                  expected, 1e-3));
  EXPECT_TRUE(
      at::allclose(model->encode_roads(roads.to(at::kCUDA)).cpu(), expected_roads, 1e-3, 1e-3));
}

TEST(RouteModel, LeavesTravelTimesAsTheyAreBeforeTrainingAndPositiveAfterwards) {
  RouteModel model(small_options());
  const at::NoGradGuard no_grad;
  const Tensor roads = model->encode_roads(make_road_tensors(make_grid(0, 0, 0), 0));
  const Tensor before = model->travel_factors(roads, 7.5);
  model->travel_head->out->weight.copy_(at::linspace(-3, 4, 32).view({1, 32}));

  const Tensor after = model->travel_factors(roads, 7.5), later = model->travel_factors(roads, 20);

  EXPECT_TRUE(at::equal(before, at::ones_like(before)));
  EXPECT_GT(after.min().item<float>(), 0.1);
  EXPECT_LT(after.max().item<float>(), 8);
  EXPECT_FALSE(at::allclose(after, later));
}

TEST(RouteModel, SeparatesTypesThatCannotServeAStop) {
  const at::NoGradGuard no_grad;
  testing::Day day = testing::city(1, 10);
  for (decode::Order& order : day.problem.orders) order.needs = {0};
  RouteModel model(small_options());

  const Tensor type = model->forward(day.tensors(4)).type;

  EXPECT_LT(type[3][0].item<float>(), -9'000);
  EXPECT_GT(type[3][2].item<float>(), -100);
}

TEST(ModelScorer, WritesTheModelsScores) {
  RouteModel model(small_options());
  const testing::Day day = testing::city(6, 40);
  const auto candidates = day.travel_times->candidates(0, 6);
  std::vector<float> scores(candidates.head.size());
  const auto scorer = make_model_scorer(model, *day.travel_times);

  scorer->score(day.problem, 0, candidates, scores);

  const at::NoGradGuard no_grad;
  const Tensor expected = model->forward(day.tensors(6)).edge;
  EXPECT_TRUE(at::equal(at::tensor(scores), expected));
  EXPECT_EQ(scorer->name(), "model");
}

TEST(ModelScorer, UsesTheRoadsOfACityDay) {
  RouteModel model(small_options());
  const testing::Day day = small_day();
  const auto graph = std::make_shared<graph::RoadGraph>(make_grid(0, 0, 0));
  const auto candidates = day.travel_times->candidates(0, 3);
  std::vector<float> with(candidates.head.size()), without(candidates.head.size());
  ModelScorerOptions options;
  options.roads = ScorerRoads{graph, {0}, {positions_on(*graph)}};

  make_model_scorer(model, *day.travel_times, options)->score(day.problem, 0, candidates, with);
  make_model_scorer(model, *day.travel_times)->score(day.problem, 0, candidates, without);

  EXPECT_NE(with, without);
  EXPECT_THAT(
      [&] {
        make_model_scorer(model, *day.travel_times, options)
            ->score(day.problem, 1, candidates, with);
      },
      ThrowsMessage<InputError>(HasSubstr("expected roads of profile 1")));
}

class SavedModel : public ::testing::Test {
 protected:
  SavedModel()
      : path(::testing::TempDir() + "route_model_test_" + std::to_string(::getpid()) +
             ".safetensors") {}
  ~SavedModel() override { std::filesystem::remove(path); }

  std::string path;
};

TEST_F(SavedModel, ComesBackWithItsOptionsAndScores) {
  RouteModelOptions options = small_options();
  options.stops.attention = Attention::full;
  options.stops.dropout = 0.25;
  options.seed = 77;
  RouteModel model(options);
  model->eval();
  const DayTensors day = testing::city(1, 30).tensors(5);

  save_model(path, model, {{"trained_on", "nothing"}});
  RouteModel loaded = load_model(path);

  const at::NoGradGuard no_grad;
  EXPECT_EQ(format_options(loaded->options), format_options(model->options));
  EXPECT_TRUE(at::equal(loaded->forward(day).edge, model->forward(day).edge));
  EXPECT_EQ(train::read_safetensors(path).metadata.at("trained_on"), "nothing");
}

TEST_F(SavedModel, OfAnotherKindIsRefusedWithOneLine) {
  const auto expect = [&](const train::Safetensors& contents, const std::string& message) {
    train::write_safetensors(path, contents);
    EXPECT_THAT([&] { load_model(path); },
                ThrowsMessage<InputError>(AllOf(HasSubstr(path), HasSubstr(message))));
  };
  save_model(path, RouteModel(small_options()));
  const train::Safetensors good = train::read_safetensors(path);
  train::Safetensors other = good;

  expect({{{"weight", at::zeros({2})}}, {}}, "format: expected 'roadgnn route model', found none");
  other.metadata["version"] = "99";
  expect(other, "version: expected 2, found 99");
  other = good;
  other.tensors.erase("decoder.tail.weight");
  expect(other, "\"decoder.tail.weight\": expected");
  other = good;
  other.tensors["decoder.tail.weight"] = at::zeros({3, 3});
  expect(other, "\"decoder.tail.weight\": expected");
  other = good;
  other.metadata["options"] = "{";
  expect(other, "options: expected a JSON object");
  RouteModelOptions large;
  large.stops.width = 4096;
  large.stops.layers = 64;
  large.stops.feed_forward = 16384;
  other.metadata["options"] = format_options(large);
  expect(other, "expected the weights of a model of width 4096 and 64 layers");
}

TEST_F(SavedModel, CutShortIsRefusedWithOneLine) {
  save_model(path, RouteModel(small_options()));
  const auto size = std::filesystem::file_size(path);
  for (const auto kept : {std::uintmax_t{0}, std::uintmax_t{7}, size / 2, size - 1}) {
    std::filesystem::resize_file(path, kept);

    EXPECT_THAT([&] { load_model(path); }, ThrowsMessage<InputError>(HasSubstr(path)));

    save_model(path, RouteModel(small_options()));
  }
}

TEST(RouteModelOptions, AreRefusedWhereTheyMakeNoModel) {
  const auto expect = [](const std::string& name, const std::string& value,
                         const std::string& message) {
    std::string json = format_options(RouteModelOptions());
    const auto at = json.find("\"" + name + "\":");
    const auto end = json.find_first_of(",}", at);
    json.replace(at, end - at, "\"" + name + "\":" + value);
    EXPECT_THAT([&] { parse_options(json, "file"); },
                ThrowsMessage<InputError>(HasSubstr(message)));
  };

  expect("width", "129", "file: options.width: expected a multiple of the heads");
  expect("width", "-1", "file: options.width: expected a whole number from 1 to 4096, found -1");
  expect("width", "1e99", "file: options.width: expected a whole number");
  expect("layers", "\"3\"", "file: options.layers: expected a whole number from 1 to 64");
  expect("dropout", "1", "file: options.dropout: expected a number from 0 to below 1");
  expect("attention", "\"half\"", "file: options.attention: expected sparse or full");
  expect("expander_degree", "3", "file: options.expander_degree: expected an even number");
  expect("seed", "1,\"colour\":2", "file: options.colour: expected no such field");
}

}  // namespace
}  // namespace roadgnn::gnn::models
