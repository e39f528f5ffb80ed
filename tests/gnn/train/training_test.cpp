// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <limits>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/train/mixed_precision.h>
#include <roadgnn/gnn/train/schedule.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/sgd.h>

namespace roadgnn::gnn::train {
namespace {

using at::Tensor;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(AutocastGuard, NarrowsProductsWhileItLivesAndNests) {
  const Tensor a = at::ones({2, 2});
  {
    const AutocastGuard narrow(at::kCPU, at::kBFloat16);
    EXPECT_EQ(a.mm(a).scalar_type(), at::kBFloat16);
    {
      const AutocastGuard wide(at::kCPU, at::kBFloat16, /*enabled=*/false);
      EXPECT_EQ(a.mm(a).scalar_type(), at::kFloat);
    }
    EXPECT_EQ(a.mm(a).scalar_type(), at::kBFloat16);
  }

  EXPECT_EQ(a.mm(a).scalar_type(), at::kFloat);
  EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
}

struct Problem {
  Tensor weight = at::ones({3}).requires_grad_();
  torch::optim::SGD optimizer{std::vector<Tensor>{weight}, torch::optim::SGDOptions(0.5)};

  bool step(GradScaler& scaler, double factor) {
    optimizer.zero_grad();
    scaler.scale((weight * factor).sum()).backward();
    const bool stepped = scaler.step(optimizer);
    scaler.update();
    return stepped;
  }
};

TEST(GradScaler, StepsAsWithoutItsScale) {
  Problem problem;
  GradScaler scaler;

  EXPECT_TRUE(problem.step(scaler, 0.25));

  EXPECT_TRUE(at::allclose(problem.weight, at::full({3}, 1 - 0.5 * 0.25)));
}

TEST(GradScaler, LeavesOutAStepWithInfinitiesAndHalvesItsScale) {
  Problem problem;
  GradScaler scaler({.init_scale = 1024});

  EXPECT_FALSE(problem.step(scaler, std::numeric_limits<double>::infinity()));

  EXPECT_TRUE(problem.weight.equal(at::ones({3})));
  EXPECT_EQ(scaler.current_scale(), 512);
}

TEST(GradScaler, SaysThatTrainingDivergedWhereNoScaleHelps) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Problem problem;
  GradScaler scaler({.init_scale = 2});

  EXPECT_FALSE(problem.step(scaler, kNan));
  EXPECT_TRUE(scaler.is_least());
  EXPECT_THAT([&] { problem.step(scaler, kNan); },
              ThrowsMessage<Error>(HasSubstr("not finite at any scale down to 1")));

  EXPECT_TRUE(problem.weight.equal(at::ones({3})));
  EXPECT_EQ(scaler.current_scale(), 1);
  EXPECT_TRUE(problem.step(scaler, 1));  // what fits is still learned from
}

TEST(GradScaler, DoublesItsScaleAfterGoodStepsAndIsRestored) {
  Problem problem;
  GradScaler scaler({.init_scale = 8, .growth_interval = 3}),
      other({.init_scale = 8, .growth_interval = 3});
  problem.step(scaler, 1);
  problem.step(scaler, 1);
  EXPECT_EQ(scaler.current_scale(), 8);

  other.set_state(scaler.state());
  problem.step(other, 1);

  EXPECT_EQ(other.current_scale(), 16);
}

TEST(GradScaler, RefusesAWrongOrderOfCallsAndWrongOptions) {
  Problem problem;
  GradScaler scaler;
  EXPECT_THROW(scaler.update(), InputError);
  EXPECT_THROW(scaler.step(problem.optimizer), InputError);  // no gradients
  scaler.scale(problem.weight.sum()).backward();
  scaler.unscale(problem.optimizer);
  EXPECT_THROW(scaler.unscale(problem.optimizer), InputError);
  EXPECT_THROW(GradScaler({.backoff_factor = 2}), InputError);
  EXPECT_THROW(GradScaler({.growth_interval = 0}), InputError);
  EXPECT_THROW(GradScaler({.init_scale = 0.5}), InputError);
}

TEST(GradScaler, PassesEverythingThroughWhereSwitchedOff) {
  Problem problem;
  GradScaler scaler({.enabled = false});

  EXPECT_TRUE(problem.step(scaler, 1));

  EXPECT_EQ(scaler.current_scale(), 1);
  EXPECT_TRUE(at::allclose(problem.weight, at::full({3}, 0.5)));
}

TEST(WarmUpCosine, RisesLinearlyAndFallsAlongHalfACosine) {
  const WarmUpCosine rate{.peak = 2, .floor = 1, .warm_up = 4, .total = 12};

  EXPECT_DOUBLE_EQ(rate.at(0), 0.5);
  EXPECT_DOUBLE_EQ(rate.at(3), 2);
  EXPECT_DOUBLE_EQ(rate.at(4), 2);
  EXPECT_DOUBLE_EQ(rate.at(6), 1.5 + 0.5 * std::sqrt(0.5));
  EXPECT_DOUBLE_EQ(rate.at(8), 1.5);
  EXPECT_DOUBLE_EQ(rate.at(12), 1);
  EXPECT_DOUBLE_EQ(rate.at(1000), 1);
  EXPECT_THROW(rate.at(-1), InputError);
  EXPECT_THROW((WarmUpCosine{.warm_up = 3, .total = 2}.at(0)), InputError);
}

TEST(WarmUpCosine, SetsTheRateOfAnOptimizer) {
  Problem problem;

  set_learning_rate(problem.optimizer, 0.125);

  EXPECT_EQ(problem.optimizer.param_groups()[0].options().get_lr(), 0.125);
}

TEST(GradientAccumulation, OfThreeBatchesIsOneStepOnTheirMean) {
  Problem problem;
  GradientAccumulation accumulation(3);
  int steps = 0;

  for (const double factor : {1.0, 2.0, 6.0}) {
    ((problem.weight * factor).sum() * accumulation.share()).backward();
    if (accumulation.due()) {
      problem.optimizer.step();
      ++steps;
    }
  }

  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(at::allclose(problem.weight, at::full({3}, 1 - 0.5 * 3)));
  EXPECT_THROW(GradientAccumulation(0), InputError);
}

TEST(MovingAverage, FollowsItsFormulaAndLeavesTheModuleAlone) {
  torch::nn::Linear module(2, 1), target(2, 1);
  MovingAverage average(*module, 0.5);
  const at::NoGradGuard no_grad;
  double expected = module->bias.item<float>();
  for (int step = 0; step < 8; ++step) {
    module->bias.fill_(step);
    average.update(*module);
    const double decay = std::min(0.5, (1.0 + step) / (10.0 + step));
    expected = decay * expected + (1 - decay) * step;
  }

  average.copy_to(*target);

  EXPECT_NEAR(target->bias.item<float>(), expected, 1e-5);
  EXPECT_EQ(module->bias.item<float>(), 7);
  EXPECT_THROW(MovingAverage(*module, 1), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::train
