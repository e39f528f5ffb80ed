// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_input.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_of(const std::string& text) {
  try {
    read_vroom(text, "in.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string with(const std::string& vehicle, const std::string& job) {
  return R"({"vehicles":[{"id":1,"start_index":0)" + vehicle +
         R"(}],"jobs":[{"id":7,"location_index":1)" + job + R"(}],"matrix":[[0,5],[6,0]]})";
}

TEST(VroomInput, ReadsEveryKey) {
  const VroomInput input = read_vroom(R"({
    "vehicles": [{"id": 3, "profile": "bike", "description": "d", "start": [2.5, 48.5], "start_index": 0,
      "end_index": 1, "capacity": [4, 9], "costs": {"fixed": 10, "per_hour": 20, "per_task_hour": 30, "per_km": 40},
      "skills": [2, 1], "type": "t", "time_window": [100, 900],
      "breaks": [{"id": 2, "time_windows": [[500, 600]]},
                 {"id": 1, "time_windows": [[200, 300]], "service": 60, "max_load": [1, 1], "description": "tea"}],
      "speed_factor": 1.25, "max_tasks": 5, "max_travel_time": 700, "max_distance": 8000,
      "steps": [{"type": "start"}, {"type": "job", "id": 1414}, {"type": "break", "id": 1}, {"type": "end"}]}],
    "jobs": [{"id": 1414, "location_index": 1, "setup": 5, "service": 6, "delivery": [1, 2], "pickup": [3, 4],
      "setup_per_type": {"t": 1}, "service_per_type": {" t": 2}, "skills": [1], "priority": 7, "time_windows": [[400, 500], [100, 200]], "description": "j"}],
    "shipments": [{"pickup": {"id": 1, "location_index": 0, "service": 3}, "delivery": {"id": 1, "location_index": 1},
      "amount": [1, 0], "skills": [2], "priority": 9}],
    "matrices": {"bike": {"durations": [[0, 5], [6, 0]], "distances": [[0, 50], [60, 0]]}}})",
                                      "in.json");

  const VroomVehicle& vehicle = input.vehicles.at(0);
  EXPECT_EQ(vehicle.profile, "bike");
  EXPECT_EQ(vehicle.start->location, (Coordinate{48.5, 2.5}));
  EXPECT_EQ(vehicle.end->index, 1);
  EXPECT_THAT(vehicle.skills, ElementsAre(1, 2));
  EXPECT_EQ(vehicle.costs.per_task_hour, 30);
  EXPECT_EQ(vehicle.window.close, 900);
  ASSERT_EQ(vehicle.breaks.size(), 2U);
  EXPECT_EQ(vehicle.breaks[0].description, "tea");  // by their windows
  EXPECT_THAT(vehicle.breaks[0].max_load, ElementsAre(1, 1));
  EXPECT_EQ(vehicle.speed_factor, 1.25);
  EXPECT_EQ(vehicle.max_tasks, 5);
  EXPECT_EQ(vehicle.steps.size(), 4U);
  const VroomJob& job = input.jobs.at(0);
  EXPECT_THAT(job.delivery, ElementsAre(1, 2));
  EXPECT_THAT(job.pickup, ElementsAre(3, 4));
  EXPECT_EQ(job.task.setup, 5);
  EXPECT_EQ(job.task.setup_of("t"), 1);
  EXPECT_EQ(job.task.service_of("t"), 6);       // " t" is another type
  EXPECT_EQ(job.task.windows.at(0).open, 100);  // sorted
  EXPECT_EQ(input.shipments.at(0).priority, 9);
  EXPECT_EQ(input.matrix_size, 2);
  EXPECT_THAT(input.matrices.at("bike").distances, ElementsAre(0, 50, 60, 0));
}

TEST(VroomInput, TakesTheOldNames) {
  const VroomInput input = read_vroom(with(R"(,"capacity":[9])", R"(,"amount":[4])"), "in.json");

  EXPECT_THAT(input.jobs.at(0).delivery, ElementsAre(4));
  EXPECT_THAT(input.matrices.at("car").durations, ElementsAre(0, 5, 6, 0));
}

TEST(VroomInput, RefusesUnknownKeysWithTheNearestKnownName) {
  EXPECT_THAT(message_of(with("", R"(,"servise":3)")),
              HasSubstr("in.json: jobs[0]: unknown key 'servise'; did you mean \"service\"?"));
  EXPECT_THAT(message_of(with(R"(,"speedfactor":1)", "")),
              HasSubstr("vehicles[0]: unknown key 'speedfactor'; did you mean \"speed_factor\"?"));
  EXPECT_THAT(message_of(R"({"vehicle":[]})"), HasSubstr("did you mean \"vehicles\"?"));
}

TEST(VroomInput, NamesThePathOfWhatIsWrong) {
  EXPECT_THAT(message_of("{\"vehicles\":[\n}"), HasSubstr("in.json:2:1: expected JSON"));
  EXPECT_THAT(message_of(R"({"vehicles":[]})"), HasSubstr("vehicles: expected at least one"));
  EXPECT_THAT(message_of(with("", R"(,"priority":101)")),
              HasSubstr("jobs[0].priority: expected a whole number from 0 to 100, found 101"));
  EXPECT_THAT(message_of(with("", R"(,"delivery":[4])")),
              HasSubstr("jobs[0].delivery: expected 0 values"));
  EXPECT_THAT(message_of(with("", R"(,"time_windows":[[1,5],[5,9]])")),
              HasSubstr("jobs[0].time_windows: expected windows that do not overlap"));
  EXPECT_THAT(message_of(with("", R"(,"time_windows":[[9,5]])")),
              HasSubstr("expected [start, end] in seconds, found [9,5]"));
  EXPECT_THAT(message_of(with("", R"(,"service_per_type":{"t":-3})")),
              HasSubstr("jobs[0].service_per_type: expected seconds by vehicle type, found "));
  EXPECT_THAT(message_of(with("", R"(,"setup_per_type":{"":3})")),
              HasSubstr("jobs[0].setup_per_type: expected names of vehicle types, found an empty"));
  EXPECT_THAT(message_of(with(R"(,"type":7)", "")),
              HasSubstr("vehicles[0].type: expected a text, found 7"));
  EXPECT_THAT(message_of(with(R"(,"steps":[{"type":"break","id":3}])", "")),
              HasSubstr("steps[0].id: expected the id of one of the vehicle's breaks, found 3"));
  EXPECT_THAT(message_of(with(R"(,"steps":[{"type":"end"},{"type":"job","id":7}])", "")),
              HasSubstr("vehicles[0].steps[0]: expected a start only as the first step"));
  EXPECT_THAT(message_of(with(R"(,"steps":[{"type":"job","id":7,"service_at":-1}])", "")),
              HasSubstr("vehicles[0].steps[0].service_at: expected a whole number"));
  EXPECT_THAT(message_of(with(R"(,"speed_factor":6)", "")),
              HasSubstr("vehicles[0].speed_factor: expected a number from 0.01 to 5, found 6"));
  EXPECT_THAT(message_of(with(R"(,"steps":[{"type":"fly"}])", "")),
              HasSubstr("vehicles[0].steps[0].type: expected start, job"));
}

TEST(VroomInput, RefusesIdsTwiceAndPlacesThatAreNoRows) {
  EXPECT_THAT(message_of(R"({"vehicles":[{"id":1,"start_index":0},{"id":1,"start_index":2}],
                             "matrix":[[0,5],[6,0]]})"),
              testing::AllOf(HasSubstr("vehicles[1].id: expected each id once, found 1 again"),
                             HasSubstr("vehicles[1].start_index: expected a row of the matrices")));
  EXPECT_THAT(message_of(R"({"vehicles":[{"id":1,"start":[2,48]}],"matrix":[[0,5],[6,0]]})"),
              HasSubstr("vehicles[0].start_index: expected one, as there are custom matrices"));
  EXPECT_THAT(message_of(R"({"vehicles":[{"id":1,"start":[48,200]}]})"),
              HasSubstr("vehicles[0].start: expected [longitude, latitude]"));
  EXPECT_THAT(message_of(R"({"vehicles":[{"id":1}]})"),
              HasSubstr("vehicles[0].start: expected a start, an end, or both, found neither"));
}

TEST(VroomInput, RefusesMatricesThatAreNotSquareOrDiffer) {
  const auto matrices = [](const std::string& text) {
    return message_of(R"({"vehicles":[{"id":1,"start_index":0}],"matrices":)" + text + "}");
  };

  EXPECT_THAT(matrices(R"({"car":{"durations":[[0,1],[2]]}})"),
              HasSubstr("matrices.car.durations[1]: expected a row of 2 numbers, found 1"));
  EXPECT_THAT(matrices(R"({"car":{"durations":[[0,1],[2,0]],"distances":[[0]]}})"),
              HasSubstr("matrices.car.distances: expected 2 rows"));
  EXPECT_THAT(matrices(R"({"car":{"durations":[[0,-1],[2,0]]}})"),
              HasSubstr("expected whole numbers from 0 to 4294967295, found -1"));
  EXPECT_THAT(matrices(R"({"car":{"distances":[[0]]}})"),
              HasSubstr("matrices.car.durations: expected a matrix, found nothing"));
}

}  // namespace
}  // namespace roadgnn::io
