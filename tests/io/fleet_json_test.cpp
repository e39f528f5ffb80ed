// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/fleet_json.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kHour = 3'600'000;

std::string fleet_with(const std::string& type_fields,
                       const std::string& depots = R"({"id":"D","lat":1,"lon":2})") {
  return R"({"depots":[)" + depots + R"(],"vehicle_types":[{"id":"van","profile":"van","count":2)" +
         (type_fields.empty() ? "" : "," + type_fields) + "}]}";
}

std::string error_of(const std::string& text) {
  try {
    read_fleet_json(text, "fleet.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

FleetVehicleType type_of(const std::string& text) {
  return read_fleet_json(text, "fleet.json").vehicle_types.at(0);
}

TEST(FleetJson, ReadsEveryKey) {
  const Fleet fleet = read_fleet_json(R"({
    "depots": [{"id": "north", "lat": -29.9, "lon": -71.25, "open": "06:00", "close": "22:00:30"},
               {"id": "south", "lat": -30, "lon": -71.3}],
    "vehicle_types": [{"id": "cold", "profile": "cold_truck", "count": 3, "depot": "south", "end": "north",
      "capacity": {"volume_l": 9000.5, "weight_kg": 1200}, "offers": ["chilled"],
      "cost": {"fixed": 80, "per_km": 0.6, "per_hour": 15.5},
      "shift": {"start": "07:00", "end": "16:00", "max_driving_h": 7.5},
      "break": null, "max_km": 150.25, "max_stops": 90, "trips": 1}]})",
                                      "fleet.json");

  ASSERT_EQ(fleet.depots.size(), 2U);
  EXPECT_EQ(fleet.depots[0].window.open, 6 * kHour);
  EXPECT_EQ(fleet.depots[0].window.close, 22 * kHour + 30'000);
  EXPECT_EQ(fleet.depots[1].window.close, decode::kNoLimit);
  ASSERT_EQ(fleet.vehicle_types.size(), 1U);
  const FleetVehicleType& type = fleet.vehicle_types[0];
  EXPECT_EQ(type.profile, "cold_truck");
  EXPECT_EQ(type.count, 3);
  EXPECT_EQ(type.start_depot, 1);
  EXPECT_EQ(type.end_depot, 0);
  EXPECT_EQ(type.volume_ml, 9'000'500);
  EXPECT_EQ(type.weight_g, 1'200'000);
  EXPECT_EQ(type.offers, std::vector<std::string>{"chilled"});
  EXPECT_DOUBLE_EQ(type.cost_per_km, 0.6);
  EXPECT_EQ(type.shift.close, 16 * kHour);
  EXPECT_EQ(type.max_driving_ms, 7 * kHour + kHour / 2);
  EXPECT_EQ(type.max_distance_m, 150'250);
  EXPECT_EQ(type.max_stops, 90);
}

TEST(FleetJson, FillsInWhatIsLeftOut) {
  const FleetVehicleType type = type_of(fleet_with(""));

  EXPECT_EQ(type.start_depot, 0);
  EXPECT_EQ(type.end_depot, 0);
  EXPECT_EQ(type.volume_ml, decode::kNoLimit);
  EXPECT_DOUBLE_EQ(type.cost_per_km, 1);
  EXPECT_EQ(type.shift.close, decode::kNoLimit);
}

TEST(FleetJson, ReadsOpenRoutesUnlimitedCountsAndNightShifts) {
  EXPECT_EQ(type_of(fleet_with(R"("end":null)")).end_depot, -1);
  EXPECT_EQ(
      type_of(
          R"({"depots":[{"id":"D","lat":1,"lon":2}],"vehicle_types":[{"id":"v","profile":"van","count":"min"}]})")
          .count,
      decode::kUnlimitedCount);
  EXPECT_EQ(type_of(fleet_with(R"("shift":{"start":"22:00","end":"06:00"})")).shift.close,
            30 * kHour);
}

TEST(FleetJson, NamesThePathOfWrongValues) {
  EXPECT_EQ(error_of(fleet_with(R"("capacity":{"volume_l":-1})")),
            "fleet.json: vehicle_types[0].capacity.volume_l: expected a number from 0 to 1e+09, "
            "found -1");
  EXPECT_EQ(error_of(fleet_with(R"("capacity":{"volume_l":"big"})")),
            "fleet.json: vehicle_types[0].capacity.volume_l: expected a number from 0 to 1e+09, "
            "found 'big'");
  EXPECT_EQ(error_of(fleet_with(R"("max_stops":1.5)")),
            "fleet.json: vehicle_types[0].max_stops: expected a whole number from 1 to 1000000, "
            "found 1.5");
  EXPECT_EQ(error_of(fleet_with(R"("offers":["a",1])")),
            "fleet.json: vehicle_types[0].offers[1]: expected a text, found 1");
  EXPECT_EQ(error_of(fleet_with("", R"({"id":"D","lat":91,"lon":2})")),
            "fleet.json: depots[0].lat: expected a number from -90 to 90, found 91");
  EXPECT_EQ(error_of(fleet_with("", R"({"id":"D","lat":1})")),
            "fleet.json: depots[0].lon: expected a number from -180 to 180, found nothing");
  EXPECT_EQ(error_of(fleet_with(R"("shift":{"start":"10:00","end":"08:00"})")),
            "fleet.json: vehicle_types[0].shift.end: expected a time after 10:00, found 08:00");
  EXPECT_EQ(error_of(fleet_with(R"("depot":"DD")",
                                R"({"id":"D1","lat":1,"lon":2},{"id":"E","lat":1,"lon":2})"))
                .substr(0, 70),
            "fleet.json: vehicle_types[0].depot: expected the id of a depot, found ");
  EXPECT_EQ(error_of(R"({"depots":[],"vehicle_types":3})"),
            "fleet.json: depots: expected an array with at least one entry, found an empty one\n"
            "fleet.json: vehicle_types: expected an array with at least one entry, found 3");
  EXPECT_EQ(error_of("[]"), "fleet.json: expected an object, found an array");
}

TEST(FleetJson, RefusesUnknownKeysWithTheNearestName) {
  EXPECT_THAT(error_of(fleet_with(R"("max_stop":3)")),
              AllOf(HasSubstr("vehicle_types[0]: unknown key 'max_stop'"), HasSubstr("max_stops")));
  EXPECT_THAT(error_of(R"({"depot":[]})"),
              AllOf(HasSubstr("unknown key 'depot'"), HasSubstr("depots")));
}

TEST(FleetJson, RefusesDoubledKeysAndIds) {
  EXPECT_THAT(error_of(R"({"depots":[],"depots":[]})"), HasSubstr("found 'depots' again"));
  EXPECT_EQ(error_of(fleet_with("", R"({"id":"D","lat":1,"lon":2},{"id":"D","lat":1,"lon":2})"))
                .substr(0, 72),
            "fleet.json: depots[1].id: expected each id once, found 'D' again\nfleet.j");
}

TEST(FleetJson, ReadsBreaksAndTripsAndWritesThemAgain) {
  const std::string text = fleet_with(
      R"("trips":2,"break":[{"earliest":"12:00","latest":"13:00","minutes":30},{"minutes":10}])");

  const Fleet fleet = read_fleet_json(text, "fleet.json");
  std::ostringstream out;
  write_fleet_json(out, fleet);
  const Fleet again = read_fleet_json(out.str(), "again.json");

  for (const Fleet* one : {&fleet, &again}) {
    const FleetVehicleType& type = one->vehicle_types.at(0);
    EXPECT_EQ(type.trips, 2);
    ASSERT_EQ(type.breaks.size(), 2U);
    EXPECT_EQ(type.breaks[0].windows.at(0).open, 12 * 3'600'000);
    EXPECT_EQ(type.breaks[0].windows.at(0).close, 13 * 3'600'000);
    EXPECT_EQ(type.breaks[0].duration, 30 * 60'000);
    EXPECT_EQ(type.breaks[1].windows.at(0).close, decode::kNoLimit);
  }
  EXPECT_EQ(error_of(fleet_with(R"("break":{"latest":"13:00"})")),
            "fleet.json: vehicle_types[0].break.minutes: expected a number from 0 to 1440, found "
            "nothing");
}

TEST(FleetJson, NamesLineAndColumnOfBrokenJson) {
  EXPECT_THAT(error_of("{\n  \"depots\": [,]\n}"),
              testing::StartsWith("fleet.json:2:14: expected JSON, found "));
  EXPECT_THAT(error_of(""), testing::StartsWith("fleet.json:1:1: expected JSON, found "));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("64 levels"));
  EXPECT_THAT(error_of("{\"a\":\"\xFF\"}"), HasSubstr("expected JSON"));
}

TEST(FleetJson, ReadsBackWhatItWrites) {
  Fleet fleet;
  fleet.depots = {{"north", {-29.9, -71.25}, {6 * kHour, 22 * kHour}},
                  {"south", {-30.05, -71.3}, {}}};
  FleetVehicleType type;
  type.id = "trike";
  type.profile = "cargo_trike";
  type.count = decode::kUnlimitedCount;
  type.end_depot = -1;
  type.volume_ml = 800'500;
  type.offers = {"chilled"};
  type.cost_fixed = 12.25;
  type.shift = {8 * kHour, 16 * kHour};
  type.max_driving_ms = 6 * kHour;
  type.max_distance_m = 60'500;
  type.max_stops = 80;
  fleet.vehicle_types = {type, type};
  fleet.vehicle_types[1].id = "other";
  fleet.vehicle_types[1].count = 4;
  fleet.vehicle_types[1].end_depot = 1;

  std::ostringstream first, second;
  write_fleet_json(first, fleet);
  const Fleet read = read_fleet_json(first.str(), "fleet.json");
  write_fleet_json(second, read);

  EXPECT_EQ(first.str(), second.str());
  EXPECT_EQ(read.vehicle_types[0].volume_ml, 800'500);
  EXPECT_EQ(read.vehicle_types[0].weight_g, decode::kNoLimit);
  EXPECT_EQ(read.vehicle_types[1].end_depot, 1);
  EXPECT_EQ(read.depots[1].window.close, decode::kNoLimit);
}

}  // namespace
}  // namespace roadgnn::io
