// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/leg_reasons.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace roadgnn::io {
namespace {

/// A depot at location 0 and an order at each other, two at the last; one route over some of them.
decode::Problem make_problem(std::int32_t locations) {
  decode::Problem problem;
  problem.num_locations = locations;
  problem.depots.push_back({.location = 0});
  problem.vehicle_types.emplace_back();
  for (std::int32_t place = 1; place <= locations; ++place) {
    decode::Order order;
    order.id = std::to_string(place);
    order.delivery.emplace();
    order.delivery->location = std::min(place, locations - 1);
    problem.orders.push_back(order);
  }
  return problem;
}

decode::Plan make_plan(const std::vector<std::int32_t>& locations) {
  decode::Plan plan;
  decode::Route& route = plan.routes.emplace_back();
  for (const std::int32_t location : locations) {
    decode::Step& step = route.steps.emplace_back();
    step.kind = location <= 0 ? decode::StepKind::start : decode::StepKind::delivery;
    step.location = location;
    step.order = location - 1;
  }
  return plan;
}

ScoredCandidates candidates(const std::vector<std::vector<std::pair<int, float>>>& rows) {
  ScoredCandidates scored;
  scored.graph.first_out.push_back(0);
  for (const auto& row : rows) {
    for (const auto& [head, score] : row) {
      scored.graph.head.push_back(head);
      scored.graph.travel.push_back({1000 * head, 10 * head});
      scored.scores.push_back(score);
    }
    scored.graph.first_out.push_back(static_cast<std::int64_t>(scored.graph.head.size()));
  }
  return scored;
}

TEST(LegReasons, TellRankScoreAndTheBestOther) {
  const std::vector<ScoredCandidates> scored = {
      candidates({{{1, 2.0F}, {2, 3.0F}}, {{0, 9.0F}, {2, 1.0F}, {3, 0.5F}}, {{1, 4.0F}}, {}})};

  const auto reasons =
      explain_legs(make_problem(4), make_plan({0, 1, -1, 2, 3, 3, 0}), scored).front();

  ASSERT_EQ(reasons.size(), 7U);
  EXPECT_EQ(reasons[0].candidates, 0);
  // From the depot: the second best of two.
  EXPECT_EQ(reasons[1].candidates, 2);
  EXPECT_EQ(reasons[1].rank, 2);
  EXPECT_EQ(reasons[1].score, 2.0F);
  EXPECT_EQ(reasons[1].other, 1);
  EXPECT_EQ(reasons[1].other_score, 3.0F);
  EXPECT_EQ(reasons[1].other_duration, 2000);
  // A break on the way is no place; the depot is no stop to come next.
  EXPECT_EQ(reasons[2].candidates, 0);
  EXPECT_EQ(reasons[3].candidates, 2);
  EXPECT_EQ(reasons[3].rank, 1);
  EXPECT_EQ(reasons[3].other, 2);
  // A leg that was no candidate; then one within a place, and one where nothing was scored.
  EXPECT_EQ(reasons[4].rank, 0);
  EXPECT_EQ(reasons[4].candidates, 1);
  EXPECT_EQ(reasons[4].other, 0);
  EXPECT_EQ(reasons[5].candidates, 0);
  EXPECT_EQ(reasons[6].candidates, 0);
}

TEST(LegReasons, AgreeWithSortingEachRow) {
  std::mt19937_64 engine(5);
  for (int round = 0; round < 200; ++round) {
    const int n = 3 + static_cast<int>(engine() % 8);
    std::vector<std::vector<std::pair<int, float>>> rows(static_cast<std::size_t>(n));
    for (int from = 0; from < n; ++from) {
      for (int to = 0; to < n; ++to) {
        if (to != from && engine() % 3 != 0)
          rows[static_cast<std::size_t>(from)].emplace_back(to, static_cast<float>(engine() % 4));
      }
    }
    std::vector<std::int32_t> visits = {0};
    for (int s = 0; s < 6; ++s) visits.push_back(static_cast<std::int32_t>(engine() % n));
    const std::vector<ScoredCandidates> scored = {candidates(rows)};

    const auto reasons = explain_legs(make_problem(n), make_plan(visits), scored).front();

    for (std::size_t s = 1; s < visits.size(); ++s) {
      if (visits[s] == visits[s - 1]) continue;
      std::vector<std::pair<int, float>> row = rows[static_cast<std::size_t>(visits[s - 1])];
      std::erase_if(row, [&](const auto& one) { return one.first == 0 && visits[s] != 0; });
      std::stable_sort(row.begin(), row.end(),
                       [](const auto& a, const auto& b) { return a.second > b.second; });
      int rank = 0;
      for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i].first == visits[s]) rank = static_cast<int>(i) + 1;
      EXPECT_EQ(reasons[s].candidates, static_cast<int>(row.size()));
      EXPECT_EQ(reasons[s].rank, rank);
      std::erase_if(row, [&](const auto& one) { return one.first == visits[s]; });
      EXPECT_EQ(reasons[s].other, row.empty() ? -1 : row.front().first - 1);
    }
  }
}

TEST(LegReasons, AreNoneForProfilesThatWereNotScored) {
  const auto reasons = explain_legs(make_problem(3), make_plan({0, 1, 2}), {});

  ASSERT_EQ(reasons.front().size(), 3U);
  EXPECT_EQ(reasons.front()[1].candidates, 0);
}

}  // namespace
}  // namespace roadgnn::io
