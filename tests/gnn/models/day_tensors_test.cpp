// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/day_tensors.h>

#include <cmath>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/graph/error.h>

#include "days.h"

namespace roadgnn::gnn::models {
namespace {

using at::Tensor;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

float value(const DayTensors& day, std::int64_t edge, EdgeFeature feature) {
  return day.edge[edge][static_cast<std::int64_t>(feature)].item<float>();
}

float value(const DayTensors& day, std::int64_t stop, StopFeature feature) {
  return day.stop[stop][static_cast<std::int64_t>(feature)].item<float>();
}

/// The edge from one location to another in `day`, -1 where there is none.
std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> edges_of(const DayTensors& day) {
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> edges;
  const auto* tail = day.tail.const_data_ptr<std::int32_t>();
  const auto* head = day.candidates.head.const_data_ptr<std::int32_t>();
  for (std::int64_t e = 0; e < day.num_edges(); ++e) edges[{tail[e], head[e]}] = e;
  return edges;
}

/// [m] the edge of `other` that each edge of `day` is, under new names.
Tensor edge_map(const DayTensors& day, const DayTensors& other,
                const std::vector<std::int32_t>& place) {
  const auto there = edges_of(other);
  std::vector<std::int64_t> map(static_cast<std::size_t>(day.num_edges()));
  for (const auto& [ends, edge] : edges_of(day)) {
    map[static_cast<std::size_t>(edge)] = there.at({place[static_cast<std::size_t>(ends.first)],
                                                    place[static_cast<std::size_t>(ends.second)]});
  }
  return at::tensor(map, at::kLong);
}

TEST(DayTensors, AreFiniteForEveryKindOfProblem) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const testing::Day day = testing::rich(seed, 8);

    const DayTensors tensors = day.tensors(4);

    for (const Tensor& features : {tensors.stop, tensors.edge, tensors.type}) {
      ASSERT_TRUE(features.isfinite().all().item<bool>()) << "seed " << seed;
      if (features.numel() > 0) {
        ASSERT_LE(features.abs().max().item<float>(), 1000) << "seed " << seed;
      }
    }
  }
}

TEST(DayTensors, DoNotDependOnTheOrderOfLocationsAndOrders) {
  std::mt19937 random(1);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const testing::Day day = testing::rich(seed, 8);
    std::vector<std::int32_t> place;
    const testing::Day other = testing::shuffled(day, random, place);

    const DayTensors a = day.tensors(1000), b = other.tensors(1000);

    const Tensor places = at::tensor(place, at::kInt).to(at::kLong);
    ASSERT_TRUE(at::equal(a.stop, b.stop.index_select(0, places))) << "seed " << seed;
    ASSERT_TRUE(at::equal(a.edge, b.edge.index_select(0, edge_map(a, b, place))));
    ASSERT_TRUE(at::equal(a.fits, b.fits.index_select(0, places)));
    ASSERT_TRUE(at::equal(a.key, b.key.index_select(0, places)));
    ASSERT_TRUE(at::equal(a.type, b.type));
  }
}

TEST(DayTensors, GiveDifferentStopsDifferentKeys) {
  const DayTensors day = testing::city(3, 500).tensors(8);

  const Tensor keys = std::get<0>(at::_unique(day.key));

  EXPECT_EQ(keys.numel(), day.num_stops());
}

TEST(DayTensors, DoNotDependOnTheHourAtWhichTheDayBegins) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    testing::Day day = testing::rich(seed, 8);
    const DayTensors before = day.tensors(5);
    testing::for_each_moment(day.problem, [](std::int64_t& time) { time += 86'400'000; });

    const DayTensors after = day.tensors(5);

    ASSERT_TRUE(at::equal(before.stop, after.stop)) << "seed " << seed;
    ASSERT_TRUE(at::equal(before.edge, after.edge)) << "seed " << seed;
    ASSERT_TRUE(at::equal(before.type, after.type)) << "seed " << seed;
  }
}

TEST(DayTensors, DoNotDependOnTheUnitsOfTimeLengthAndLoad) {
  constexpr std::int64_t kTime = 1000, kLength = 7, kLoad = 11;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    testing::Day day = testing::rich(seed, 8);
    const DayTensors before = day.tensors(5);
    std::vector<std::int32_t> same(static_cast<std::size_t>(day.problem.num_locations));
    std::iota(same.begin(), same.end(), 0);
    day.travel_times = testing::renamed(*day.travel_times, same, kTime, kLength);
    const auto scale = [&](std::int64_t& value, std::int64_t factor) {
      if (value < decode::kNoLimit && value > -decode::kNoLimit) value *= factor;
    };
    testing::for_each_moment(day.problem, [&](std::int64_t& time) { time *= kTime; });
    testing::for_each_stop(day.problem, [&](decode::Stop& stop) {
      stop.service *= kTime;
      stop.setup *= kTime;
    });
    for (decode::Order& order : day.problem.orders) {
      scale(order.max_ride, kTime);
      for (std::int64_t& load : order.load) load *= kLoad;
      for (std::int64_t& load : order.collect) load *= kLoad;
    }
    for (decode::VehicleType& type : day.problem.vehicle_types) {
      for (std::int64_t& capacity : type.capacity) capacity *= kLoad;
      scale(type.max_driving, kTime);
      scale(type.max_distance, kLength);
      type.cost_per_distance /= kLength;
      type.cost_per_time /= kTime;
      type.cost_per_driving /= kTime;
    }

    const DayTensors after = day.tensors(5);

    EXPECT_TRUE(at::allclose(before.stop, after.stop, 1e-4, 1e-4)) << "seed " << seed;
    EXPECT_TRUE(at::allclose(before.edge, after.edge, 1e-4, 1e-4)) << "seed " << seed;
    EXPECT_TRUE(at::allclose(before.type, after.type, 1e-4, 1e-4)) << "seed " << seed;
  }
}

TEST(DayTensors, AreTheSameForAnyNumberOfThreads) {
  const testing::Day day = testing::city(5, 3000);

  const DayTensors one = day.tensors(16, false, 1), four = day.tensors(16, false, 4);

  EXPECT_TRUE(at::equal(one.stop, four.stop));
  EXPECT_TRUE(at::equal(one.edge, four.edge));
}

/// A depot and three stops on a line, 10 apart; vehicles of 10 that work from 100 to 200.
testing::Day line() {
  testing::Day day;
  decode::Problem& problem = day.problem;
  problem.dimensions = {"load"};
  problem.depots.push_back({"depot", 0, {100, 200}});
  for (std::int32_t i = 1; i <= 3; ++i) {
    decode::Order order;
    order.id = std::to_string(i);
    order.delivery = decode::Stop{};
    order.delivery->location = i;
    order.delivery->service = 2;
    order.load = {i};
    problem.orders.push_back(order);
  }
  problem.orders[0].delivery->windows = {{150, 160}};
  problem.orders[1].delivery->windows = {{100, 120}};
  problem.num_locations = 4;
  decode::VehicleType type;
  type.capacity = {10};
  problem.vehicle_types.push_back(type);
  std::vector<graph::Coordinate> points;
  for (int i = 0; i < 4; ++i) points.push_back({10.0 * i, 0});
  day.travel_times = std::make_shared<graph::CoordinateTravelTimes>(
      points, 1, std::vector<double>{1}, graph::Rounding::nearest);
  return day;
}

TEST(DayTensors, TellWindowsAndWaysOfALineOfStops) {
  const DayTensors day = line().tensors(3);
  const auto edges = edges_of(day);
  constexpr float kT = 20, kH = 100;  // six edges of 10, four of 20, two of 30

  EXPECT_FLOAT_EQ(value(day, 0, StopFeature::depot), 1);
  EXPECT_FLOAT_EQ(value(day, 1, StopFeature::open), 50 / kH);
  EXPECT_FLOAT_EQ(value(day, 2, StopFeature::close), 20 / kH);
  EXPECT_FLOAT_EQ(value(day, 2, StopFeature::reach_open), 20 / kH);
  EXPECT_FLOAT_EQ(value(day, 3, StopFeature::reach_open), 30 / kH);
  EXPECT_FLOAT_EQ(value(day, 3, StopFeature::reach_close), 68 / kH);
  EXPECT_FLOAT_EQ(value(day, 3, StopFeature::from_depot), std::asinh(30 / kT));
  EXPECT_FLOAT_EQ(value(day, 3, StopFeature::load_of_largest), std::asinh(0.3F));
  EXPECT_FLOAT_EQ(value(day, 3, StopFeature::depot_rank), 0.75F);
  // From 2 (served by 120) to 1 (from 150): 120 + 2 + 10 is 18 too early, at best.
  EXPECT_FLOAT_EQ(value(day, edges.at({2, 1}), EdgeFeature::waiting), std::asinh(18 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({2, 1}), EdgeFeature::slack), std::asinh(28 / kT));
  // From 1 (not before 150) to 2 (until 120): 150 + 2 + 10 is 42 late.
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::lateness), std::asinh(42 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::in_time), 0);
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::late_slack), -std::asinh(52 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::centre_gap), -std::asinh(47 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::late_slack_of_day), -52 / kH);
  EXPECT_FLOAT_EQ(value(day, edges.at({1, 2}), EdgeFeature::centre_gap_of_day), -47 / kH);
  EXPECT_FLOAT_EQ(value(day, edges.at({2, 1}), EdgeFeature::late_slack_of_day), 28 / kH);
  EXPECT_FLOAT_EQ(value(day, edges.at({2, 1}), EdgeFeature::centre_gap_of_day), 23 / kH);
  // 30 to the depot and 20 from it make 50; 10 between them: a saving of 40.
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 2}), EdgeFeature::saving), std::asinh(40 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 2}), EdgeFeature::depot_angle), 1);
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 2}), EdgeFeature::load_fit), std::asinh(0.5F));
}

std::int64_t rank_of(float feature) {
  return std::lround(std::exp(feature * std::log(33.0)) - 1);
}

TEST(DayTensors, RankByWaitingAndBySavingsOnALineOfStops) {
  const DayTensors day = line().tensors(3);
  const auto edges = edges_of(day);
  const auto rank = [&](std::int32_t tail, std::int32_t head, EdgeFeature feature) {
    return rank_of(value(day, edges.at({tail, head}), feature));
  };
  constexpr float kT = 20;

  // On from the depot at 100: at 2 after 20, at 3 after 30, at 1 after 10 and 40 of waiting.
  EXPECT_EQ(rank(0, 2, EdgeFeature::tail_wait_rank), 0);
  EXPECT_EQ(rank(0, 3, EdgeFeature::tail_wait_rank), 1);
  EXPECT_EQ(rank(0, 1, EdgeFeature::tail_wait_rank), 2);
  // On to 1, from 150: from 3 without waiting, 20; from 2 with 18, 28; from the depot 50.
  EXPECT_EQ(rank(3, 1, EdgeFeature::head_wait_rank), 0);
  EXPECT_EQ(rank(2, 1, EdgeFeature::head_wait_rank), 1);
  EXPECT_EQ(rank(0, 1, EdgeFeature::head_wait_rank), 2);
  // On to 2, until 120: from 3 it is 10 and 22 late, from 1 it is 10 and 42 late.
  EXPECT_EQ(rank(0, 2, EdgeFeature::head_wait_rank), 0);
  EXPECT_EQ(rank(3, 2, EdgeFeature::head_wait_rank), 1);
  EXPECT_EQ(rank(1, 2, EdgeFeature::head_wait_rank), 2);
  // Savings from 3: 40 to 2, 20 to 1, none to the depot; those of 1: 20, 20, none.
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 2}), EdgeFeature::tail_saving_gap), 0);
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 1}), EdgeFeature::tail_saving_gap), std::asinh(20 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 0}), EdgeFeature::tail_saving_gap), std::asinh(40 / kT));
  EXPECT_FLOAT_EQ(value(day, edges.at({3, 1}), EdgeFeature::head_saving_gap), 0);
  EXPECT_FLOAT_EQ(value(day, edges.at({0, 1}), EdgeFeature::head_saving_gap), std::asinh(20 / kT));
}

TEST(DayTensors, TellWhetherFewerVehiclesCountFirst) {
  testing::Day day = line();
  EXPECT_EQ(value(day.tensors(3), 1, StopFeature::fewest_vehicles), 0);

  day.problem.fewest_vehicles = true;

  EXPECT_EQ(value(day.tensors(3), 1, StopFeature::fewest_vehicles), 1);
}

TEST(DayTensors, RankEveryEdgeAsCountingDoes) {
  const testing::Day source = testing::city(7, 120);
  const DayTensors day = source.tensors(9);
  const graph::CandidateGraph candidates = source.travel_times->candidates(0, 9);
  const auto* tail = day.tail.const_data_ptr<std::int32_t>();
  const auto edges = edges_of(day);

  for (std::int64_t e = 0; e < day.num_edges(); ++e) {
    const auto i = static_cast<std::size_t>(e);
    const auto opposite = edges.find({candidates.head[i], tail[e]});
    long in_tail = 0, in_head = 0, in_reverse = 0, in_reverse_head = 0, saved_more = 0;
    for (std::int64_t f = 0; f < day.num_edges(); ++f) {
      const auto j = static_cast<std::size_t>(f);
      const bool nearer = candidates.travel[j].time_ms < candidates.travel[i].time_ms;
      in_tail += tail[f] == tail[e] && nearer;
      in_head += candidates.head[j] == candidates.head[i] && nearer;
      saved_more += tail[f] == tail[e] &&
                    value(day, f, EdgeFeature::saving) > value(day, e, EdgeFeature::saving) + 1e-6F;
      in_reverse += tail[f] == candidates.head[i] &&
                    (opposite == edges.end() ||
                     candidates.travel[j].time_ms <
                         candidates.travel[static_cast<std::size_t>(opposite->second)].time_ms);
      in_reverse_head +=
          candidates.head[j] == tail[e] &&
          (opposite == edges.end() ||
           candidates.travel[j].time_ms <
               candidates.travel[static_cast<std::size_t>(opposite->second)].time_ms);
    }

    ASSERT_EQ(rank_of(value(day, e, EdgeFeature::tail_rank)), in_tail);
    ASSERT_EQ(rank_of(value(day, e, EdgeFeature::head_rank)), in_head);
    ASSERT_EQ(rank_of(value(day, e, EdgeFeature::reverse_rank)), in_reverse);
    ASSERT_EQ(rank_of(value(day, e, EdgeFeature::reverse_head_rank)), in_reverse_head);
    ASSERT_EQ(value(day, e, EdgeFeature::reversed), opposite != edges.end());
    if (opposite != edges.end()) {
      ASSERT_EQ(value(day, e, EdgeFeature::reverse_near_rank),
                value(day, opposite->second, EdgeFeature::tail_near_rank));
      ASSERT_NEAR(value(day, e, EdgeFeature::reverse_near_ratio),
                  -value(day, opposite->second, EdgeFeature::reverse_near_ratio), 1e-6);
    }
    ASSERT_NEAR(rank_of(value(day, e, EdgeFeature::tail_saving_rank)), saved_more, 1);
    ASSERT_FLOAT_EQ(value(day, e, EdgeFeature::tail_share), 1.0F / (1 + in_tail));
  }
}

TEST(DayTensors, RankByWaitingAndTellGapsOfSavingsAsCountingDoes) {
  const testing::Day source = testing::city(7, 120);
  const DayTensors day = source.tensors(9);
  const auto* tail = day.tail.const_data_ptr<std::int32_t>();
  const auto* head = day.candidates.head.const_data_ptr<std::int32_t>();
  // In units of the median candidate, to float's precision.
  const auto in_medians = [&](std::int64_t e, EdgeFeature feature) {
    return std::sinh(static_cast<double>(value(day, e, feature)));
  };
  std::vector<double> wait, saving;
  for (std::int64_t e = 0; e < day.num_edges(); ++e) {
    wait.push_back(in_medians(e, EdgeFeature::time) + in_medians(e, EdgeFeature::early_waiting) +
                   in_medians(e, EdgeFeature::lateness));
    saving.push_back(in_medians(e, EdgeFeature::saving));
  }
  constexpr double kEqual = 1e-4;  // keys that differ by less may be ranked either way

  for (const auto& [ends, wait_rank, saving_gap] :
       {std::tuple{tail, EdgeFeature::tail_wait_rank, EdgeFeature::tail_saving_gap},
        std::tuple{head, EdgeFeature::head_wait_rank, EdgeFeature::head_saving_gap}}) {
    for (std::size_t e = 0; e < wait.size(); ++e) {
      long surely_less = 0, perhaps_less = 0;
      double most = saving[e];
      for (std::size_t f = 0; f < wait.size(); ++f) {
        if (ends[f] != ends[e]) continue;
        surely_less += wait[f] < wait[e] * (1 - kEqual) - kEqual;
        perhaps_less += f != e && wait[f] < wait[e] * (1 + kEqual) + kEqual;
        most = std::max(most, saving[f]);
      }

      const auto edge = static_cast<std::int64_t>(e);
      ASSERT_GE(rank_of(value(day, edge, wait_rank)), surely_less);
      ASSERT_LE(rank_of(value(day, edge, wait_rank)), perhaps_less);
      ASSERT_NEAR(in_medians(edge, saving_gap), most - saving[e], kEqual * (1 + std::abs(most)));
    }
  }
}

TEST(DayTensors, MeasureTheDetoursOfPairs) {
  const testing::Day source = testing::city(7, 120);
  const graph::TravelTimes& times = *source.travel_times;

  const DayTensors day = source.tensors(9);

  std::map<std::int32_t, std::int32_t> delivery_of, pickup_of;
  for (const decode::Order& order : source.problem.orders) {
    if (!order.pickup || !order.delivery) continue;
    delivery_of[order.pickup->location] = order.delivery->location;
    pickup_of[order.delivery->location] = order.pickup->location;
  }
  const auto ms = [&](std::int32_t from, std::int32_t to) {
    return static_cast<double>(times.at(0, from, to).time_ms);
  };
  const auto detour = [&](std::int32_t from, std::int32_t by, std::int32_t to) {
    return ms(from, by) + ms(by, to) - ms(from, to);
  };
  int measured = 0;
  for (const auto& [ends, e] : edges_of(day)) {
    const auto [u, v] = ends;
    const double median = ms(u, v) / std::sinh(double{value(day, e, EdgeFeature::time)});
    const auto delivery = delivery_of.find(u), pickup = pickup_of.find(v);
    const bool leaves = delivery != delivery_of.end() && delivery->second != v;
    const bool enters = pickup != pickup_of.end() && pickup->second != u;
    const double by_head = leaves ? std::asinh(detour(u, v, delivery->second) / median) : 0;
    const double by_tail = enters ? std::asinh(detour(pickup->second, u, v) / median) : 0;
    ASSERT_NEAR(value(day, e, EdgeFeature::tail_pair_detour), by_head, 1e-3);
    ASSERT_NEAR(value(day, e, EdgeFeature::head_pair_detour), by_tail, 1e-3);
    measured += by_head > 0.1 || by_tail > 0.1;
  }
  EXPECT_GT(measured, 20);
}

TEST(DayTensors, MarkThePairOfAPickupAndItsDelivery) {
  testing::Day day = line();
  decode::Problem& problem = day.problem;
  problem.orders.resize(2);
  problem.orders[0].pickup = decode::Stop{};
  problem.orders[0].pickup->location = 3;

  const DayTensors tensors = day.tensors(3);

  const auto edges = edges_of(tensors);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({3, 1}), EdgeFeature::link), 1);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({3, 1}), EdgeFeature::wrong_link), 0);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({1, 3}), EdgeFeature::wrong_link), 1);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({3, 2}), EdgeFeature::link), 0);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({2, 3}), EdgeFeature::head_partner), std::asinh(0.5F));
  // From 3 to 1 by 2, which lies between them.
  EXPECT_FLOAT_EQ(value(tensors, edges.at({3, 2}), EdgeFeature::tail_pair_detour), 0);
  EXPECT_FLOAT_EQ(value(tensors, edges.at({2, 1}), EdgeFeature::head_pair_detour), 0);
  // From 3 to 1 by the depot, 30 and 10 where the way is 20.
  EXPECT_FLOAT_EQ(value(tensors, edges.at({3, 0}), EdgeFeature::tail_pair_detour),
                  std::asinh(1.0F));
  EXPECT_FLOAT_EQ(value(tensors, edges.at({0, 1}), EdgeFeature::head_pair_detour),
                  std::asinh(1.0F));
  EXPECT_FLOAT_EQ(value(tensors, 3, StopFeature::pair_pickup), 1);
  EXPECT_FLOAT_EQ(value(tensors, 1, StopFeature::partner_travel), std::asinh(1.0F));
}

TEST(DayTensors, RefuseCandidatesOfAnotherDay) {
  const testing::Day day = testing::city(1, 10), other = testing::city(1, 11);

  EXPECT_THAT(
      [&] {
        make_day_tensors(day.problem, *day.travel_times, 0, other.travel_times->candidates(0, 3));
      },
      ThrowsMessage<InputError>(HasSubstr("expected candidates and travel times of")));
  EXPECT_THAT(
      [&] {
        make_day_tensors(day.problem, *day.travel_times, 9, day.travel_times->candidates(0, 3));
      },
      ThrowsMessage<InputError>(HasSubstr("expected a profile below 3, found 9")));
}

}  // namespace
}  // namespace roadgnn::gnn::models
