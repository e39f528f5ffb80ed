// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/generate_orders.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/hash.h>

namespace roadgnn::io {
namespace {

// A street of two blocks, 0 - 1 - 2, two-way, with a bend in the first block.
graph::RoadGraph street() {
  graph::RoadGraph graph;
  graph.lat_e7 = std::vector<std::int32_t>{-299'000'000, -299'000'000, -299'000'000};
  graph.lon_e7 = std::vector<std::int32_t>{-712'000'000, -711'900'000, -711'800'000};
  graph.tail = std::vector<std::int32_t>{0, 1, 1, 2};
  graph.head = std::vector<std::int32_t>{1, 0, 2, 1};
  graph.opposite = std::vector<std::int32_t>{1, 0, 3, 2};
  graph.segment = std::vector<std::int32_t>{0, 0, 1, 1};
  graph.length_cm = std::vector<std::int32_t>{96'000, 96'000, 96'000, 96'000};
  graph.edge_flags = std::vector<std::uint16_t>{0, 1, 0, 1};
  graph.road_class = std::vector<graph::RoadClass>(4, graph::RoadClass::residential);
  graph.first_shape = std::vector<std::int32_t>{0, 1, 1};
  graph.shape_lat_e7 = std::vector<std::int32_t>{-299'001'000};
  graph.shape_lon_e7 = std::vector<std::int32_t>{-711'950'000};
  for (const char* name : {"cargo_trike", "van", "cold_truck"}) {
    graph::ProfileData profile;
    profile.name = name;
    profile.snappable = std::vector<std::uint8_t>(4, 1);
    graph.profiles.push_back(profile);
  }
  return graph;
}

std::string csv_of(const std::vector<OrderRow>& orders) {
  std::ostringstream out;
  write_orders_csv(out, orders);
  return out.str();
}

TEST(GenerateOrders, GivesTheSameBytesForTheSameSeedOnAnyMachine) {
  const std::string day = csv_of(generate_orders(street(), {}, {200, 7}));

  EXPECT_EQ(day, csv_of(generate_orders(street(), {}, {200, 7})));
  EXPECT_NE(day, csv_of(generate_orders(street(), {}, {200, 8})));
  EXPECT_EQ(xxh3(day), 3945130280735009317U);
}

TEST(GenerateOrders, MixesWindowsPairsReturnsAndChilledGoods) {
  const auto orders = generate_orders(street(), {}, {20'000, 1});

  int windows = 0, pairs = 0, returns = 0, chilled = 0;
  for (const OrderRow& order : orders) {
    const auto& customer = order.delivery ? order.delivery : order.pickup;
    windows += customer->windows.empty() ? 0 : 1;
    pairs += order.pickup && order.delivery ? 1 : 0;
    returns += order.delivery ? 0 : 1;
    chilled += order.needs.empty() ? 0 : 1;
    if (!customer->windows.empty()) {
      EXPECT_EQ(customer->windows[0].close - customer->windows[0].open, 7'200'000);
    }
  }
  EXPECT_NEAR(windows, 6000, 250);
  EXPECT_NEAR(pairs, 2000, 180);
  EXPECT_NEAR(returns, 400, 90);
  EXPECT_NEAR(chilled, 2520, 250);
}

TEST(GenerateOrders, StaysWithinTwentyMetresOfTheStreetsOfItsZones) {
  const std::vector<PopulationZone> zones = {{{-29.9, -71.195}, 100, 400},
                                             {{0, 0}, 1'000'000, 400}};

  for (const OrderRow& order : generate_orders(street(), zones, {500, 3})) {
    const Coordinate place = (order.delivery ? order.delivery : order.pickup)->place;
    EXPECT_NEAR(place.lat, -29.90005, 0.00025);
    EXPECT_GE(place.lon, -71.2002);
    EXPECT_LE(place.lon, -71.1898);
  }
}

// The street has 1,920 m: 96 doors.
TEST(GenerateOrders, TakesAddressesAsFarAsTheMapHasThem) {
  const auto share_at_addresses = [](std::int32_t num_addresses) {
    graph::RoadGraph city = street();
    std::vector<std::int32_t> lat, lon;
    for (std::int32_t i = 0; i < num_addresses; ++i) {
      lat.push_back(-298'900'000);
      lon.push_back(-712'000'000 + 1000 * i);
    }
    city.address_lat_e7 = lat;
    city.address_lon_e7 = lon;
    int at_addresses = 0;
    for (const OrderRow& order : generate_orders(city, {}, {2000, 5}))
      at_addresses += (order.delivery ? order.delivery : order.pickup)->place.lat == -29.89;
    return at_addresses / 2000.0;
  };

  EXPECT_EQ(share_at_addresses(0), 0);
  EXPECT_NEAR(share_at_addresses(48), 0.5, 0.05);
  EXPECT_EQ(share_at_addresses(200), 1);
}

TEST(GenerateOrders, TakesAddressesOfItsZonesAlone) {
  graph::RoadGraph city = street();
  std::vector<std::int32_t> lat(300, -299'000'000), lon;
  for (std::int32_t i = 0; i < 300; ++i) lon.push_back(-712'000'000 + 67'000 * i);
  city.address_lat_e7 = lat;
  city.address_lon_e7 = lon;

  for (const OrderRow& order : generate_orders(city, {{{-29.9, -71.195}, 100, 400}}, {500, 3})) {
    const Coordinate place = (order.delivery ? order.delivery : order.pickup)->place;
    EXPECT_GE(place.lon, -71.2002);
    EXPECT_LE(place.lon, -71.1898);
  }
}

TEST(GenerateOrders, RefusesZonesWithoutStreets) {
  EXPECT_THROW(generate_orders(street(), {{{0, 0}, 5, 100}}, {10, 1}), InputError);
}

TEST(GenerateOrders, MakesDaysThatReadBack) {
  const auto orders = generate_orders(street(), {}, {300, 2});

  EXPECT_EQ(csv_of(read_orders_csv(csv_of(orders), "day.csv")), csv_of(orders));
}

TEST(GenerateFleet, HasTwoDepotsAndAVehicleForEveryNeed) {
  const auto orders = generate_orders(street(), {}, {2000, 1});

  const Fleet fleet = generate_fleet(street(), orders);

  EXPECT_EQ(fleet.depots.size(), 2U);
  std::int64_t volume = 0, capacity = 0, chilled = 0;
  for (const OrderRow& order : orders) volume += order.volume_ml;
  for (const FleetVehicleType& type : fleet.vehicle_types) {
    capacity += type.volume_ml * type.count;
    chilled += type.offers.empty() ? 0 : type.count;
  }
  EXPECT_GT(capacity, volume);
  EXPECT_GT(chilled, 0);
}

TEST(GenerateFleet, HasMoreColdTrucksThanChilledOrdersAloneNeedWhereOthersRideAlong) {
  const auto orders = generate_orders(street(), {}, {3000, 1});
  std::vector<OrderRow> chilled, other;
  for (const OrderRow& order : orders) (order.needs.empty() ? other : chilled).push_back(order);
  const auto count = [](const std::vector<OrderRow>& day, bool cold) {
    std::int64_t vehicles = 0;
    for (const FleetVehicleType& type : generate_fleet(street(), day).vehicle_types)
      vehicles += type.offers.empty() == cold ? 0 : type.count;
    return vehicles;
  };

  EXPECT_GT(count(orders, true), count(chilled, true));
  EXPECT_LT(count(orders, false), count(other, false));
  EXPECT_EQ(count(other, true), 0);
  EXPECT_EQ(count(chilled, false), 0);
}

TEST(ReadZones, NamesLineAndColumn) {
  EXPECT_EQ(read_zones_csv("id,lat,lon,population,radius_m\n1,-30,-71,3938,1782\n", "zones.csv")
                .at(0)
                .radius_m,
            1782);
  try {
    read_zones_csv("lat,lon,population,radius_m\n1,2,-3,4\n", "zones.csv");
    FAIL() << "expected an InputError";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "zones.csv:2: population: expected a number from 0 to 1e+09, found '-3'");
  }
}

}  // namespace
}  // namespace roadgnn::io
