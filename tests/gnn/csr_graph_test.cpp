// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn {
namespace {

using testing::HasSubstr;

/// Triangle 0 -> 1 -> 2 -> 0 with a second edge 0 -> 1 and the loop 2 -> 2; node 3 has no edges.
std::shared_ptr<graph::RoadGraph> make_small_roads() {
  auto roads = std::make_shared<graph::RoadGraph>();
  roads->first_out = std::vector<std::int32_t>{0, 2, 3, 5, 5};
  roads->head = std::vector<std::int32_t>{1, 1, 2, 0, 2};
  roads->tail = std::vector<std::int32_t>{0, 0, 1, 2, 2};
  roads->first_in = std::vector<std::int32_t>{0, 1, 3, 5, 5};
  roads->in_edge = std::vector<std::int32_t>{3, 0, 1, 2, 4};
  roads->lat_e7 = std::vector<std::int32_t>(4);
  roads->turns.edge = std::vector<std::int32_t>{0, 1, 2, 3, 4};
  roads->turns.first_turn = std::vector<std::int64_t>{0, 1, 2, 4, 6, 6};
  roads->turns.turn_head = std::vector<std::int32_t>{2, 2, 3, 4, 0, 1};
  roads->turns.turn_tail = std::vector<std::int32_t>{0, 1, 2, 2, 3, 3};
  roads->turns.first_turn_in = std::vector<std::int64_t>{0, 1, 2, 4, 5, 6};
  roads->turns.turn_in = std::vector<std::int64_t>{4, 5, 0, 1, 2, 3};
  return roads;
}

std::shared_ptr<graph::CandidateGraph> make_random_candidates(std::mt19937& random, int num_stops) {
  auto candidates = std::make_shared<graph::CandidateGraph>();
  candidates->first_out.push_back(0);
  for (int from = 0; from < num_stops; ++from) {
    for (int to = 0; to < num_stops; ++to) {
      if (random() % 5 == 0) candidates->head.push_back(to);
    }
    candidates->first_out.push_back(static_cast<std::int64_t>(candidates->head.size()));
  }
  return candidates;
}

/// sum over edges of values[edge_id] at [row, head], the matrix that the graph stands for.
at::Tensor dense(const CsrGraph& graph, const at::Tensor& values) {
  const at::Tensor matrix = at::zeros({graph.num_rows(), graph.num_columns()}, values.options());
  const at::Tensor by_place =
      graph.edge_id_is_identity() ? values : values.index_select(0, graph.edge_id());
  matrix.index_put_({graph.tail().to(at::kLong), graph.head().to(at::kLong)}, by_place,
                    /*accumulate=*/true);
  return matrix;
}

at::Tensor random_values(std::int64_t size) {
  at::manual_seed(7);
  return at::rand({size}, at::kDouble);
}

void expect_transpose_is_dense_transpose(const CsrGraph& graph) {
  const at::Tensor values = random_values(graph.num_edges());

  const CsrGraph transpose = graph.transpose();

  EXPECT_EQ(transpose.num_rows(), graph.num_columns());
  EXPECT_EQ(transpose.num_columns(), graph.num_rows());
  EXPECT_TRUE(at::allclose(dense(transpose, values), dense(graph, values).t()));
  EXPECT_TRUE(at::allclose(dense(transpose.transpose(), values), dense(graph, values)));
}

TEST(CsrGraph, ViewsTheRoadGraphWithoutACopy) {
  const auto roads = make_small_roads();

  const CsrGraph graph = make_csr_graph(roads);

  EXPECT_EQ(graph.num_rows(), 4);
  EXPECT_EQ(graph.num_edges(), 5);
  EXPECT_EQ(graph.first_out().const_data_ptr<std::int32_t>(), roads->first_out.data());
  EXPECT_EQ(graph.head().const_data_ptr<std::int32_t>(), roads->head.data());
  EXPECT_EQ(graph.transpose().first_out().const_data_ptr<std::int32_t>(), roads->first_in.data());
  EXPECT_EQ(graph.transpose().edge_id().const_data_ptr<std::int32_t>(), roads->in_edge.data());
}

TEST(CsrGraph, ViewsTheTurnGraphWithoutACopy) {
  const auto roads = make_small_roads();

  const CsrGraph graph = make_turn_csr_graph(roads);

  EXPECT_EQ(graph.num_rows(), 5);
  EXPECT_EQ(graph.num_edges(), 6);
  EXPECT_EQ(graph.first_out().const_data_ptr<std::int64_t>(), roads->turns.first_turn.data());
  EXPECT_EQ(graph.head().const_data_ptr<std::int32_t>(), roads->turns.turn_head.data());
  EXPECT_EQ(graph.transpose().edge_id().const_data_ptr<std::int64_t>(),
            roads->turns.turn_in.data());
}

TEST(CsrGraph, ViewsTheCandidateGraphWithoutACopy) {
  std::mt19937 random(1);
  const auto candidates = make_random_candidates(random, 20);

  const CsrGraph graph = make_csr_graph(std::shared_ptr<const graph::CandidateGraph>(candidates));

  EXPECT_EQ(graph.num_rows(), 20);
  EXPECT_EQ(graph.first_out().const_data_ptr<std::int64_t>(), candidates->first_out.data());
  EXPECT_EQ(graph.head().const_data_ptr<std::int32_t>(), candidates->head.data());
}

TEST(CsrGraph, KeepsTheCandidateGraphAliveUntilItsLastTensorIsGone) {
  std::mt19937 random(1);
  auto candidates = make_random_candidates(random, 20);
  const std::weak_ptr<graph::CandidateGraph> watch = candidates;
  at::Tensor head;

  head = make_csr_graph(std::shared_ptr<const graph::CandidateGraph>(std::move(candidates))).head();

  EXPECT_FALSE(watch.expired());
  EXPECT_LT(head.max().item<int>(), 20);
  head.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(CsrGraph, KeepsTheRoadGraphsArraysAliveUntilItsLastTensorIsGone) {
  auto roads = make_small_roads();
  const std::weak_ptr<const void> watch = roads->head.owner();
  at::Tensor head = make_csr_graph(roads).head();

  roads.reset();

  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(head.sum().item<int>(), 6);
  head.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(CsrGraph, OfRoadsHasTheDenseMatrixTransposed) {
  expect_transpose_is_dense_transpose(make_csr_graph(make_small_roads()));
}

TEST(CsrGraph, OfTurnsHasTheDenseMatrixTransposed) {
  expect_transpose_is_dense_transpose(make_turn_csr_graph(make_small_roads()));
}

TEST(CsrGraph, OfRandomCandidatesHasTheDenseMatrixTransposed) {
  std::mt19937 random(42);
  for (const int num_stops : {0, 1, 2, 17, 60}) {
    const auto candidates = make_random_candidates(random, num_stops);

    expect_transpose_is_dense_transpose(
        make_csr_graph(std::shared_ptr<const graph::CandidateGraph>(candidates)));
  }
}

TEST(CsrGraph, SumsNeighboursAsTheDenseMatrixDoes) {
  const CsrGraph graph = make_csr_graph(make_small_roads());
  const at::Tensor values = random_values(5), features = at::rand({4, 3}, at::kDouble);

  const at::Tensor messages = features.index_select(0, graph.head()) * values.unsqueeze(1);
  const at::Tensor sums = at::zeros({4, 3}, at::kDouble).index_add(0, graph.tail(), messages);

  EXPECT_TRUE(at::allclose(sums, dense(graph, values).mm(features)));
}

TEST(CsrGraph, OnItsOwnDeviceIsNotCopied) {
  const CsrGraph graph = make_csr_graph(make_small_roads());

  EXPECT_EQ(graph.to(at::kCPU).head().data_ptr(), graph.head().data_ptr());
}

TEST(CsrGraph, FromTensorsRefusesWhatIsNotAGraphAndSaysWhy) {
  const auto vector = [](std::vector<int> values, at::ScalarType type = at::kInt) {
    return at::tensor(values, at::kInt).to(type);
  };
  const auto complaint = [](at::Tensor first_out, at::Tensor head, at::Tensor edge_id) {
    try {
      CsrGraph(std::move(first_out), std::move(head), std::move(edge_id), 3);
      return std::string("accepted");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
  };
  const at::Tensor first_out = vector({0, 1, 3}), head = vector({2, 0, 1});

  EXPECT_EQ(complaint(first_out, head, {}), "accepted");
  EXPECT_EQ(complaint(vector({0, 1, 3}, at::kLong), head, vector({2, 1, 0})), "accepted");
  EXPECT_THAT(complaint(vector({0, 1, 3}, at::kFloat), head, {}), HasSubstr("first_out: expected"));
  EXPECT_THAT(complaint(vector({0, 1, 2}), head, {}), HasSubstr("found from 0 to 2"));
  EXPECT_THAT(complaint(vector({0, 4, 3}), head, {}), HasSubstr("ascending"));
  EXPECT_THAT(complaint(first_out, vector({2, 0, 3}), {}),
              HasSubstr("head: expected values from 0 to 2, found 3"));
  EXPECT_THAT(complaint(first_out, vector({2, 0, 1}, at::kLong), {}), HasSubstr("found Long [3]"));
  EXPECT_THAT(complaint(first_out, head, vector({0, 1})), HasSubstr("edge_id"));
  EXPECT_THAT(complaint(first_out, head, vector({0, -1, 1})), HasSubstr("found -1"));
}

}  // namespace
}  // namespace roadgnn::gnn
