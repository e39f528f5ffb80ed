// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// From VROOM's input to VROOM's output.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/vroom/vroom_output.h>

namespace roadgnn::io {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json solved(const std::string& text) {
  const VroomProblem vroom = make_vroom_problem(read_vroom(text, "in.json"), "in.json");
  const auto travel_times = vroom_travel_times(vroom);
  decode::SolveOptions options;
  options.iterations = 300;
  options.initial = vroom.initial;
  const decode::Plan plan =
      decode::solve(vroom.problem, *travel_times, *decode::make_nearest_scorer(), options);
  const auto violations = decode::check(vroom.problem, *travel_times, plan);
  EXPECT_TRUE(violations.empty()) << violations.front();
  std::ostringstream out;
  write_vroom(out, vroom, plan, {});
  return json::parse(out.str());
}

// Four places in a row, a minute and a kilometre apart.
std::string row_of_four(const std::string& vehicles, const std::string& tasks) {
  return R"({"vehicles":[)" + vehicles + "]," + tasks + R"(,"matrices":{"car":{
    "durations":[[0,60,120,180],[60,0,60,120],[120,60,0,60],[180,120,60,0]],
    "distances":[[0,1000,2000,3000],[1000,0,1000,2000],[2000,1000,0,1000],[3000,2000,1000,0]]}}})";
}

// The second example of VROOM's documentation, and its answer.
TEST(Vroom, AnswersTheExampleOfItsDocumentation) {
  const json answer = solved(R"({"vehicles":[{"id":0,"start_index":0,"end_index":3}],
    "jobs":[{"id":1414,"location_index":1},{"id":1515,"location_index":2}],
    "matrices":{"car":{"durations":[[0,2104,197,1299],[2103,0,2255,3152],[197,2256,0,1102],
    [1299,3153,1102,0]]}}})");

  EXPECT_EQ(answer["code"], 0);
  EXPECT_EQ(answer["summary"]["cost"], 5461);
  EXPECT_EQ(answer["summary"]["duration"], 5461);
  EXPECT_EQ(answer["summary"]["unassigned"], 0);
  EXPECT_FALSE(answer["summary"].contains("distance"));
  const json& steps = answer["routes"][0]["steps"];
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[1]["id"], 1414);
  EXPECT_EQ(steps[1]["arrival"], 2104);
  EXPECT_EQ(steps[2]["location_index"], 2);
  EXPECT_EQ(steps[3]["duration"], 5461);
  EXPECT_FALSE(steps[1].contains("load"));
}

TEST(Vroom, CountsLoadsServicesSetupsWaitingAndCosts) {
  const json answer = solved(row_of_four(
      R"({"id":5,"start_index":0,"end_index":0,"capacity":[4],"description":"v",
          "costs":{"fixed":100,"per_hour":7200,"per_task_hour":3600,"per_km":3},
          "time_window":[0,2000]})",
      R"("jobs":[{"id":1,"location_index":1,"delivery":[2],"pickup":[1],"setup":10,"service":20,"priority":3,
          "time_windows":[[500,600]]}],
         "shipments":[{"pickup":{"id":8,"location_index":2,"service":5},
          "delivery":{"id":9,"location_index":3},"amount":[2],"priority":4}])"));

  const json& route = answer["routes"][0];
  EXPECT_EQ(route["vehicle"], 5);
  EXPECT_EQ(route["description"], "v");
  EXPECT_EQ(route["duration"], 360);
  EXPECT_EQ(route["distance"], 6000);
  EXPECT_EQ(route["setup"], 10);
  EXPECT_EQ(route["service"], 25);
  EXPECT_EQ(route["priority"], 11);  // 3, and 4 for each end
  EXPECT_EQ(route["delivery"], json({4}));
  EXPECT_EQ(route["pickup"], json({3}));
  EXPECT_EQ(route["cost"], 100 + 720 + 35 + 18);
  const json& first = route["steps"][0];
  EXPECT_EQ(first["load"], json({2}));
}

TEST(Vroom, ServesAsLongAsTheVehiclesTypeTakes) {
  const json answer = solved(row_of_four(
      R"({"id":1,"start_index":0,"end_index":0,"time_window":[0,200],"type":"slow"},
         {"id":2,"start_index":0,"end_index":0,"time_window":[0,300],"type":"fast","costs":{"fixed":9}})",
      R"("jobs":[{"id":1,"location_index":1,"service":90,"service_per_type":{"fast":30},
          "setup":5,"setup_per_type":{"fast":1}}],
         "shipments":[{"pickup":{"id":8,"location_index":1,"service":90,
          "service_per_type":{"fast":20}},"delivery":{"id":9,"location_index":2}}])"));

  EXPECT_EQ(answer["summary"]["unassigned"], 0);
  ASSERT_EQ(answer["routes"].size(), 1U);
  const json& route = answer["routes"][0];
  EXPECT_EQ(route["vehicle"], 2);
  EXPECT_EQ(route["service"], 50);
  EXPECT_EQ(route["setup"], 1);
  EXPECT_EQ(route["cost"], 249);
}

TEST(Vroom, ChoosesVehiclesByWhatTheirHoursAtTasksCost) {
  const json answer = solved(row_of_four(
      R"({"id":1,"start_index":0,"costs":{"per_task_hour":3600}},
         {"id":2,"start_index":3,"costs":{"per_task_hour":1800},"type":"slow"})",
      R"("jobs":[{"id":1,"location_index":1,"service":200,"setup":100},
          {"id":2,"location_index":2,"service":10,"service_per_type":{"slow":400}}])"));

  ASSERT_EQ(answer["routes"].size(), 2U);
  EXPECT_EQ(answer["routes"][0]["cost"], 130);  // job 2: 120 + 10
  EXPECT_EQ(answer["routes"][1]["cost"], 270);  // job 1: 120 + (200 + 100) / 2
}

TEST(Vroom, CountsTasksLeftOutByTheirPrioritiesAndThenByTheirNumber) {
  const auto left_out = [](const std::string& priority) {
    return solved(row_of_four(R"({"id":5,"start_index":0,"max_tasks":2})",
                              R"("jobs":[{"id":1,"location_index":1,"priority":)" + priority +
                                  R"(},{"id":2,"location_index":0}],
           "shipments":[{"pickup":{"id":8,"location_index":3},
            "delivery":{"id":9,"location_index":0},"priority":2}])"))["unassigned"];
  };

  EXPECT_EQ(left_out("3")[0]["type"], "job");  // the shipment's two tasks have 4
  EXPECT_EQ(left_out("5")[0]["type"], "pickup");
}

TEST(Vroom, TakesBreaksWithNoMoreOnBoardThanTheirMaxLoad) {
  const json answer = solved(row_of_four(
      R"({"id":5,"start_index":0,"end_index":0,"time_window":[0,5000],"capacity":[4],
          "breaks":[{"id":77,"time_windows":[[100,400]],"service":40,"max_load":[1]}]})",
      R"("jobs":[{"id":1,"location_index":3,"delivery":[3],"pickup":[1],"time_windows":[[330,330]]}])"));

  const json& steps = answer["routes"][0]["steps"];
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[1]["type"], "job");
  EXPECT_EQ(steps[2]["type"], "break");
  EXPECT_EQ(steps[2]["load"], json({1}));
}

TEST(Vroom, TakesBreaksAndNamesThem) {
  const json answer = solved(row_of_four(
      R"({"id":5,"start_index":0,"end_index":0,"time_window":[0,5000],
          "breaks":[{"id":77,"time_windows":[[100,110]],"service":40,"description":"tea"}]})",
      R"("jobs":[{"id":1,"location_index":3}])"));

  const json& steps = answer["routes"][0]["steps"];
  const auto rest = std::find_if(steps.begin(), steps.end(),
                                 [](const json& step) { return step["type"] == "break"; });
  ASSERT_NE(rest, steps.end());
  EXPECT_EQ((*rest)["id"], 77);
  EXPECT_EQ((*rest)["service"], 40);
  EXPECT_EQ((*rest)["description"], "tea");
}

TEST(Vroom, StartsAndEndsAtTasksWhereTheVehicleHasNoPlaceOfItsOwn) {
  const json answer =
      solved(row_of_four(R"({"id":5,"end_index":0})", R"("jobs":[{"id":1,"location_index":3}])"));

  const json& steps = answer["routes"][0]["steps"];
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0]["type"], "start");
  EXPECT_EQ(steps[0]["location_index"], 3);
  EXPECT_EQ(steps[1]["type"], "job");
  EXPECT_EQ(steps[2]["type"], "end");
  EXPECT_EQ(steps[2]["location_index"], 0);
  EXPECT_EQ(answer["summary"]["duration"], 180);
}

TEST(Vroom, ListsUnassignedTasksWithReasons) {
  const json answer = solved(row_of_four(
      R"({"id":5,"start_index":0,"capacity":[1]})",
      R"("jobs":[{"id":1,"location_index":3,"delivery":[2]},{"id":2,"location_index":1,"skills":[4]}],
         "shipments":[{"pickup":{"id":8,"location_index":2,"description":"p"},
          "delivery":{"id":9,"location_index":3},"amount":[2]}])"));

  EXPECT_EQ(answer["summary"]["unassigned"], 4);
  const json& unassigned = answer["unassigned"];
  EXPECT_EQ(unassigned[0]["id"], 1);
  EXPECT_EQ(unassigned[0]["type"], "job");
  EXPECT_EQ(unassigned[0]["constraint"], "capacity");
  EXPECT_EQ(unassigned[1]["constraint"], "skills");
  EXPECT_EQ(unassigned[2]["type"], "pickup");
  EXPECT_EQ(unassigned[2]["description"], "p");
  EXPECT_EQ(unassigned[3]["type"], "delivery");
  EXPECT_EQ(unassigned[3]["location_index"], 3);
}

// What VROOM 1.15.2 says of the like.
TEST(Vroom, KeepsTwoDigitsOfASpeedFactorsInverseInTimesAndAllInCosts) {
  const json answer = solved(
      row_of_four(R"({"id":5,"start_index":0,"speed_factor":1.6,"costs":{"per_hour":36000}})",
                  R"("jobs":[{"id":1,"location_index":3},{"id":2,"location_index":1}])"));

  EXPECT_EQ(answer["summary"]["duration"], 113);  // 0.63 * 180
  EXPECT_EQ(answer["summary"]["cost"], 1125);     // 0.625 * 1800
}

TEST(Vroom, SpeedFactorsMakeFractionsOfSeconds) {
  const json answer = solved(row_of_four(R"({"id":5,"start_index":0,"speed_factor":1.6})",
                                         R"("jobs":[{"id":1,"location_index":1}])"));

  EXPECT_EQ(answer["summary"]["duration"], 37);  // 37.8
}

TEST(Vroom, PutsVehiclesThatAreAlikeInOneTypeAndKeepsTheirIds) {
  const VroomProblem vroom = make_vroom_problem(
      read_vroom(row_of_four(R"({"id":5,"start_index":0},{"id":6,"start_index":1},
                                {"id":7,"start_index":0,"description":"another"})",
                             R"("jobs":[{"id":1,"location_index":1}])"),
                 "in.json"),
      "in.json");

  ASSERT_EQ(vroom.problem.vehicle_types.size(), 2U);
  EXPECT_EQ(vroom.problem.vehicle_types[0].count, 2);
  EXPECT_EQ(vroom.vehicles, (std::vector<std::vector<std::int32_t>>{{0, 2}, {1}}));
}

TEST(Vroom, StartsFromTheStepsOfItsVehicles) {
  const std::string vehicle = R"({"id":5,"start_index":0,"steps":[{"type":"start"},
      {"type":"job","id":2},{"type":"job","id":1},{"type":"end"}]})";
  const std::string jobs = R"("jobs":[{"id":1,"location_index":1},{"id":2,"location_index":3}])";
  const VroomProblem vroom =
      make_vroom_problem(read_vroom(row_of_four(vehicle, jobs), "in.json"), "in.json");

  ASSERT_TRUE(vroom.initial);
  ASSERT_EQ(vroom.initial->routes.size(), 1U);
  EXPECT_EQ(vroom.initial->routes[0].steps[1].order, 1);
  EXPECT_EQ(solved(row_of_four(vehicle, jobs))["summary"]["duration"], 180);
}

TEST(Vroom, RefusesWhatContradictsItself) {
  const auto message_of = [](const std::string& vehicle, const std::string& matrices) {
    try {
      make_vroom_problem(
          read_vroom(R"({"vehicles":[{"id":5,"start_index":0)" + vehicle +
                         R"(}],"jobs":[{"id":1,"location_index":1}],"matrices":{"car":{
              "durations":[[0,1],[1,0]])" +
                         matrices + "}}}",
                     "in.json"),
          "in.json");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };

  EXPECT_THAT(message_of(R"(,"profile":"bike")", ""),
              HasSubstr("vehicle 5: profile: expected one of the matrices, found 'bike'"));
  EXPECT_THAT(message_of(R"(,"costs":{"per_km":3})", ""),
              HasSubstr("expected a matrix of distances for profile 'car', found none"));
  EXPECT_THAT(message_of(R"(,"costs":{"per_hour":3})", R"(,"costs":[[0,1],[1,0]])"),
              HasSubstr("costs: expected none per_hour or per_km beside a matrix of costs"));
  EXPECT_THAT(message_of(R"(,"steps":[{"type":"job","id":9}])", ""),
              HasSubstr("vehicle 5: steps: expected the ids of tasks, found 9"));
}

TEST(Vroom, WritesErrorsAsVroomDoes) {
  std::ostringstream out;

  write_vroom_error(out, 2, "no \"vehicles\"");

  EXPECT_EQ(json::parse(out.str()), json({{"code", 2}, {"error", "no \"vehicles\""}}));
}

}  // namespace
}  // namespace roadgnn::io
