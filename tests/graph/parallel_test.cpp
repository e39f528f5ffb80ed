// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/parallel.h>

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace roadgnn::graph {
namespace {

TEST(ParallelFor, VisitsEveryItemOnceWhateverTheNumberOfThreads) {
  for (const int threads : {1, 2, 5}) {
    std::vector<int> visits(1003, 0);

    parallel_for(1003, 10, threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
    });

    EXPECT_EQ(visits, std::vector<int>(1003, 1));
  }
}

TEST(ParallelFor, RethrowsABodysExceptionAfterTheOthersHaveFinished) {
  std::atomic<int> running{0};

  const auto throw_at_7 = [&](std::int64_t begin, std::int64_t, int) {
    ++running;
    const bool bad = begin == 7;
    --running;
    if (bad) throw std::runtime_error("seven");
  };

  EXPECT_THROW(parallel_for(100, 1, 4, throw_at_7), std::runtime_error);
  EXPECT_EQ(running, 0);
}

TEST(ParallelFor, CanBeNested) {
  std::atomic<int> sum{0};

  parallel_for(8, 1, 3, [&](std::int64_t, std::int64_t, int) {
    parallel_for(8, 1, 3, [&](std::int64_t begin, std::int64_t end, int) {
      sum += static_cast<int>(end - begin);
    });
  });

  EXPECT_EQ(sum, 64);
}

}  // namespace
}  // namespace roadgnn::graph
