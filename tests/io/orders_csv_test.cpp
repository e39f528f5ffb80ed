// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/orders_csv.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kHour = 3'600'000;
const BoundingBox kCoquimbo{-71.4, -30.1, -71.1, -29.8};

std::string error_of(const std::string& text, const OrdersCsvOptions& options = {}) {
  try {
    read_orders_csv(text, "day.csv", options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

OrderRow only_row(const std::string& text, const OrdersCsvOptions& options = {}) {
  const auto rows = read_orders_csv(text, "day.csv", options);
  EXPECT_EQ(rows.size(), 1U);
  return rows.empty() ? OrderRow{} : rows.front();
}

bool same(const std::optional<StopRow>& a, const std::optional<StopRow>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return true;
  if (!(a->place == b->place) || a->service_ms != b->service_ms) return false;
  return std::equal(
      a->windows.begin(), a->windows.end(), b->windows.begin(), b->windows.end(),
      [](const auto& x, const auto& y) { return x.open == y.open && x.close == y.close; });
}

TEST(OrdersCsv, ReadsEveryColumnInAnyOrderAndCase) {
  const OrderRow row = only_row(
      " Priority,ID,Delivery Lat,delivery-lon,pickup_lat,pickup_lon,delivery_open,delivery_close,"
      "pickup_windows,pickup_service_s,delivery_service_s,volume_l,weight_kg,needs\n"
      "7,A1,-29.9,-71.25,-29.95,-71.3,08:30,10:30:15,08:00-09:00;13:00-15:00,60,90.5,12.5,3.25,"
      "chilled;frozen\n");

  EXPECT_EQ(row.id, "A1");
  EXPECT_EQ(row.priority, 7);
  EXPECT_EQ(row.line, 2);
  ASSERT_TRUE(row.pickup && row.delivery);
  EXPECT_EQ(row.delivery->place, (Coordinate{-29.9, -71.25}));
  EXPECT_EQ(row.pickup->place, (Coordinate{-29.95, -71.3}));
  ASSERT_EQ(row.delivery->windows.size(), 1U);
  EXPECT_EQ(row.delivery->windows[0].open, 8 * kHour + kHour / 2);
  EXPECT_EQ(row.delivery->windows[0].close, 10 * kHour + kHour / 2 + 15'000);
  ASSERT_EQ(row.pickup->windows.size(), 2U);
  EXPECT_EQ(row.pickup->windows[1].open, 13 * kHour);
  EXPECT_EQ(row.pickup->service_ms, 60'000);
  EXPECT_EQ(row.delivery->service_ms, 90'500);
  EXPECT_EQ(row.volume_ml, 12'500);
  EXPECT_EQ(row.weight_g, 3'250);
  EXPECT_EQ(row.needs, (std::vector<std::string>{"chilled", "frozen"}));
}

TEST(OrdersCsv, TakesAnEmptyPairOfCoordinatesForTheDepot) {
  const OrderRow row =
      only_row("id,pickup_lat,pickup_lon,delivery_lat,delivery_lon\n1,,,-29.9,-71.2\n");

  EXPECT_FALSE(row.pickup);
  EXPECT_TRUE(row.delivery);
}

TEST(OrdersCsv, ReadsExcelFilesWithMarkSemicolonsDecimalCommasAndCrLf) {
  const OrderRow row = only_row(
      "\xEF\xBB\xBFid;delivery_lat;delivery_lon;volume_l;delivery_open\r\n\r\n\"1;a\";-29,9;\"-71,"
      "25\";1,5;3600,5\r\n");

  EXPECT_EQ(row.id, "1;a");
  EXPECT_EQ(row.delivery->place, (Coordinate{-29.9, -71.25}));
  EXPECT_EQ(row.volume_ml, 1500);
  EXPECT_EQ(row.delivery->windows[0].open, 3'600'500);
  EXPECT_EQ(row.delivery->windows[0].close, decode::kNoLimit);
}

TEST(OrdersCsv, ReadsTabsAndExcelsSeparatorLine) {
  EXPECT_EQ(only_row("id\tdelivery_lat\tdelivery_lon\n1\t-29,9\t-71.2\n").delivery->place.lat,
            -29.9);
  EXPECT_EQ(only_row("sep=;\nid;delivery_lat;delivery_lon\n1;-29,9;-71.2\n").delivery->place.lat,
            -29.9);
}

TEST(OrdersCsv, KeepsQuotedSeparatorsQuotesAndLineEndsAndCountsLines) {
  const auto rows = read_orders_csv(
      "id,delivery_lat,delivery_lon\n\"a,\"\"b\"\"\nc\",1,2\n next ,3,4\n", "day.csv");

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, "a,\"b\"\nc");
  EXPECT_EQ(rows[1].id, "next");
  EXPECT_EQ(rows[1].line, 4);
}

TEST(OrdersCsv, ToleratesEmptyTrailingColumnsAndRowsOfSeparators) {
  const auto rows =
      read_orders_csv("id,delivery_lat,delivery_lon,,\n1,2,3,,\n,,,,\n2,2,3,,,\n", "day.csv");

  EXPECT_EQ(rows.size(), 2U);
}

TEST(OrdersCsv, RunsShortWindowsPastMidnight) {
  const OrderRow row =
      only_row("id,delivery_lat,delivery_lon,delivery_windows\n1,2,3,22:00-02:00\n");

  ASSERT_EQ(row.delivery->windows.size(), 1U);
  EXPECT_EQ(row.delivery->windows[0].open, 22 * kHour);
  EXPECT_EQ(row.delivery->windows[0].close, 26 * kHour);
}

TEST(OrdersCsv, SortsAndMergesWindows) {
  const OrderRow row = only_row(
      "id,delivery_lat,delivery_lon,delivery_windows\n1,2,3,13:00-15:00; 08:00-10:00 "
      "|09:00-11:00;\n");

  ASSERT_EQ(row.delivery->windows.size(), 2U);
  EXPECT_EQ(row.delivery->windows[0].open, 8 * kHour);
  EXPECT_EQ(row.delivery->windows[0].close, 11 * kHour);
  EXPECT_EQ(row.delivery->windows[1].close, 15 * kHour);
}

TEST(OrdersCsv, RefusesAWindowThatEndsBeforeItBegins) {
  EXPECT_EQ(
      error_of("id,delivery_lat,delivery_lon,delivery_open,delivery_close\n1,2,3,10:00,08:00\n"),
      "day.csv:2: delivery_close: expected a time after 10:00, found '08:00'");
}

TEST(OrdersCsv, RefusesUnknownColumnsWithTheNearestName) {
  EXPECT_THAT(error_of("id,delivery_lat,delivery_lon,volumn_l\n1,2,3,4\n"),
              AllOf(HasSubstr("day.csv:1: unknown column 'volumn_l'"), HasSubstr("volume_l")));
  EXPECT_THAT(error_of("id,delivery_lat,delivery_lon,shoe\n1,2,3,4\n"),
              AllOf(HasSubstr("unknown column 'shoe'"), Not(HasSubstr("mean"))));
}

TEST(OrdersCsv, RefusesMissingAndDoubledColumns) {
  EXPECT_THAT(error_of("delivery_lat,delivery_lon\n1,2\n"),
              HasSubstr("expected a column 'id', found none"));
  EXPECT_THAT(error_of("id\n1\n"),
              HasSubstr("expected the columns 'delivery_lat' and 'delivery_lon'"));
  EXPECT_THAT(error_of("id,delivery_lat\n1,2\n"),
              HasSubstr("expected a column 'delivery_lon' beside 'delivery_lat'"));
  EXPECT_THAT(error_of("id,id,delivery_lat,delivery_lon\n1,1,2,3\n"),
              HasSubstr("the column 'id' stands twice"));
  EXPECT_THAT(error_of(""), HasSubstr("day.csv: expected a header line, found an empty file"));
}

TEST(OrdersCsv, ReadsWishesAndWritesThemAgain) {
  const auto rows = read_orders_csv(
      "id,delivery_lat,delivery_lon,late_cost,max_ride_min,release,prefer,group,lock\n"
      "1,2,3,12.5,45,09:30,van;truck=7.5,Miller,\n2,2,3,,,,trike,,van-3\n",
      "day.csv");
  std::ostringstream out;
  write_orders_csv(out, rows);
  const auto again = read_orders_csv(out.str(), "again.csv");

  for (const auto* one : {&rows, &again}) {
    const OrderRow& row = one->at(0);
    EXPECT_EQ(row.late_cost_per_hour, 12.5);
    EXPECT_EQ(row.max_ride_ms, 45 * 60'000);
    EXPECT_EQ(row.release_ms, 9 * 3'600'000 + 30 * 60'000);
    EXPECT_EQ(row.prefer, (std::vector<std::string>{"van", "truck"}));
    EXPECT_EQ(row.prefer_cost, 7.5);
    EXPECT_EQ(row.group, "Miller");
    EXPECT_EQ(one->at(1).prefer_cost, 10);
    EXPECT_FALSE(one->at(1).release_ms);
  }
  EXPECT_THAT(error_of("id,delivery_lat,delivery_lon,late_cost\n1,2,3,-4\n"),
              HasSubstr("day.csv:2: late_cost: expected a price per hour, found '-4'"));
}

TEST(OrdersCsv, NamesLineColumnAndValueOfEachWrongField) {
  const std::string header =
      "id,delivery_lat,delivery_lon,delivery_open,delivery_service_s,volume_l,weight_kg,priority\n";

  EXPECT_EQ(error_of(header + "1,x,3,,,,,\n"),
            "day.csv:2: delivery_lat: expected a latitude in degrees, found 'x'");
  EXPECT_EQ(error_of(header + "1,nan,3,,,,,\n"),
            "day.csv:2: delivery_lat: expected a latitude in degrees, found 'nan'");
  EXPECT_EQ(error_of(header + "1,2,,,,,,\n"),
            "day.csv:2: delivery_lon: expected a longitude in degrees, found nothing");
  EXPECT_EQ(error_of(header + "1,91,3,,,,,\n"),
            "day.csv:2: delivery_lat: expected a latitude from -90 to 90, found '91'");
  EXPECT_EQ(error_of(header + "1,2,181,,,,,\n"),
            "day.csv:2: delivery_lon: expected a longitude from -180 to 180, found '181'");
  EXPECT_THAT(error_of(header + "1,2,3,25:61,,,,\n"),
              HasSubstr("day.csv:2: delivery_open: expected a time such as 08:30"));
  EXPECT_THAT(error_of(header + "1,2,3,-1,,,,\n"), HasSubstr("delivery_open: expected a time"));
  EXPECT_EQ(error_of(header + "1,2,3,,-5,,,\n"),
            "day.csv:2: delivery_service_s: expected seconds from 0 to 86400, found '-5'");
  EXPECT_EQ(error_of(header + "1,2,3,,,1e300,,\n"),
            "day.csv:2: volume_l: expected litres from 0 to 1000000, found '1e300'");
  EXPECT_EQ(error_of(header + "1,2,3,,,,-0.5,\n"),
            "day.csv:2: weight_kg: expected kilograms from 0 to 1000000, found '-0.5'");
  EXPECT_EQ(error_of(header + "1,2,3,,,,,101\n"),
            "day.csv:2: priority: expected a whole number from 0 to 100, found '101'");
  EXPECT_EQ(error_of(header + ",2,3,,,,,\n"),
            "day.csv:2: id: expected a name or number, found nothing");
  EXPECT_EQ(error_of(header + "1,,,,,,,\n"),
            "day.csv:2: delivery_lat: expected a place to pick up or to deliver, found neither");
  EXPECT_EQ(error_of(header + "1,2,3\n"), "day.csv:2: expected 8 fields as in the header, found 3");
}

TEST(OrdersCsv, RefusesADecimalCommaInACommaSeparatedFile) {
  EXPECT_THAT(error_of("id,delivery_lat,delivery_lon,volume_l\n1,2,3,\"1,5\"\n"),
              HasSubstr("volume_l: expected litres"));
}

TEST(OrdersCsv, RefusesWindowsOfAnEndThatLiesAtTheDepot) {
  EXPECT_EQ(
      error_of("id,pickup_lat,pickup_lon,pickup_open,delivery_lat,delivery_lon\n1,,,08:00,2,3\n"),
      "day.csv:2: pickup_open: expected nothing, because the order has no pickup place, found "
      "'08:00'");
}

TEST(OrdersCsv, RefusesAnIdThatComesTwice) {
  EXPECT_EQ(error_of("id,delivery_lat,delivery_lon\nA,1,2\nB,1,2\nA,3,4\n"),
            "day.csv:4: id: expected each id once, found 'A' again; first on line 2");
}

TEST(OrdersCsv, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(error_of("id,delivery_lat,delivery_lon\n\xC3\x28,1,2\n"),
              HasSubstr("id: expected UTF-8"));
  EXPECT_THAT(error_of("\xFF\xFEi"), HasSubstr("found UTF-16"));
}

TEST(OrdersCsv, ListsTwentyErrorsAndTheNumberOfTheRest) {
  std::string text = "id,delivery_lat,delivery_lon\n";
  for (int i = 0; i < 45; ++i) text += std::to_string(i) + ",x,2\n";

  const std::string error = error_of(text);

  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 20);
  EXPECT_THAT(error, HasSubstr("day.csv:21: delivery_lat"));
  EXPECT_THAT(error, Not(HasSubstr("day.csv:22: delivery_lat")));
  EXPECT_THAT(error, testing::EndsWith("day.csv: and 25 more errors"));
}

TEST(OrdersCsv, NoticesSwappedCoordinates) {
  OrdersCsvOptions options;
  options.city = kCoquimbo;
  const std::string header = "id,delivery_lat,delivery_lon\n";

  EXPECT_THAT(
      error_of(header + "1,-29.9,-71.2\n2,-71.2,-29.9\n3,-29.9,-71.2\n", options),
      AllOf(HasSubstr("day.csv:3: latitude and longitude look swapped"), HasSubstr("-71.2")));
  EXPECT_THAT(error_of(header + "1,-71.2,-29.9\n2,-71.2,-29.9\n", options),
              AllOf(HasSubstr("look swapped in 2 of 2 places"), Not(HasSubstr("\n"))));
  EXPECT_EQ(error_of(header + "1,-33.4,-70.6\n", options), "no error");
}

TEST(OrdersCsv, NamesTheLineOfAQuoteThatNeverEnds) {
  EXPECT_EQ(error_of("id,delivery_lat,delivery_lon\n1,2,3\n\"2,3\n4,5,6\n"),
            "day.csv:3: expected a closing quote, found the end of the file");
  EXPECT_EQ(error_of("id,delivery_lat,delivery_lon\n\"1\"x,2,3\n"),
            "day.csv:2: expected a separator or a line end after a closing quote, found 'x'");
}

TEST(OrdersCsv, TurnsChineseCoordinatesIntoWgs84) {
  OrdersCsvOptions options;
  options.coordinates = CoordinateSystem::gcj02;

  const OrderRow row = only_row("id,delivery_lat,delivery_lon\n1,39.908823,116.397470\n", options);

  EXPECT_NEAR(row.delivery->place.lat, 39.907420, 2e-5);
  EXPECT_NEAR(row.delivery->place.lon, 116.391228, 2e-5);
}

TEST(OrdersCsv, ReadsBackWhatItWrites) {
  std::mt19937_64 random(5);
  std::vector<OrderRow> rows(300);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = "order \"" + std::to_string(i) + "\", " + (i % 7 == 0 ? "\n" : "") + "x";
    const auto stop = [&] {
      StopRow result;
      result.place = {static_cast<double>(random() % 1'800'000) / 1e4 - 90,
                      static_cast<double>(random() % 3'600'000) / 1e4 - 180};
      result.service_ms = static_cast<std::int64_t>(random() % 86'400'000);
      for (std::int64_t at = 0; random() % 3 != 0 && at < 20;) {
        const auto open = (at + static_cast<std::int64_t>(random() % 3)) * kHour +
                          static_cast<std::int64_t>(random() % kHour);
        result.windows.push_back({open, open + static_cast<std::int64_t>(random() % kHour)});
        at = result.windows.back().close / kHour + 1;
      }
      return result;
    };
    if (i % 3 != 0) rows[i].pickup = stop();
    if (i % 3 != 1) rows[i].delivery = stop();
    rows[i].volume_ml = static_cast<std::int64_t>(random() % 1'000'000);
    rows[i].weight_g = static_cast<std::int64_t>(random() % 5000) * 100;
    if (i % 5 == 0) rows[i].needs = {"chilled", "two men"};
    rows[i].priority = static_cast<int>(random() % 101);
  }

  std::ostringstream out;
  write_orders_csv(out, rows);
  const auto read = read_orders_csv(out.str(), "day.csv");

  ASSERT_EQ(read.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(read[i].id, rows[i].id);
    EXPECT_TRUE(same(read[i].pickup, rows[i].pickup)) << i;
    EXPECT_TRUE(same(read[i].delivery, rows[i].delivery)) << i;
    EXPECT_EQ(read[i].volume_ml, rows[i].volume_ml);
    EXPECT_EQ(read[i].weight_g, rows[i].weight_g);
    EXPECT_EQ(read[i].needs, rows[i].needs);
    EXPECT_EQ(read[i].priority, rows[i].priority);
  }
}

}  // namespace
}  // namespace roadgnn::io
