// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Signals, full disks and odd outputs: either everything is written or nothing is, and nothing else
// is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "program.h"

namespace roadgnn::testing {
namespace {

using ::testing::HasSubstr;
using Names = std::set<std::string>;

std::vector<std::string> route_to(const std::string& out, const std::string& budget,
                                  const std::string& amount) {
  return {"route",      "--city", "city", "--orders", "day.csv", "--fleet",
          "fleet.json", "-o",     out,    budget,     amount};
}

// A folder with the default city and a day of some hundred orders: enough to be disturbed at.
class DisturbancesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run({"import", ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf", "-o", "city"}).status, 0);
    ASSERT_EQ(
        run({"orders", "city", "--count", "300", "-o", "day.csv", "--fleet-out", "fleet.json"})
            .status,
        0);
    before_ = folder_.names();
  }

  Finished run(const std::vector<std::string>& arguments, int signal = 0,
               int signal_after_ms = 0) const {
    return run_program(arguments, {folder_.path(), -1, signal, signal_after_ms});
  }
  Finished run_with_room_for(std::int64_t bytes, const std::vector<std::string>& arguments) const {
    return run_program(arguments, {.folder = folder_.path(), .max_file_bytes = bytes});
  }

  // The names that were not there before.
  Names added() const {
    Names names = folder_.names();
    for (const std::string& name : before_) names.erase(name);
    return names;
  }

  ScratchFolder folder_;
  Names before_;
};

TEST_F(DisturbancesTest, AStopEndsPlanningEarlyWithACheckedPlan) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto start = std::chrono::steady_clock::now();

    const Finished finished = run(route_to("out", "--time-limit", "600"), signal, 8000);

    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(300));
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("checked"));
    EXPECT_EQ(added(), (Names{"out", "out/plan.html", "out/plan.json", "out/routes.geojson"}));
  }
}

TEST_F(DisturbancesTest, AStopAtAnyMomentLeavesAllOrNothing) {
  const Names plan = {"out", "out/plan.html", "out/plan.json", "out/routes.geojson"};
  for (int after_ms = 0; after_ms < 700; after_ms += 70) {
    for (const int signal : {SIGINT, SIGTERM}) {
      const Finished routed = run(route_to("out", "--iterations", "5"), signal, after_ms);
      const bool written = added() == plan;
      EXPECT_TRUE(written || added().empty()) << ::testing::PrintToString(added());
      // A stop may still come between the last file and the end.
      EXPECT_TRUE(written || routed.status != 0) << routed.err;
      std::filesystem::remove_all(folder_ / "out");

      run({"import", ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf", "-o", "new"}, signal, after_ms);
      EXPECT_TRUE(added() == Names{"new"} || added().empty());
      std::filesystem::remove(folder_ / "new");
    }
  }
}

TEST_F(DisturbancesTest, AStopOfATableLeavesNothing) {
  std::string places = "lat,lon\n";
  for (int i = 0; i < 4000; ++i) places += "-29.9" + std::to_string(i) + ",-71.25\n";
  folder_.put("places.csv", places);
  before_ = folder_.names();

  const Finished finished = run({"table", "city", "--profile", "van", "--sources", "places.csv",
                                 "-o", "T.npy", "--lengths", "L.npy", "--threads", "1"},
                                SIGINT, 300);

  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("interrupted while writing the table; nothing was written"));
  EXPECT_EQ(added(), Names{});
}

TEST_F(DisturbancesTest, WhatAKilledRunLeftGoesWithTheNext) {
  for (int after_ms = 100; after_ms < 1000; after_ms += 50)
    run(route_to("out", "--iterations", "5"), SIGKILL, after_ms);
  folder_.put("out.roadgnn-tmp-1-0", "left by an earlier run");
  folder_.put("out.backup", "mine");

  EXPECT_EQ(run(route_to("out", "--iterations", "5")).status, 0);

  EXPECT_EQ(added(),
            (Names{"out", "out/plan.html", "out/plan.json", "out/routes.geojson", "out.backup"}));
}

TEST_F(DisturbancesTest, AFullDiskIsAnErrorThatNamesTheFile) {
  folder_.put(
      "places.csv", "lat,lon\n" + [] {
        std::string rows;
        for (int i = 0; i < 300; ++i) rows += "-29.9,-71.25\n";
        return rows;
      }());
  before_ = folder_.names();
  struct Case {
    std::vector<std::string> arguments;
    std::string named;
  };
  const std::vector<Case> cases = {
      {{"import", ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf", "-o", "new"}, "new"},
      {{"orders", "city", "--count", "2000", "-o", "x", "--fleet-out", "y"}, "x"},
      {{"table", "city", "--profile", "van", "--sources", "places.csv", "-o", "x"}, "x"},
      {route_to("out", "--iterations", "3"), "/out/"}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.arguments[0]);

    const Finished finished = run_with_room_for(20'000, one.arguments);

    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.err, HasSubstr(one.named));
    EXPECT_THAT(finished.err, HasSubstr(": cannot be written: File too large\n"));
    EXPECT_EQ(added(), Names{});
  }
}

TEST_F(DisturbancesTest, DevicesAreWrittenToAndLinksFollowed) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  folder_.put("real.csv", "old");
  std::filesystem::create_symlink("real.csv", folder_ / "link.csv");

  const Finished full = run({"orders", "city", "--count", "5", "-o", "/dev/full"});
  const Finished linked = run({"orders", "city", "--count", "5", "-o", "link.csv"});

  EXPECT_EQ(full.status, 1);
  EXPECT_THAT(full.err, HasSubstr("/dev/full: cannot be written: No space left on device"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
  EXPECT_EQ(linked.status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.csv"));
  EXPECT_THAT(folder_.get("real.csv"), HasSubstr("delivery_lat"));
}

}  // namespace
}  // namespace roadgnn::testing
