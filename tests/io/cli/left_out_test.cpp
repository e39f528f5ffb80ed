// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What nobody can serve is left out with its reason, in every format, and the rest is planned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"

namespace roadgnn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

class LeftOutTest : public ::testing::Test {
 protected:
  Finished run(const std::string& line) const {
    std::istringstream in(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
    return run_program(words, {.folder = folder_.path()});
  }

  // Solves a file to the end; returns what was said of the orders left out.
  std::string solved(const std::string& name, const std::string& content) const {
    folder_.put(name, content);
    const Finished finished = run("solve " + name + " -o out --iterations 50");
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.err;
  }

  ScratchFolder folder_;
};

class DayLeftOutTest : public LeftOutTest {
 protected:
  void SetUp() override {
    folder_.put("map.osm", grid_map());
    ASSERT_EQ(run("import map.osm -o city").status, 0);
    folder_.put("day.csv",
                "id,delivery_lat,delivery_lon,delivery_open,delivery_close,volume_l,needs\n"
                "fine,-29.8975,-71.2962,,,10,\n"
                "big,-29.8975,-71.2962,,,100.5,\n"
                "early,-29.8975,-71.2962,08:00,08:00:01,10,\n"
                "cold,-29.8975,-71.2962,,,10,chilled\n"
                "far,-29.8990,-71.1,,,10,\n");
  }

  Json plan_for(const std::string& fleet) const {
    folder_.put("fleet.json", fleet);
    const std::string day = " --city city --orders day.csv --fleet fleet.json ";
    const Finished finished = run("route" + day + "-o out --iterations 50");
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(run("check" + day + "--plan out/plan.json").status, 0);
    return Json::parse(folder_.get("out/plan.json"));
  }
};

std::string fleet_of(int count) {
  return R"({"depots": [{"id": "D", "lat": -29.898, "lon": -71.298}],
 "vehicle_types": [{"id": "van", "profile": "van", "count": )" +
         std::to_string(count) +
         R"(, "capacity": {"volume_l": 100}, "shift": {"start": "08:00", "end": "18:00"}}]})";
}

TEST_F(DayLeftOutTest, PlansTheRestOfADayAndSaysWhyInItsOwnUnits) {
  const Json plan = plan_for(fleet_of(2));

  EXPECT_EQ(plan["summary"]["served"], 1);
  std::map<std::string, std::pair<std::string, std::string>> reasons;
  for (const Json& entry : plan["unserved"])
    reasons[entry["order"]] = {entry["constraint"], entry["reason"]};
  ASSERT_EQ(reasons.size(), 4U);
  EXPECT_EQ(reasons["big"], std::pair(std::string("capacity"),
                                      std::string("its volume_l of 100.5 is more than the 100 of "
                                                  "van")));
  EXPECT_EQ(reasons["early"].first, "window");
  EXPECT_THAT(reasons["early"].second, HasSubstr("after its window ends at 08:00:01"));
  EXPECT_EQ(reasons["cold"], std::pair(std::string("skills"),
                                       std::string("it needs chilled, which van does not offer")));
  EXPECT_EQ(reasons["far"].first, "unreachable");
}

TEST_F(DayLeftOutTest, LeavesOutAllWhereThereAreNoVehicles) {
  const Json plan = plan_for(fleet_of(0));

  EXPECT_THAT(plan["routes"], IsEmpty());
  ASSERT_EQ(plan["unserved"].size(), 5U);
  for (const Json& entry : plan["unserved"]) EXPECT_NE(entry["reason"], "");
}

TEST_F(LeftOutTest, SaysWhyInVroomsOutput) {
  const std::string rest = R"("jobs":[{"id":1,"location_index":1,"delivery":[3]},
{"id":2,"location_index":2,"delivery":[30]},{"id":3,"location_index":1,"time_windows":[[0,50]]},
{"id":4,"location_index":2,"skills":[7]}],
"matrices":{"car":{"durations":[[0,100,200],[100,0,100],[200,100,0]]}}})";

  solved("in.json",
         R"({"vehicles":[{"id":1,"start_index":0,"end_index":0,"capacity":[10]}],)" + rest);
  const Json out = Json::parse(folder_.get("out"));
  folder_.put("none.json", R"({"vehicles":[],)" + rest);
  const Finished without = run("solve none.json -o out --iterations 50");

  EXPECT_EQ(out["summary"]["cost"], 200);
  std::vector<std::string> constraints;
  for (const Json& entry : out["unassigned"]) constraints.push_back(entry["constraint"]);
  EXPECT_THAT(constraints, ::testing::ElementsAre("capacity", "window", "skills"));
  EXPECT_EQ(without.status, 2);
  EXPECT_EQ(without.err, "roadgnn: none.json: vehicles: expected at least one, found none\n");
  EXPECT_EQ(Json::parse(folder_.get("out"))["code"], 2);
}

std::string vrplib(const std::string& head, const std::string& demand) {
  return "NAME : x\nTYPE : VRPTW\nDIMENSION : 4\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 10\n" +
         head +
         "NODE_COORD_SECTION\n1 0 0\n2 10 0\n3 0 10\n4 10 10\n"
         "DEMAND_SECTION\n1 0\n2 3\n3 " +
         demand +
         "\n4 1\nTIME_WINDOW_SECTION\n1 0 100\n2 0 5.5\n3 0 100\n4 0 100\n"
         "DEPOT_SECTION\n1\n-1\nEOF\n";
}

TEST_F(LeftOutTest, SaysWhyOfVrplibFilesInTheirNumbers) {
  const std::string said = solved("x.vrp", vrplib("", "30.5"));
  const std::string solution = folder_.get("out");
  const std::string without = solved("none.vrp", vrplib("VEHICLES : 0\n", "3"));

  EXPECT_THAT(said, HasSubstr("order 2 is left out: its demand of 30.5 is more than the 10 of "));
  EXPECT_THAT(said, HasSubstr(" reaches its delivery at 10 at the earliest, after its window ends "
                              "at 5.5\n"));
  EXPECT_EQ(solution, "Route #1: 3\nCost 28.2\n");
  EXPECT_THAT(without, HasSubstr("order 3 is left out: there are no vehicles\n"));
}

TEST_F(LeftOutTest, SaysWhyOfSolomonsFilesInTheirNumbers) {
  const auto file = [](int vehicles) {
    return "x\n\nVEHICLE\nNUMBER CAPACITY\n" + std::to_string(vehicles) +
           " 10\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n\n"
           "0 0 0 0 0 100 0\n1 10 0 30 0 100 0\n2 0 10 3 0 5 0\n3 10 10 1 0 100 0\n";
  };

  const std::string said = solved("x.txt", file(1));
  const std::string solution = folder_.get("out");

  EXPECT_THAT(said, HasSubstr("order 1 is left out: its demand of 30 is more than the 10 of "));
  EXPECT_THAT(said, HasSubstr("reaches its delivery at 10 at the earliest, after its window ends "
                              "at 5\n"));
  EXPECT_EQ(solution, "Route #1: 3\nCost 28.2843\n");
  EXPECT_THAT(solved("none.txt", file(0)), HasSubstr("order 3 is left out: there are no vehicles"));
}

TEST_F(LeftOutTest, SaysWhyOfLiAndLimsFiles) {
  const std::string said = solved(
      "x.txt",
      "1 10 1\n0 0 0 0 0 100 0 0 0\n1 10 0 30 0 100 0 0 2\n2 10 10 -30 0 100 0 1 0\n"
      "3 3 4 1 0 100 0 0 4\n4 6 8 -1 0 3 0 3 0\n5 5 7 1 0 100 0 0 6\n6 6 8 -1 0 100 0 5 0\n");

  EXPECT_THAT(said, HasSubstr("order 1 to 2 is left out: its demand of 30 is more than the 10 "));
  EXPECT_THAT(said, HasSubstr("reaches its delivery at 10 at the earliest, after its window ends "
                              "at 3\n"));
}

TEST_F(LeftOutTest, SaysWhyOfSartoriAndBuriolsFiles) {
  const std::string said =
      solved("x.txt",
             "NAME: x\nLOCATION: x\nCOMMENT: x\nTYPE: PDPTW\nSIZE: 5\nDISTRIBUTION: x\nDEPOT: x\n"
             "ROUTE-TIME: 100\nTIME-WINDOW: 100\nCAPACITY: 10\nNODES\n0 0.1 0.1 0 0 100 0 0 0\n"
             "1 0.2 0.2 30 0 100 0 0 3\n2 0.2 0.2 3 0 100 0 0 4\n3 0.3 0.3 -30 0 100 0 1 0\n"
             "4 0.3 0.3 -3 0 5 0 2 0\nEDGES\n0 9 9 9 9\n9 0 9 9 9\n9 9 0 9 9\n9 9 9 0 9\n9 9 9 9 "
             "0\nEOF\n");

  EXPECT_THAT(said, HasSubstr("its demand of 30 is more than the 10 "));
  EXPECT_THAT(said, HasSubstr("reaches its delivery at 18 at the earliest, after its window ends "
                              "at 5\n"));
}

}  // namespace
}  // namespace roadgnn::testing
