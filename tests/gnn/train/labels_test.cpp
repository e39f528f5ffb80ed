// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/train/labels.h>

#include <cmath>

#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

using decode::StepKind;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;

// A depot at location 0 and four deliveries, at 1 .. 4, for two types of vehicles.
decode::Problem four_deliveries() {
  decode::Problem problem{.dimensions = {"load"}, .depots = {{.id = "depot", .location = 0}}};
  problem.num_locations = 5;
  for (std::int32_t i = 1; i < 5; ++i) {
    problem.orders.push_back({.id = std::to_string(i), .load = {1}});
    problem.orders.back().delivery = decode::Stop{.location = i};
  }
  problem.vehicle_types = {{.id = "a", .capacity = {4}}, {.id = "b", .capacity = {4}}};
  return problem;
}

decode::Step step_of(StepKind kind, std::int32_t location) {
  decode::Step step;
  step.kind = kind;
  step.location = location;
  if (kind == StepKind::delivery) step.order = location - 1;
  return step;
}

// A reload where a location is 0, a break where it is negative.
decode::Route route_of(std::int32_t type, const std::vector<std::int32_t>& locations) {
  decode::Route route;
  route.vehicle_type = type;
  route.steps.push_back(step_of(StepKind::start, 0));
  for (const std::int32_t location : locations) {
    route.steps.push_back(step_of(location > 0    ? StepKind::delivery
                                  : location == 0 ? StepKind::reload
                                                  : StepKind::rest,
                                  location));
  }
  route.steps.push_back(step_of(StepKind::end, 0));
  return route;
}

TEST(Labels, OfOnePlanAreItsEdgesEndsAndTypes) {
  decode::Plan plan;
  plan.routes = {route_of(0, {1, -1, 2, 0, 3}), route_of(1, {4})};
  plan.cost = 10;

  const Labels labels = label_by(four_deliveries(), std::vector{plan});

  EXPECT_THAT(labels.from, ElementsAre(0, 0, 0, 1, 2, 3, 4));
  EXPECT_THAT(labels.to, ElementsAre(1, 3, 4, 2, 0, 0, 0));
  EXPECT_THAT(labels.share, ElementsAre(1, 1, 1, 1, 1, 1, 1));
  EXPECT_THAT(labels.best, ElementsAre(1, 1, 1, 1, 1, 1, 1));
  EXPECT_THAT(labels.first, ElementsAre(0, 1, 0, 1, 1));
  EXPECT_THAT(labels.last, ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(labels.type, ElementsAre(0, 0, 1, 0, 1, 0, 1, 0, 0, 1));
}

TEST(Labels, WeighPlansByWhatTheyCostMoreThanTheBest) {
  decode::Plan best, second, unfinished;
  best.routes = {route_of(0, {1, 2, 3, 4})};
  best.cost = 100;
  second.routes = {route_of(0, {2, 1, 3, 4})};
  second.cost = 101;
  unfinished.routes = {route_of(0, {4, 3, 2})};
  unfinished.unserved.resize(1);
  unfinished.cost = 50;

  const Labels labels =
      label_by(four_deliveries(), std::vector{unfinished, second, best}, /*temperature=*/0.01);

  const float of_best = static_cast<float>(1 / (1 + std::exp(-1.0)));
  EXPECT_THAT(labels.from, ElementsAre(0, 0, 1, 1, 2, 2, 3, 4));
  EXPECT_THAT(labels.to, ElementsAre(1, 2, 2, 3, 1, 3, 4, 0));
  EXPECT_THAT(labels.best, ElementsAre(1, 0, 1, 0, 0, 1, 1, 1));
  EXPECT_THAT(labels.share, ElementsAre(FloatNear(of_best, 1e-6F), FloatNear(1 - of_best, 1e-6F),
                                        FloatNear(of_best, 1e-6F), FloatNear(1 - of_best, 1e-6F),
                                        FloatNear(1 - of_best, 1e-6F), FloatNear(of_best, 1e-6F),
                                        FloatNear(1, 1e-6F), FloatNear(1, 1e-6F)));
}

TEST(Labels, BothWaysGiveHalfOfEachEdgeAndEndToItsMirror) {
  decode::Plan plan;
  plan.routes = {route_of(0, {1, 2, 3})};

  const Labels labels = both_ways(label_by(four_deliveries(), std::vector{plan}));

  EXPECT_THAT(labels.from, ElementsAre(0, 0, 1, 1, 2, 2, 3, 3));
  EXPECT_THAT(labels.to, ElementsAre(1, 3, 0, 2, 1, 3, 0, 2));
  EXPECT_THAT(labels.share, Each(0.5F));
  EXPECT_THAT(labels.best, ElementsAre(1, 0, 0, 1, 0, 1, 1, 0));
  EXPECT_THAT(labels.first, ElementsAre(0, 0.5F, 0, 0.5F, 0));
  EXPECT_THAT(labels.last, ElementsAre(0, 0.5F, 0, 0.5F, 0));
}

TEST(Labels, OfARouteOfOneStopAreTheSameBothWays) {
  decode::Plan plan;
  plan.routes = {route_of(0, {1})};
  const Labels one_way = label_by(four_deliveries(), std::vector{plan});

  const Labels labels = both_ways(one_way);

  EXPECT_EQ(labels.from, one_way.from);
  EXPECT_EQ(labels.share, one_way.share);
  EXPECT_EQ(labels.first, one_way.first);
}

TEST(Labels, NeedAPlan) {
  EXPECT_THROW(label_by(four_deliveries(), {}), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::train
