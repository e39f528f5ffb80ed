// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Days with a date, from files to files: streets that are slow or closed on some weekdays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"

namespace roadgnn::testing {
namespace {

using ::testing::HasSubstr;

const std::string kTuesday = "2026-11-24", kSunday = "2026-11-29";

/// The grid with a tag on every street from south to north.
std::string grid_map_with(const std::string& key, const std::string& value) {
  std::string map = grid_map();
  const std::string street = "v=\"Avenida ";
  for (std::size_t at = map.find(street); at != std::string::npos; at = map.find(street, at + 1)) {
    const std::size_t end = map.find("/>", at) + 2;
    map.insert(end, "<tag k=\"" + key + "\" v=\"" + value + "\"/>");
  }
  return map;
}

class RouteDateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.put("day.csv", grid_orders());
    folder_.put("fleet.json", grid_fleet());
  }

  Finished run(const std::string& line) const {
    std::istringstream in(line);
    return run_program({std::istream_iterator<std::string>(in), {}}, {.folder = folder_.path()});
  }

  void import_with(const std::string& key, const std::string& value) const {
    folder_.put("map.osm", grid_map_with(key, value));
    ASSERT_EQ(run("import map.osm -o city").status, 0);
  }

  /// What `route` prints of the day at that date, and its plan in the folder of that name.
  nlohmann::json route(const std::string& date) const {
    const Finished finished = run("route --city city --orders day.csv --fleet fleet.json -o " +
                                  date + " --iterations 20 --json --date " + date);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return nlohmann::json::parse(finished.out);
  }

  Finished check(const std::string& plan, const std::string& date) const {
    return run("check --city city --orders day.csv --fleet fleet.json --plan " + plan +
               "/plan.json --date " + date);
  }

  ScratchFolder folder_;
};

TEST_F(RouteDateTest, GoesByTheSpeedsOfItsWeekday) {
  import_with("maxspeed:conditional", "5 @ (Mo-Fr)");

  const auto tuesday = route(kTuesday), sunday = route(kSunday);

  EXPECT_GT(tuesday["duration_s"].get<double>(), 2 * sunday["duration_s"].get<double>());
  EXPECT_EQ(check(kTuesday, kTuesday).status, 0);
  EXPECT_EQ(check(kSunday, kSunday).status, 0);
  const Finished mixed = check(kSunday, kTuesday);
  EXPECT_EQ(mixed.status, 1);
  EXPECT_THAT(mixed.err, HasSubstr("roadgnn: violation: "));
}

TEST_F(RouteDateTest, WaitsForTheDayOnWhichStreetsAreOpen) {
  import_with("motor_vehicle:conditional", "no @ (Su)");
  const auto leaves_at = [&](const std::string& date) {
    route(date);
    const auto plan = nlohmann::json::parse(folder_.get(date + "/plan.json"));
    return plan["routes"][0]["steps"][0]["departure"].get<double>();
  };

  EXPECT_LT(leaves_at(kTuesday), 86'400);
  EXPECT_EQ(leaves_at(kSunday), 86'400);  // there is no way before Monday
}

TEST_F(RouteDateTest, IsInThePlansRecordAndReplayed) {
  import_with("maxspeed:conditional", "5 @ (Mo-Fr)");
  route(kTuesday);

  const Finished again = run("replay " + kTuesday + "/plan.json -o again");

  EXPECT_EQ(again.status, 0) << again.err;
  const std::string plan = folder_.get(kTuesday + "/plan.json");
  EXPECT_EQ(nlohmann::json::parse(plan)["record"]["date"], kTuesday);
  EXPECT_EQ(folder_.get("again/plan.json"), plan);
}

}  // namespace
}  // namespace roadgnn::testing
