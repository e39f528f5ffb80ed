// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/instance.h>

namespace roadgnn::io {
namespace {

using ::testing::HasSubstr;

std::string message_of(const std::string& text) {
  try {
    read_instance(text, "toy.vrp");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string kThreeNodes =
    "NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6.5 8\nDEMAND_SECTION\n1 0\n2 5\n3 7\n";

std::string euclidean(const std::string& more) {
  return "NAME : toy\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 10\n" +
         more;
}

std::int32_t length(const Instance& instance, std::int32_t from, std::int32_t to) {
  return instance.travel_times->at(0, from, to).length_m;
}

TEST(Vrplib, ReadsADepotCustomersAndAnUnlimitedFleet) {
  const Instance instance = read_instance(euclidean(kThreeNodes), "toy.vrp");

  EXPECT_EQ(instance.name, "toy");
  EXPECT_EQ(instance.objective, Objective::rounded);
  EXPECT_EQ(instance.problem.depots.size(), 1U);
  ASSERT_EQ(instance.problem.orders.size(), 2U);
  EXPECT_EQ(instance.problem.orders[1].id, "2");
  EXPECT_EQ(instance.problem.orders[1].load, std::vector<std::int64_t>{7});
  EXPECT_FALSE(instance.problem.orders[1].pickup);
  ASSERT_EQ(instance.problem.vehicle_types.size(), 1U);
  EXPECT_EQ(instance.problem.vehicle_types[0].count, decode::kUnlimitedCount);
  EXPECT_EQ(instance.problem.vehicle_types[0].capacity, std::vector<std::int64_t>{10});
  EXPECT_EQ(length(instance, 0, 1), 5);
  EXPECT_EQ(length(instance, 1, 2), 5);  // 5.3
}

TEST(Vrplib, IsLenientAboutBlanksSeparatorsCaseAndColons) {
  const std::string text =
      "\xEF\xBB\xBFname toy\r\n dimension\t:3 \r\nEdge_Weight_Type:  EUC_2D\r\nCAPACITY: 10\r\n\r\n"
      "NODE_COORD_SECTION :\r\n 3,6.5,8\r\n1\t0 0\r\n  2 +3 4e0\r\n"
      "DEMAND_SECTION\t\t\r\n1 0 \r\n2 5\r\n3 7\r\nDEPOT_SECTION\r\n 1\r\n -1\r\nEOF\r\nanything";

  const Instance instance = read_instance(text, "toy.vrp");

  EXPECT_EQ(instance.problem.orders.size(), 2U);
  EXPECT_EQ(length(instance, 0, 1), 5);
}

TEST(Vrplib, RoundsAsTheObjectiveAndTheTypeSay) {
  const auto scaled = [](const std::string& type, std::optional<Objective> objective) {
    std::string text = euclidean(kThreeNodes);
    text.replace(text.find("EUC_2D"), 6, type);
    return length(read_instance(text, "toy.vrp", objective), 0, 2);  // 10.3078
  };

  EXPECT_EQ(scaled("EUC_2D", {}), 10);
  EXPECT_EQ(scaled("CEIL_2D", {}), 11);
  EXPECT_EQ(scaled("FLOOR_2D", {}), 10);
  EXPECT_EQ(scaled("MAN_2D", {}), 15);  // 14.5
  EXPECT_EQ(scaled("MAX_2D", {}), 8);
  EXPECT_EQ(scaled("EUC_2D", Objective::dimacs), 103);
  EXPECT_EQ(scaled("EUC_2D", Objective::exact), 1'030'776);
  EXPECT_EQ(scaled("EXACT_2D", {}), 1'030'776);
}

// The distance from ulysses22's first node to its second is 509 (TSPLIB's own documentation counts
// geographic distances so).
TEST(Vrplib, CountsGeographicAndPseudoEuclideanDistancesAsTsplibDoes) {
  const std::string nodes = "NODE_COORD_SECTION\n1 38.24 20.42\n2 39.57 26.15\n";

  const Instance geographic =
      read_instance("DIMENSION: 2\nEDGE_WEIGHT_TYPE: GEO\n" + nodes, "toy.vrp");
  const Instance pseudo = read_instance(
      "DIMENSION: 2\nEDGE_WEIGHT_TYPE: ATT\nNODE_COORD_SECTION\n1 0 0\n2 10 10\n", "toy.vrp");

  EXPECT_EQ(length(geographic, 0, 1), 509);
  EXPECT_EQ(length(pseudo, 0, 1), 5);  // sqrt(200 / 10) = 4.47, up
}

TEST(Vrplib, ReadsEveryFormOfExplicitMatrix) {
  // 12 from 1 to 2, 13 from 1 to 3, 23 from 2 to 3; 99 on the diagonal, which says nothing.
  const std::pair<std::string, std::string> forms[] = {
      {"FULL_MATRIX", "99 12 13 12 99 23 13 23 99"},
      {"UPPER_ROW", "12 13\n23"},
      {"LOWER_ROW", "12\n13 23"},
      {"UPPER_DIAG_ROW", "99 12 13 99 23 99"},
      {"LOWER_DIAG_ROW", "99 12 99 13 23 99"},
      {"UPPER_COL", "12 13 23"},
      {"LOWER_COL", "12 13 23"},
      {"UPPER_DIAG_COL", "99 12 99 13 23 99"},
      {"LOWER_DIAG_COL", "99\n12\n13 99 23 99"}};
  for (const auto& [form, values] : forms) {
    const Instance instance = read_instance(
        "DIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT: " +
            form + "\nEDGE_WEIGHT_SECTION\n" + values + "\n",
        "toy.vrp");

    EXPECT_EQ(length(instance, 0, 1), 12) << form;
    EXPECT_EQ(length(instance, 2, 0), 13) << form;
    EXPECT_EQ(length(instance, 1, 2), 23) << form;
    EXPECT_EQ(length(instance, 1, 1), 0) << form;
  }
}

TEST(Vrplib, KeepsAnAsymmetricMatrixAndItsDecimals) {
  const std::string text =
      "DIMENSION: 2\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\n"
      "EDGE_WEIGHT_SECTION\n0 1.25\n2.5 0\n";

  const Instance exact = read_instance(text, "toy.vrp", Objective::exact);

  EXPECT_EQ(exact.scale, 100);
  EXPECT_EQ(length(exact, 0, 1), 125);
  EXPECT_EQ(length(exact, 1, 0), 250);
}

TEST(Vrplib, ReadsWindowsAndServicesInTheDimacsScale) {
  const std::string text =
      euclidean(kThreeNodes +
                "TIME_WINDOW_SECTION\n1 0 100\n2 10 20\n3 7.25 30.99\nSERVICE_TIME_SECTION\n1 0\n"
                "2 9\n3 9\n");

  const Instance instance = read_instance(text, "toy.vrp");

  EXPECT_EQ(instance.objective, Objective::dimacs);
  EXPECT_EQ(instance.problem.depots[0].window.close, 1000);
  const decode::Stop& stop = *instance.problem.orders[1].delivery;
  ASSERT_EQ(stop.windows.size(), 1U);
  EXPECT_EQ(stop.windows[0].open, 73);  // inwards
  EXPECT_EQ(stop.windows[0].close, 309);
  EXPECT_EQ(stop.service, 90);
  EXPECT_DOUBLE_EQ(instance.problem.vehicle_types[0].cost_per_distance, 0.1);
}

TEST(Vrplib, GroupsListedVehiclesIntoTypesAndRemembersTheirNumbers) {
  std::string text = euclidean(kThreeNodes);
  text.replace(text.find("CAPACITY : 10"), 13, "VEHICLES : 3");
  text +=
      "CAPACITY_SECTION\n1 4\n2 9\n3 4\nVEHICLES_FIXED_COST_SECTION\n1 10\n2 20\n3 10\n"
      "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 2\n2 3\n3 2\n";

  const Instance instance = read_instance(text, "toy.vrp");

  EXPECT_EQ(instance.objective, Objective::exact);
  ASSERT_EQ(instance.problem.vehicle_types.size(), 2U);
  EXPECT_EQ(instance.problem.vehicle_types[0].count, 2);
  EXPECT_EQ(instance.problem.vehicle_types[1].cost_fixed, 20);
  EXPECT_DOUBLE_EQ(instance.problem.vehicle_types[1].cost_per_distance * instance.scale, 3);
  EXPECT_EQ(instance.vehicles, (std::vector<std::vector<std::int32_t>>{{0, 2}, {1}}));
}

TEST(Vrplib, TakesDemandsInSeveralDimensionsAndWithDecimals) {
  std::string text = euclidean(
      "NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\nDEMAND_SECTION\n1 0 0\n2 1.5 2\n3 0.25 3\n"
      "CAPACITY_SECTION\n1 4 5\n2 4 5\n");
  text.replace(text.find("CAPACITY : 10\n"), 14, "");

  const Instance instance = read_instance(text, "toy.vrp");

  ASSERT_EQ(instance.problem.dimensions.size(), 2U);
  EXPECT_EQ(instance.problem.orders[0].load, (std::vector<std::int64_t>{150, 2}));
  EXPECT_EQ(instance.problem.vehicle_types[0].capacity, (std::vector<std::int64_t>{400, 5}));
  EXPECT_EQ(instance.problem.vehicle_types[0].count, 2);
}

TEST(Vrplib, SendsVehiclesFromTheirDepots) {
  std::string text =
      euclidean(kThreeNodes + "DEPOT_SECTION\n1 2\n-1\nVEHICLES_DEPOT_SECTION\n1 1\n2 2\n");

  const Instance instance = read_instance(text, "toy.vrp");

  EXPECT_EQ(instance.problem.depots.size(), 2U);
  EXPECT_EQ(instance.problem.orders.size(), 1U);
  ASSERT_EQ(instance.problem.vehicle_types.size(), 2U);
  EXPECT_EQ(instance.problem.vehicle_types[1].start_depot, 1);
}

TEST(Vrplib, ReadsPairsByLkhsSection) {
  const Instance instance = read_instance(
      "DIMENSION: 3\nTYPE: PDPTW\nCAPACITY: 9\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
      "1 0 0\n2 3 4\n3 6 8\nPICKUP_AND_DELIVERY_SECTION\n1 0 0 99 0 0 0\n2 4 10 50 1 0 3\n"
      "3 -4 0 60 2 2 0\n",
      "toy.vrp");

  ASSERT_EQ(instance.problem.orders.size(), 1U);
  const decode::Order& order = instance.problem.orders[0];
  EXPECT_EQ(order.pickup->location, 1);
  EXPECT_EQ(order.pickup->windows[0].open, 100);
  EXPECT_EQ(order.delivery->service, 20);
  EXPECT_EQ(order.load, std::vector<std::int64_t>{4});
  EXPECT_EQ(instance.problem.depots[0].window.close, 990);
}

TEST(Vrplib, ReadsBackhaulsAsCollectionsAfterDeliveries) {
  std::string text = euclidean(
      "NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\nLINEHAUL_SECTION\n1 0\n2 5\n3 0\n"
      "BACKHAUL_SECTION\n1 0\n2 0\n3 7\n");
  text.replace(text.find("CVRP"), 4, "VRPB");

  const Instance instance = read_instance(text, "toy.vrp");

  EXPECT_TRUE(instance.problem.orders[0].delivery);
  EXPECT_TRUE(instance.problem.orders[1].pickup);
  EXPECT_TRUE(instance.travel_times->at(0, 1, 2).reachable());
  EXPECT_FALSE(instance.travel_times->at(0, 2, 1).reachable());
  EXPECT_FALSE(instance.travel_times->at(0, 0, 2).reachable());
  EXPECT_TRUE(instance.travel_times->at(0, 2, 0).reachable());
}

TEST(Vrplib, ReadsPrizesGroupsLimitsAndWhoMayVisitWhom) {
  const Instance instance = read_instance(
      euclidean(
          kThreeNodes +
          "PRIZE_SECTION\n1 0\n2 0\n3 12.5\nMUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n"
          "VEHICLES_MAX_DURATION_SECTION\n1 30\n2 30\nVEHICLES_MAX_DISTANCE_SECTION\n1 20\n2 20\n"
          "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2\n2 2 3\n"),
      "toy.vrp");

  EXPECT_FALSE(instance.problem.orders[0].prize);
  EXPECT_EQ(instance.problem.orders[1].prize, 12.5);
  EXPECT_EQ(instance.problem.orders[0].group, 0);
  EXPECT_EQ(instance.problem.groups.size(), 1U);
  ASSERT_EQ(instance.problem.vehicle_types.size(), 2U);
  EXPECT_EQ(instance.problem.vehicle_types[0].max_duration, 30);
  EXPECT_EQ(instance.problem.vehicle_types[0].max_distance, 20);
  EXPECT_EQ(instance.problem.orders[0].allowed_types, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(instance.problem.orders[1].allowed_types, (std::vector<std::int32_t>{1}));
}

TEST(Vrplib, LimitsDurationsByDistanceWhereThereAreServiceTimes) {
  const Instance with_service =
      read_instance(euclidean("DISTANCE : 200\nSERVICE_TIME : 10\n" + kThreeNodes), "toy.vrp");
  const Instance without = read_instance(euclidean("DISTANCE : 200\n" + kThreeNodes), "toy.vrp");

  const auto limit = 200 * static_cast<std::int64_t>(without.scale);
  EXPECT_EQ(with_service.objective, Objective::exact);
  EXPECT_EQ(with_service.problem.vehicle_types[0].max_duration, limit);
  EXPECT_EQ(without.problem.vehicle_types[0].max_distance, limit);
}

TEST(Vrplib, NamesFileLineAndFieldOfWhatIsWrong) {
  EXPECT_EQ(message_of(euclidean("CAPACTY : 3\n")),
            "toy.vrp:6: unknown key 'CAPACTY'; did you mean \"CAPACITY\"?");
  EXPECT_EQ(message_of(euclidean("DEMANDS_SECTION\n")),
            "toy.vrp:6: unknown section 'DEMANDS_SECTION'; did you mean \"DEMAND\"?");
  EXPECT_EQ(message_of(euclidean("NODE_COORD_SECTION\n1 0 0\n2 0 x\n3 1 1\n")),
            "toy.vrp:8: y: expected a number, found 'x'");
  EXPECT_EQ(message_of(euclidean("NODE_COORD_SECTION\n1 0 0\n2 0\n3 1 1\n")),
            "toy.vrp:8: y: expected a number, found the end of the line");
  EXPECT_EQ(message_of(euclidean("NODE_COORD_SECTION\n1 0 0\n3 1 1\n")),
            "toy.vrp:6: NODE_COORD_SECTION: expected 3 rows, found 2; node 2 is missing");
  EXPECT_EQ(message_of(euclidean("NODE_COORD_SECTION\n1 0 0\n1 1 1\n")),
            "toy.vrp:8: NODE_COORD_SECTION: expected node 1 once, found it again");
  EXPECT_THAT(
      message_of(euclidean(kThreeNodes + "DEPOT_SECTION\n4\n-1\n")),
      HasSubstr("toy.vrp:15: DEPOT_SECTION: expected a whole number from -1 to 3, found '4'"));
  EXPECT_THAT(message_of(euclidean(kThreeNodes + "TIME_WINDOW_SECTION\n1 0 9\n2 8 7\n3 0 9\n")),
              HasSubstr("toy.vrp:16: TIME_WINDOW_SECTION: expected a closing after the opening"));
}

TEST(Vrplib, RefusesWhatItDoesNotHave) {
  EXPECT_THAT(message_of("DIMENSION : 3\n"),
              HasSubstr("EDGE_WEIGHT_TYPE: expected one, found none"));
  EXPECT_THAT(message_of("DIMENSION : 2000000000\n"), HasSubstr("DIMENSION: expected a number"));
  EXPECT_THAT(message_of("DIMENSION : 9\nEDGE_WEIGHT_TYPE : EUC2D\n"),
              HasSubstr("found 'EUC2D'; did you mean \"EUC_2D\"?"));
  EXPECT_THAT(
      message_of("DIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_ROW\n"
                 "EDGE_WEIGHT_SECTION\n1 2 3 4\n"),
      HasSubstr("toy.vrp:4: EDGE_WEIGHT_SECTION: expected 3 values for UPPER_ROW, found 4"));
  EXPECT_THAT(message_of("nothing of the kind\n"), HasSubstr("found none of their keywords"));
}

}  // namespace
}  // namespace roadgnn::io
