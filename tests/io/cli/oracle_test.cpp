// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn route --candidates oracle:PLAN.json.
#include <iterator>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace roadgnn::testing {
namespace {

using ::testing::HasSubstr;

class OracleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.put("map.osm", grid_map());
    folder_.put("day.csv", grid_orders());
    folder_.put("fleet.json", grid_fleet());
    ASSERT_EQ(run("import map.osm -o city").status, 0);
    ASSERT_EQ(route("first", "nearest").status, 0);
  }

  Finished run(const std::string& line) const {
    std::istringstream in(line);
    return run_program({std::istream_iterator<std::string>(in), {}}, {.folder = folder_.path()});
  }

  Finished route(const std::string& out, const std::string& candidates) const {
    return run("route --city city --orders day.csv --fleet fleet.json --iterations 20 -o " + out +
               " --candidates " + candidates);
  }

  ScratchFolder folder_;
};

TEST_F(OracleTest, TakesTheEdgesOfADaysPlanAndIsReplayed) {
  const Finished finished = route("second", "oracle:first/plan.json");

  EXPECT_EQ(finished.status, 0) << finished.err;
  const std::string plan = folder_.get("second/plan.json");
  EXPECT_THAT(plan, HasSubstr("oracle:first/plan.json"));
  const Finished again = run("replay second/plan.json -o again");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(folder_.get("again/plan.json"), plan);
}

TEST_F(OracleTest, RefusesWhatIsNoPlanOfTheDay) {
  folder_.put("half.json", "{\n");
  std::string other = folder_.get("first/plan.json");
  const std::size_t order = other.find("\"order\":\"") + 9;
  other.insert(order, "not-");
  folder_.put("other.json", other);

  const Finished half = route("x", "oracle:half.json");
  const Finished strange = route("x", "oracle:other.json");
  const Finished missing = route("x", "oracle:missing.json");

  EXPECT_EQ(half.status, 2);
  EXPECT_THAT(half.err, HasSubstr("half.json:2:1: expected JSON"));
  EXPECT_EQ(strange.status, 2);
  EXPECT_THAT(strange.err, HasSubstr("other.json: "));
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.err, HasSubstr("missing.json"));
}

}  // namespace
}  // namespace roadgnn::testing
