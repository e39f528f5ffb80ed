// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/plan_json.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// Two depots, an order from a shop to a customer, one from the depot and one that cannot be served.
CityDay small_day() {
  CityDay day;
  day.places = {{-29.9, -71.2},   {-29.95, -71.25}, {-29.91, -71.21},
                {-29.92, -71.22}, {-29.93, -71.23}, {10.123456, -71}};
  decode::Problem& problem = day.problem;
  problem.dimensions = {"volume_ml", "weight_g"};
  problem.depots = {{"north", 0, {}}, {"south", 1, {}}};
  problem.orders.resize(3);
  problem.orders[0].id = "A \"1\"\n";
  problem.orders[0].pickup = decode::Stop{2, {}, 0};
  problem.orders[0].delivery = decode::Stop{3, {}, 0};
  problem.orders[1].id = "B";
  problem.orders[1].delivery = decode::Stop{4, {}, 0};
  problem.orders[2].id = "C";
  problem.orders[2].delivery = decode::Stop{5, {}, 0};
  problem.vehicle_types.resize(2);
  problem.vehicle_types[0].id = "van";
  problem.vehicle_types[0].end_depot = 1;
  problem.vehicle_types[1].id = "open-trike";
  problem.vehicle_types[1].start_depot = 1;
  problem.vehicle_types[1].end_depot = -1;
  problem.num_locations = 6;
  return day;
}

decode::Plan small_plan() {
  using decode::StepKind;
  decode::Plan plan;
  decode::Route van;
  van.vehicle = 11;
  van.cost = 1.0 / 3;
  van.distance = 1234;
  van.duration = 4'000'001;
  van.driving = 999;
  van.steps = {{StepKind::start, -1, 0, 28'800'000, 28'800'000, 28'800'000, {0, 0}, 0},
               {StepKind::pickup, 0, 2, 28'900'123, 28'900'123, 28'900'123, {1500, 250}, 500},
               {StepKind::delivery, 0, 3, 29'000'000, 29'000'000, 29'000'010, {0, 0}, 900},
               {StepKind::end, -1, 1, 90'000'000, 90'000'000, 90'000'000, {0, 0}, 1234}};
  decode::Route trike;
  trike.vehicle_type = 1;
  trike.steps = {{StepKind::start, -1, 1, 0, 0, 0, {7, 8}, 0},
                 {StepKind::delivery, 1, 4, 1, 2, 3, {0, 0}, 4},
                 {StepKind::end, -1, 4, 3, 3, 3, {0, 0}, 4}};
  plan.routes = {van, trike};
  plan.unserved = {{2, decode::Reason::impossible, "the delivery lies outside the map"}};
  plan.cost = 0.1 + 0.2;
  plan.distance = 1238;
  plan.duration = 4'000'004;
  return plan;
}

RunRecord small_record() {
  RunRecord record;
  record.program = "roadgnn 1";
  record.compiler = "GCC 12";
  record.device = "cpu";
  record.instruction_set = "x86-64";
  record.city = {"a folder/city.rgraph", 0xFEDCBA9876543210U};
  record.orders = {"day.csv", 1};
  record.fleet = {"fleet.json", 2};
  record.search = {UINT64_MAX, 1'000'000, "proximity", "0:10 500:20"};
  return record;
}

std::string written(const decode::Plan& plan) {
  std::ostringstream out;
  write_plan_json(out, small_day(), plan, small_record());
  return out.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(PlanJson, ReadsBackEveryNumberExactly) {
  const std::string text = written(small_plan());

  const PlanReading reading = read_plan_json(text, "plan.json", small_day());

  EXPECT_THAT(reading.mismatches, ElementsAre());
  EXPECT_EQ(written(reading.plan), text);
  ASSERT_EQ(reading.plan.routes.size(), 2U);
  const decode::Route& van = reading.plan.routes[0];
  EXPECT_EQ(van.vehicle, 11);
  EXPECT_EQ(van.cost, 1.0 / 3);
  EXPECT_EQ(van.duration, 4'000'001);
  EXPECT_EQ(van.steps[1].arrival, 28'900'123);
  EXPECT_EQ(van.steps[1].load, (std::vector<std::int64_t>{1500, 250}));
  EXPECT_EQ(van.steps[3].location, 1);
  EXPECT_EQ(reading.plan.routes[1].steps[2].location, 4);
  EXPECT_EQ(reading.plan.unserved[0].reason, decode::Reason::impossible);
  EXPECT_EQ(reading.plan.cost, 0.1 + 0.2);
}

TEST(PlanJson, ReadsBackItsRecord) {
  const RunRecord read = read_plan_record(written(small_plan()), "plan.json");

  EXPECT_EQ(read.city.file, "a folder/city.rgraph");
  EXPECT_EQ(read.city.xxh3, 0xFEDCBA9876543210U);
  EXPECT_EQ(read.search.seed, UINT64_MAX);
  EXPECT_EQ(read.search.iterations, 1'000'000);
  EXPECT_EQ(read.search.schedule, "0:10 500:20");
  EXPECT_EQ(read.candidates_per_stop, RunRecord{}.candidates_per_stop);
}

TEST(PlanJson, NamesWhatDoesNotFitTheDay) {
  const std::string text = written(small_plan());
  const auto mismatches = [&](const std::string& from, const std::string& to) {
    return read_plan_json(replaced(text, from, to), "plan.json", small_day()).mismatches;
  };

  EXPECT_THAT(mismatches("\"order\":\"B\"", "\"order\":\"X\""),
              Contains("routes[1].steps[1]: the day has no order 'X'"));
  EXPECT_THAT(mismatches("\"type\":\"van\"", "\"type\":\"bus\""),
              testing::Contains("routes[0]: the fleet has no vehicle type 'bus'"));
  EXPECT_THAT(mismatches("van-12", "van-0"),
              testing::Contains(HasSubstr("expected a vehicle such as 'van-1', found 'van-0'")));
  EXPECT_THAT(mismatches("-29.91", "-29.911"),
              ElementsAre(HasSubstr("routes[0].steps[1] is at -29.911")));
  EXPECT_THAT(mismatches("\"vehicles\":2", "\"vehicles\":3"),
              ElementsAre("summary.vehicles is 3, but the plan has 2"));
  EXPECT_THAT(mismatches("\"depot\":\"south\"", "\"depot\":\"north\""),
              ElementsAre(HasSubstr("is at depot 'north'")));
}

TEST(PlanJson, RefusesWhatIsNoPlan) {
  const std::string text = written(small_plan());
  const auto error = [](const std::string& changed) -> std::string {
    try {
      read_plan_json(changed, "plan.json", small_day());
    } catch (const InputError& thrown) {
      return thrown.what();
    }
    return "no error";
  };

  EXPECT_THAT(error("{}"), HasSubstr("plan.json: routes: expected an array, found nothing"));
  EXPECT_THAT(error("{\"routes\":[1],\"unserved\":[],\"summary\":{}}"),
              HasSubstr("routes[0]: expected an object, found 1"));
  EXPECT_THAT(
      error(replaced(text, "\"kind\":\"pickup\"", "\"kind\":\"lunch\"")),
      HasSubstr("routes[0].steps[1].kind: expected start, pickup, delivery, break, reload or "
                "end, found 'lunch'"));
  EXPECT_THAT(error(replaced(text, "\"begin\":28900.123", "\"begin\":\"soon\"")),
              HasSubstr("routes[0].steps[1].begin: expected a number"));
  EXPECT_THAT(error(replaced(text, "\"driving_s\"", "\"driven_s\"")),
              HasSubstr("unknown key 'driven_s'"));
  EXPECT_THAT(error(text.substr(0, text.size() / 2)), HasSubstr("expected JSON"));
}

TEST(PlanJson, RefusesARecordWithoutHashes) {
  const std::string text = written(small_plan());

  EXPECT_THROW(read_plan_record("{}", "plan.json"), InputError);
  EXPECT_THROW(read_plan_record(replaced(text, "fedcba9876543210", "fedcba98765432"), "plan.json"),
               InputError);
  EXPECT_THROW(read_plan_record(replaced(text, "\"seed\":", "\"seed\":-"), "plan.json"),
               InputError);
}

}  // namespace
}  // namespace roadgnn::io
