// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The route model refuses every wrong argument by one line.

#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/models/model_scorer.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/graph/error.h>

#include "small_model.h"

namespace roadgnn::gnn::models {
namespace {

using at::Tensor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

auto one_line(const std::string& part) {
  return ThrowsMessage<InputError>(AllOf(HasSubstr(part), ::testing::Not(HasSubstr("\n"))));
}

TEST(RouteModel, RefusesDaysWithWrongTensors) {
  RouteModel model(small_options());
  const DayTensors day = testing::city(1, 8).tensors(4);
  const auto expect = [&](const std::function<void(DayTensors&)>& spoil, const std::string& part) {
    for (const bool gradients : {false, true}) {
      const at::AutoGradMode mode(gradients);
      DayTensors spoilt = day;
      spoil(spoilt);
      EXPECT_THAT([&] { model->forward(spoilt); }, one_line(part));
    }
  };

  expect([](DayTensors& d) { d.stop = d.stop.slice(1, 1); }, "stop features: expected [");
  expect([](DayTensors& d) { d.stop = d.stop.slice(0, 1); }, "expected [");
  expect([](DayTensors& d) { d.stop = Tensor(); }, "found none");
  expect([](DayTensors& d) { d.stop = d.stop.to(at::kDouble); }, "found Double on cpu");
  expect([](DayTensors& d) { d.edge = d.edge.slice(0, 1); }, "edge features: expected [");
  expect([](DayTensors& d) { d.edge = d.edge.to(at::kMeta); }, "edge features: expected Float");
  expect([](DayTensors& d) { d.type = d.type.slice(1, 1); }, "type features: expected [");
  expect([](DayTensors& d) { d.tail = d.tail + 100; }, "tail: expected indices from 0 to ");
  expect([](DayTensors& d) { d.tail = d.tail.slice(0, 1); }, "tail: expected a contiguous");
  expect([](DayTensors& d) { d.fits = d.fits.to(at::kFloat); }, "fits: expected Bool on cpu");
  expect([](DayTensors& d) { d.fits = d.fits.slice(1, 1); }, "fits: expected [");
  expect([](DayTensors& d) { d.key = d.key.slice(0, 1); }, "keys: expected");
  expect([](DayTensors& d) { d.candidates.head = d.candidates.head + 100; }, "found ");
  expect([](DayTensors& d) { d.candidates.head = d.candidates.head.slice(0, 1); }, "first_out");
  expect([](DayTensors& d) { d.candidates = {}; }, "first_out");
}

TEST(RouteModel, RefusesAnEmbeddingOfOtherRoadsOrAnotherModel) {
  const at::NoGradGuard no_grad;
  RouteModel model(small_options());
  const testing::Day day = small_day();
  const graph::RoadGraph graph = make_grid(0, 0, 0);
  const auto positions = positions_on(graph);
  DayTensors tensors =
      make_day_tensors(day.problem, *day.travel_times, 0, day.travel_times->candidates(0, 3),
                       DayRoads{graph, positions});
  const RoadTensors roads = make_road_tensors(graph, 0);
  const Tensor embedding = model->encode_roads(roads);

  EXPECT_THAT([&] { model->forward(tensors, embedding.slice(1, 1)); }, one_line("embedding"));
  EXPECT_THAT([&] { model->forward(tensors, embedding.to(at::kDouble)); }, one_line("embedding"));
  EXPECT_THAT([&] { model->forward(tensors, embedding.slice(0, 0, 1)); },
              one_line("positions: expected one of 1 road edges"));
  EXPECT_THAT([&] { model->travel_factors(embedding, -1); }, one_line("hour"));
  EXPECT_THAT([&] { model->travel_factors(embedding.slice(1, 1), 8); }, one_line("embedding"));
  tensors.position.fraction = tensors.position.fraction.slice(0, 1);
  EXPECT_THAT([&] { model->forward(tensors, embedding); }, one_line("positions"));

  const auto expect = [&](const std::function<void(RoadTensors&)>& spoil, const std::string& part) {
    RoadTensors spoilt = roads;
    spoil(spoilt);
    EXPECT_THAT([&] { model->encode_roads(spoilt); }, one_line(part));
  };
  expect([](RoadTensors& r) { r.edge = r.edge.slice(1, 1); }, "edge features: expected [");
  expect([](RoadTensors& r) { r.turn = r.turn.slice(0, 1); }, "turn features: expected [");
  expect([](RoadTensors& r) { r.edge = r.edge.to(at::kDouble); }, "found Double on cpu");
  expect([](RoadTensors& r) { r.arriving = r.arriving.slice(0, 1); }, "arriving: expected");
  expect([](RoadTensors& r) { r.departing = r.departing + 100'000; },
         "departing: expected indices");
  expect([](RoadTensors& r) { r.graph = {}; }, "first_out");
}

TEST(RouteModel, RefusesOptionsThatMakeNone) {
  const auto expect = [](const std::function<void(RouteModelOptions&)>& spoil,
                         const std::string& part) {
    RouteModelOptions options = small_options();
    spoil(options);
    EXPECT_THAT([&] { RouteModel model(options); }, one_line(part));
  };

  expect([](RouteModelOptions& o) { o.stops.heads = 0; }, "options.heads: expected a whole number");
  expect([](RouteModelOptions& o) { o.stops.width = 17; }, "options.width: expected a multiple");
  expect([](RouteModelOptions& o) { o.stops.dropout = -1; }, "options.dropout");
  expect([](RouteModelOptions& o) { o.stops.expander_degree = 3; }, "options.expander_degree");
  expect([](RouteModelOptions& o) { o.roads.heads = 0; }, "options.road_heads");
  expect([](RouteModelOptions& o) { o.decoder_hidden = -4; }, "options.decoder_hidden");
  EXPECT_THAT([] { EdgeDecoder decoder(EdgeDecoderOptions{.width = 0}); }, one_line("width"));
  EXPECT_THAT([] { RoadEncoder encoder(RoadEncoderOptions{.heads = 0}); }, one_line("heads"));
  EXPECT_THAT([] { StopEncoder encoder(StopEncoderOptions{.bias_hidden = 0}); },
              one_line("bias_hidden"));
  EXPECT_THAT([] { TravelTimeHead head(8, 0); }, one_line("hidden"));
}

TEST(ModelScorer, RefusesRoomForOtherScoresAndDevicesThatAreNotThere) {
  RouteModel model(small_options());
  const testing::Day day = testing::city(6, 10);
  const auto candidates = day.travel_times->candidates(0, 3);
  std::vector<float> scores(candidates.head.size() + 1);

  EXPECT_THAT(
      [&] {
        make_model_scorer(model, *day.travel_times)->score(day.problem, 0, candidates, scores);
      },
      one_line("scores: expected room for"));
  if (at::hasCUDA()) return;
  ModelScorerOptions options;
  options.device = at::kCUDA;
  EXPECT_THAT([&] { make_model_scorer(model, *day.travel_times, options); }, one_line("cuda"));
}

}  // namespace
}  // namespace roadgnn::gnn::models
