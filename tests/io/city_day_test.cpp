// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/city_day.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

#include "../graph/network_maker.h"

namespace roadgnn::io {
namespace {

using graph::Access;
using graph::testing::NetworkMaker;
using testing::HasSubstr;

// Streets of about 100 m at the equator: a square that the profiles "car" and "profile1" may both
// use, an arm to the east for cars alone, and a street 20 km to the north that leads nowhere.
std::shared_ptr<const graph::RoadGraph> square_city() {
  NetworkMaker maker(2);
  for (const auto& [x, y] : {std::pair{0., 0.}, {1., 0.}, {1., 1.}, {0., 1.}, {30., 0.}})
    maker.node(x, y);
  for (const std::int32_t corner : {0, 1, 2, 3}) maker.street(corner, (corner + 1) % 4);
  maker.set_access(maker.street(1, 4), Access::closed, 1);
  maker.street(maker.node(0, 200), maker.node(1, 200));
  return std::make_shared<const graph::RoadGraph>(maker.build());
}

Coordinate at(double x, double y) {
  return {y * 9e-4, x * 9e-4};
}

Fleet one_van(const std::string& profile = "car") {
  Fleet fleet;
  fleet.depots.push_back({"D", at(0, 0), {}});
  fleet.vehicle_types.push_back({.id = "van", .profile = profile, .offers = {}, .shift = {}});
  return fleet;
}

OrderRow delivery_to(Coordinate place, const std::string& id = "a") {
  OrderRow row;
  row.id = id;
  row.delivery = StopRow{.place = place, .windows = {}, .service_ms = 60'000};
  return row;
}

CityDay assemble(const std::vector<OrderRow>& orders, const Fleet& fleet = one_van()) {
  return assemble_city_day(square_city(), orders, fleet);
}

std::string why_refused(const Fleet& fleet) {
  try {
    assemble({delivery_to(at(1, 1))}, fleet);
  } catch (const InputError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(AssembleCityDay, NumbersDepotsThenEachOrdersPickupAndDelivery) {
  OrderRow both = delivery_to(at(1, 1), "b");
  both.pickup = StopRow{.place = at(0, 1), .windows = {}, .service_ms = 0};

  const CityDay day = assemble({delivery_to(at(1, 0)), both});

  ASSERT_EQ(day.problem.num_locations, 4);
  EXPECT_EQ(day.problem.depots[0].location, 0);
  EXPECT_EQ(day.problem.orders[0].delivery->location, 1);
  EXPECT_EQ(day.problem.orders[1].pickup->location, 2);
  EXPECT_EQ(day.problem.orders[1].delivery->location, 3);
  ASSERT_EQ(day.positions.size(), 1U);
  for (const graph::Position& position : day.positions[0]) EXPECT_TRUE(position.valid());
}

TEST(AssembleCityDay, PreparesTheProfilesInUseOnce) {
  Fleet fleet = one_van("profile1");
  fleet.vehicle_types.push_back(fleet.vehicle_types[0]);
  fleet.vehicle_types.push_back({.id = "car", .profile = "car", .offers = {}, .shift = {}});

  const CityDay day = assemble({delivery_to(at(1, 1))}, fleet);

  EXPECT_EQ(day.profiles, (std::vector<int>{1, 0}));
  EXPECT_EQ(day.metrics.size(), 2U);
  EXPECT_EQ(day.problem.vehicle_types[1].profile, 0);
  EXPECT_EQ(day.problem.vehicle_types[2].profile, 1);
}

TEST(AssembleCityDay, KeepsLitresAndKilogramsToThreeDecimals) {
  OrderRow row = delivery_to(at(1, 1));
  row.volume_ml = 1'234;
  row.weight_g = 5;

  const CityDay day = assemble({row});

  EXPECT_EQ(day.problem.orders[0].load, (std::vector<std::int64_t>{1'234, 5}));
}

TEST(AssembleCityDay, RefusesAProfileThatTheCityLacks) {
  EXPECT_THAT(why_refused(one_van("bus")), HasSubstr("no profile 'bus' in this city; it has car"));
}

TEST(AssembleCityDay, RefusesADepotThatItsVehiclesCannotReach) {
  Fleet far = one_van();
  far.depots[0].place = at(0, 50);
  EXPECT_THAT(why_refused(far), HasSubstr("depot 'D' at 0.045000,0.000000: expected a street that "
                                          "'car' may use within 1000 m, found the nearest 4"));

  Fleet on_the_arm = one_van("profile1");
  on_the_arm.depots[0].place = at(29, 0);
  EXPECT_THAT(why_refused(on_the_arm), HasSubstr("'profile1' may use within 1000 m"));
}

TEST(AssembleCityDay, MarksOrdersOutsideTheMapAndFarFromStreetsImpossible) {
  OrderRow pickup = delivery_to(at(1, 1), "pickup");
  pickup.pickup = StopRow{.place = at(0, 100), .windows = {}, .service_ms = 0};

  const CityDay day = assemble({delivery_to(at(1, 1)), delivery_to({45, 90}, "outside"), pickup});

  const auto& orders = day.problem.orders;
  EXPECT_TRUE(orders[0].impossible.empty());
  EXPECT_THAT(orders[1].impossible,
              HasSubstr("the delivery at 45.000000,90.000000 lies outside the map: the nearest "
                        "street open to the fleet is"));
  EXPECT_THAT(orders[2].impossible, HasSubstr("the pickup at 0.090000,0.000000: the nearest street "
                                              "open to the fleet is"));
  EXPECT_THAT(orders[2].impossible, HasSubstr("farther than 1000 m"));
}

TEST(AssembleCityDay, ServesAPlaceThatOneOfTheProfilesReaches) {
  const OrderRow on_the_arm = delivery_to(at(29, 0));
  Fleet both = one_van("profile1");
  both.vehicle_types.push_back({.id = "car", .profile = "car", .offers = {}, .shift = {}});

  EXPECT_FALSE(assemble({on_the_arm}, one_van("profile1")).problem.orders[0].impossible.empty());
  EXPECT_TRUE(assemble({on_the_arm}, both).problem.orders[0].impossible.empty());
}

TEST(AssembleCityDay, KeepsNeedsThatNoVehicleOffers) {
  OrderRow frozen = delivery_to(at(1, 1));
  frozen.needs = {"frozen", "chilled", "frozen"};
  Fleet fleet = one_van();
  fleet.vehicle_types[0].offers = {"chilled"};

  const CityDay day = assemble({frozen}, fleet);

  const auto& problem = day.problem;
  EXPECT_EQ(problem.orders[0].needs.size(), 2U);
  EXPECT_EQ(problem.vehicle_types[0].offers.size(), 1U);
  EXPECT_THAT(problem.skills, testing::UnorderedElementsAre("chilled", "frozen"));
}

TEST(AssembleCityDay, LocksAnOrderToATypeOrToAVehicleAsPlansNameIt) {
  Fleet fleet = one_van();
  fleet.vehicle_types.front().count = 3;
  fleet.vehicle_types.push_back({.id = "van-2", .profile = "car", .offers = {}, .shift = {}});
  OrderRow by_type = delivery_to(at(1, 0), "a"), by_vehicle = delivery_to(at(1, 1), "b"),
           by_name = delivery_to(at(0, 1), "c");
  by_type.lock = "van";
  by_vehicle.lock = "van-3";
  by_name.lock = "van-2";

  const auto orders = assemble({by_type, by_vehicle, by_name}, fleet).problem.orders;

  EXPECT_THAT(orders[0].allowed_types, testing::ElementsAre(0));
  EXPECT_EQ(orders[0].locked_type, -1);
  EXPECT_EQ(std::pair(orders[1].locked_type, orders[1].locked_vehicle), std::pair(0, 2));
  EXPECT_THAT(orders[2].allowed_types, testing::ElementsAre(1));
}

TEST(AssembleCityDay, RefusesALockToAVehicleThatTheFleetLacks) {
  for (const char* lock : {"vam", "van-2", "van-0", "van-x", "-1"}) {
    OrderRow order = delivery_to(at(1, 0));
    order.lock = lock;
    order.line = 7;

    try {
      assemble({order});
      ADD_FAILURE() << lock;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("order 'a' on line 7: lock: expected a vehicle type or "
                                          "a vehicle such as van-3 of the fleet, found"));
    }
  }
}

// A street of the square that is slow in the morning.
TEST(AssembleCityDay, GivesVehicleTypesTheHoursOfADate) {
  NetworkMaker maker(2);
  for (const auto& [x, y] : {std::pair{0., 0.}, {1., 0.}, {1., 1.}}) maker.node(x, y);
  const auto slow = maker.street(0, 1);
  maker.street(1, 2);
  maker.network().conditions = {"always", "07:00-09:00"};
  maker.network().profiles[0].conditional_edges = {{slow.along(), 0, 10'000, Access::open},
                                                   {slow.along(), 1, 60'000, Access::open}};
  const auto city = std::make_shared<const graph::RoadGraph>(maker.build());
  CityDayOptions options;
  options.date = std::chrono::year(2026) / 11 / 24;
  Fleet fleet = one_van("profile1");
  fleet.vehicle_types.push_back({.id = "car", .profile = "car", .offers = {}, .shift = {}});

  const CityDay day = assemble_city_day(city, {delivery_to(at(1, 1))}, fleet, options);

  EXPECT_THAT(day.profiles, testing::ElementsAre(1, 0, 0));
  ASSERT_EQ(day.metrics.size(), 3U);
  ASSERT_EQ(day.positions.size(), 3U);
  EXPECT_TRUE(day.positions[2][1].valid());
  EXPECT_TRUE(day.problem.vehicle_types[0].slices.empty());
  const decode::VehicleType& car = day.problem.vehicle_types[1];
  EXPECT_EQ(car.profile, 1);
  ASSERT_EQ(car.slices.size(), 4U);
  EXPECT_EQ(std::pair(car.slices[0].from, car.slices[0].profile), std::pair(25'200'000L, 2));
  EXPECT_EQ(std::pair(car.slices[1].from, car.slices[1].profile), std::pair(32'400'000L, 1));
}

TEST(AssembleCityDay, IsTheSameForAnyNumberOfThreads) {
  std::vector<OrderRow> orders;
  for (int i = 0; i < 700; ++i)
    orders.push_back(delivery_to(at(0.01 * (i % 97), 0.013 * (i % 89))));

  const CityDay one = assemble_city_day(square_city(), orders, one_van(), {1000, 1});
  const CityDay three = assemble_city_day(square_city(), orders, one_van(), {1000, 3});

  EXPECT_EQ(one.positions, three.positions);
}

}  // namespace
}  // namespace roadgnn::io
