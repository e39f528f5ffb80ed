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
    read_instance(text, "toy.txt");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string kSolomon =
    "toy\r\n\r\nVEHICLE\r\nNUMBER     CAPACITY\r\n  25         200\r\n\r\nCUSTOMER\r\n"
    "CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME\r\n \r\n"
    "    0      0         0          0          0       230          0   \r\n"
    "    1      3         4         10        161       171         10   \r\n";

const std::string kLiLim =
    "25\t200\t1\n0\t0\t0\t0\t0\t1236\t0\t0\t0\n1\t3\t4\t10\t0\t900\t90\t0\t2\n"
    "2\t6\t8\t-10\t10\t990\t90\t1\t0\n";

const std::string kSartori =
    "NAME: toy\nLOCATION: Porto-Alegre\nCOMMENT:  by hand\nTYPE: PDPTW\nSIZE: 3\n"
    "DISTRIBUTION: cluster (3 / 1.1)\nDEPOT: central\nROUTE-TIME: 480\nTIME-WINDOW: 120\n"
    "CAPACITY: 100\nNODES\n0 -30.1 -51.2 0 0 480 0 0 0\n1 -30.2 -51.1 11 35 400 5 0 2\n"
    "2 -30.3 -51.1 -11 40 450 5 1 0\nEDGES\n0 7 8\n9 0 5\n4 6 0\nEOF\n";

TEST(Solomon, ReadsTheFleetTheDepotAndDeliveriesInWindows) {
  const Instance instance = read_instance(kSolomon, "toy.txt");

  EXPECT_EQ(instance.format, InstanceFormat::solomon);
  EXPECT_EQ(instance.name, "toy");
  EXPECT_EQ(instance.objective, Objective::vehicles);
  EXPECT_EQ(instance.problem.vehicle_types[0].count, 25);
  ASSERT_EQ(instance.problem.orders.size(), 1U);
  const decode::Stop& stop = *instance.problem.orders[0].delivery;
  EXPECT_EQ(stop.windows[0].open, 161 * static_cast<std::int64_t>(instance.scale));
  EXPECT_EQ(stop.service, 10 * static_cast<std::int64_t>(instance.scale));
  EXPECT_EQ(instance.travel_times->at(0, 0, 1).time_ms, 5 * static_cast<int>(instance.scale));
}

TEST(Solomon, TakesOtherObjectives) {
  const Instance instance = read_instance(kSolomon, "toy.txt", Objective::dimacs);

  EXPECT_EQ(instance.travel_times->at(0, 0, 1).length_m, 50);
  EXPECT_FALSE(instance.problem.fewest_vehicles);
  EXPECT_EQ(instance.problem.vehicle_types[0].cost_fixed, 0);
}

TEST(LiLim, JoinsPickupsAndDeliveries) {
  const Instance instance = read_instance(kLiLim, "toy.txt");

  EXPECT_EQ(instance.format, InstanceFormat::li_lim);
  ASSERT_EQ(instance.problem.orders.size(), 1U);
  const decode::Order& order = instance.problem.orders[0];
  EXPECT_EQ(order.pickup->location, 1);
  EXPECT_EQ(order.delivery->location, 2);
  EXPECT_EQ(order.load, std::vector<std::int64_t>{10});
  EXPECT_TRUE(instance.problem.fewest_vehicles);
}

TEST(SartoriBuriol, ReadsPairsAndTheAsymmetricMatrix) {
  const Instance instance = read_instance(kSartori, "toy.txt");

  EXPECT_EQ(instance.format, InstanceFormat::sartori_buriol);
  EXPECT_EQ(instance.name, "toy");
  EXPECT_EQ(instance.problem.vehicle_types[0].count, decode::kUnlimitedCount);
  EXPECT_EQ(instance.problem.orders.size(), 1U);
  EXPECT_EQ(instance.travel_times->at(0, 0, 1).time_ms, 7);
  EXPECT_EQ(instance.travel_times->at(0, 1, 0).time_ms, 9);
}

TEST(RowInstances, NameFileLineAndFieldOfWhatIsWrong) {
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };

  EXPECT_THAT(message_of(changed(kSolomon, "161", "1 61")),
              HasSubstr("toy.txt:11: row: expected 7"));
  EXPECT_THAT(message_of(changed(kSolomon, "161", "x")),
              HasSubstr("toy.txt:11: row: expected seven"));
  EXPECT_THAT(message_of(changed(kSolomon, "171", "160")),
              HasSubstr("toy.txt:11: node 1: expected a closing"));
  EXPECT_THAT(message_of(changed(kSolomon, "    1 ", "    0 ")),
              HasSubstr("toy.txt:11: node 0: expected each number once"));
  EXPECT_THAT(message_of(changed(kLiLim, "0\t2\n", "0\t7\n")),
              HasSubstr("toy.txt:3: node 1: expected the number of the pair's other end, found 7"));
  EXPECT_THAT(message_of(changed(kLiLim, "1\t0\n", "0\t0\n")),
              HasSubstr("toy.txt:3: node 1: expected node 2 to name it in return"));
  EXPECT_THAT(message_of(changed(kLiLim, "-10", "-9")),
              HasSubstr("expected a pair's demands to add up to 0"));
  EXPECT_THAT(message_of(changed(kSartori, "CAPACITY", "CAPACTY")),
              HasSubstr("did you mean \"CAPACITY\"?"));
  EXPECT_THAT(message_of(changed(kSartori, "9 0 5", "9 0")),
              HasSubstr("toy.txt:17: EDGES: expected 3 numbers, found 2"));
  EXPECT_THAT(message_of(changed(kSartori, "SIZE: 3", "SIZE: 4")),
              HasSubstr("toy.txt:15: node: expected 9 numbers, found 1"));
}

}  // namespace
}  // namespace roadgnn::io
