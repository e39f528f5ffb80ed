// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/osm/profile.h>
#include <roadgnn/io/osm/speed_zones.h>
#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

TEST(Units, ReadLengthsAsMappersWriteThem) {
  EXPECT_DOUBLE_EQ(*parse_length_m("3.5"), 3.5);
  EXPECT_DOUBLE_EQ(*parse_length_m("3,5 m"), 3.5);
  EXPECT_DOUBLE_EQ(*parse_length_m("350cm"), 3.5);
  EXPECT_NEAR(*parse_length_m("11'6\""), 3.5052, 1e-9);
  EXPECT_NEAR(*parse_length_m("11 ft 6 in"), 3.5052, 1e-9);
  EXPECT_NEAR(*parse_length_m("20'"), 6.096, 1e-9);
  EXPECT_FALSE(parse_length_m("unsigned"));
  EXPECT_FALSE(parse_length_m(""));
}

TEST(Units, ReadWeightsInTonnesUnlessTheyNameAUnit) {
  EXPECT_DOUBLE_EQ(*parse_weight_kg("7.5"), 7500);
  EXPECT_DOUBLE_EQ(*parse_weight_kg("35000 kg"), 35000);
  EXPECT_DOUBLE_EQ(*parse_weight_kg("8.9t"), 8900);
  EXPECT_NEAR(*parse_weight_kg("6000 lbs"), 2721.55, 0.01);
  EXPECT_NEAR(*parse_weight_kg("5 st"), 4535.92, 0.01);
}

TEST(Units, ReadDurations) {
  EXPECT_DOUBLE_EQ(*parse_duration_s("90"), 5400);
  EXPECT_DOUBLE_EQ(*parse_duration_s("01:30"), 5400);
  EXPECT_DOUBLE_EQ(*parse_duration_s("00:01:00"), 60);
  EXPECT_DOUBLE_EQ(*parse_duration_s("PT1M"), 60);
  EXPECT_DOUBLE_EQ(*parse_duration_s("P1DT2H"), 93600);
  EXPECT_FALSE(parse_duration_s("P1Y"));
  EXPECT_FALSE(parse_duration_s("soon"));
  EXPECT_FALSE(parse_duration_s("99999999:00"));
}

TEST(SpeedZones, ReadNumbersUnitsZonesAndCountries) {
  EXPECT_DOUBLE_EQ(parse_speed_limit("50")->kmh, 50);
  EXPECT_DOUBLE_EQ(parse_speed_limit("30 mph")->kmh, 48.27);
  EXPECT_DOUBLE_EQ(parse_speed_limit("10 knots")->kmh, 18.52);
  EXPECT_DOUBLE_EQ(parse_speed_limit("80;50")->kmh, 50);
  EXPECT_DOUBLE_EQ(parse_speed_limit("RO:urban")->kmh, 50);
  EXPECT_DOUBLE_EQ(parse_speed_limit("CH:trunk")->kmh, 100);
  EXPECT_DOUBLE_EQ(parse_speed_limit("LV:living_street")->kmh, 20);
  EXPECT_DOUBLE_EQ(parse_speed_limit("zone:30")->kmh, 30);
  EXPECT_DOUBLE_EQ(parse_speed_limit("DE:zone:30")->kmh, 30);
  EXPECT_TRUE(parse_speed_limit("none")->unlimited);
  EXPECT_TRUE(parse_speed_limit("DE:motorway")->unlimited);
  EXPECT_DOUBLE_EQ(parse_speed_limit("walk")->kmh, 7);
  EXPECT_FALSE(parse_speed_limit("signals"));
  EXPECT_FALSE(parse_speed_limit("99999999"));
}

TEST(NearestName, FindsTypingErrorsOnly) {
  const std::string_view known[] = {"motorcar", "motor_vehicle", "vehicle"};

  EXPECT_EQ(nearest_name("motocar", known), "motorcar");
  EXPECT_EQ(nearest_name("Motor-Vehicle", known), "motor_vehicle");
  EXPECT_EQ(nearest_name("bicycle", known), "");
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("cuont", "count"), 1);
  EXPECT_EQ(edit_distance("ca", "abc"), 3);
}

std::string error_of(const std::string& json) {
  try {
    Profile::parse(json, "my.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string changed(const std::string& from, const std::string& to) {
  std::string json = Profile::builtin("car").definition();
  json.replace(json.find(from), from.size(), to);
  return json;
}

TEST(ProfileJson, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(error_of(changed("\"height_m\"", "\"hight_m\"")),
            "my.json: vehicle.height_m: expected a number from 0.1 to 10, found nothing");
  EXPECT_EQ(error_of(changed("\"hov_ends_only\"", "\"hov_end_only\"")),
            "my.json: roads.hov_end_only: unknown field; did you mean \"hov_ends_only\"?");
  EXPECT_EQ(error_of(changed("2.0", "\"high\"")),
            "my.json: vehicle.height_m: expected a number from 0.1 to 10, found \"high\"");
  EXPECT_EQ(error_of(changed("[\"motorcar\"", "[\"motocar\"")),
            "my.json: access.vehicles: expected access keys such as motor_vehicle, found "
            "\"motocar\"; did you mean \"motorcar\"?");
  EXPECT_NE(error_of("{").find("my.json: expected JSON"), std::string::npos);
}

TEST(ProfileJson, ReadsTheShippedFolderAsTheBuiltInOnes) {
  const auto folder =
      Profile::read_folder(std::filesystem::path(ROADGNN_SOURCE_DIR) / "data/profiles");
  const auto builtin = Profile::builtin();

  ASSERT_EQ(folder.size(), builtin.size());
  for (std::size_t i = 0; i < folder.size(); ++i) {
    EXPECT_EQ(folder[i].name(), builtin[i].name());
    EXPECT_EQ(folder[i].definition(), builtin[i].definition());
  }
}

}  // namespace
}  // namespace roadgnn::io
