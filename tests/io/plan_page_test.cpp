// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/plan_page.h>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/page/plan_data.h>
#include <roadgnn/io/simplify_line.h>

#include "grid_day.h"
#include "page_reader.h"

namespace roadgnn::io {
namespace {

using nlohmann::json;

std::vector<RouteLine> lines_of(const GridDay& day) {
  return trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs(), 1);
}

std::string page_of(const GridDay& day, const std::string& title = "Grid city") {
  std::ostringstream out;
  write_plan_page(out, day.graph, day.problem, day.plan, lines_of(day), day.places,
                  {.title = title});
  return out.str();
}

json plan_data(const std::string& page) {
  return json::parse(element_text(page, "plan-data"));
}

TEST(PlanPage, NamesEveryOrderAndSaysWhatThePlanComesTo) {
  const GridDay day = make_grid_day({.orders = 300, .vehicles = 7, .unserved = 5});

  const json data = plan_data(page_of(day));

  ASSERT_EQ(data["orders"].size(), 300U);
  EXPECT_EQ(data["orders"][299], day.problem.orders[299].id);
  EXPECT_EQ(data["unserved"].size(), 5U);
  EXPECT_EQ(data["unserved"][0]["reason"], "window");
  EXPECT_EQ(data["unserved"][0]["detail"], day.plan.unserved[0].detail);
  EXPECT_EQ(data["totals"]["served"], 295);
  EXPECT_EQ(data["totals"]["vehicles"], day.plan.routes.size());
  EXPECT_EQ(data["totals"]["distance_m"], day.plan.distance);
  EXPECT_EQ(data["totals"]["in_window"], data["totals"]["with_window"]);
}

TEST(PlanPage, CountsServiceThatBeginsOutsideItsWindowsAsLate) {
  GridDay day = make_grid_day();
  for (decode::Order& order : day.problem.orders) {
    if (order.pickup) order.pickup->windows.clear();
    order.delivery->windows.clear();
  }
  const decode::Step& step = day.plan.routes[0].steps[2];
  day.problem.orders[static_cast<std::size_t>(step.order)].delivery->windows = {
      {step.begin + 1, step.begin + 2}};
  const decode::Step& other = day.plan.routes[1].steps[3];
  day.problem.orders[static_cast<std::size_t>(other.order)].delivery->windows = {
      {0, 1}, {other.begin, other.begin}};

  const json totals = plan_data(page_of(day))["totals"];

  EXPECT_EQ(totals["with_window"], 2);
  EXPECT_EQ(totals["in_window"], 1);
}

TEST(PlanPage, SaysInWhichPartsOfTheirUnitLoadsAreCounted) {
  GridDay day = make_grid_day();

  EXPECT_EQ(plan_data(page_of(day))["load_units"], (json{1000.0, 1000.0}));

  day.problem.shown_load_units.clear();
  EXPECT_EQ(plan_data(page_of(day))["load_units"], (json{1.0, 1.0}));
}

TEST(PlanPage, HoldsRoutesThatDecodeToThePlan) {
  const GridDay day = make_grid_day({.orders = 200, .vehicles = 5});
  std::vector<RouteLine> lines;
  for (const RouteLine& line : lines_of(day)) lines.push_back(simplify(line, page::kToleranceM));

  const std::vector<ReadRoute> routes =
      read_routes(element_text(page_of(day), "route-data"), day.problem.dimensions.size());

  ASSERT_EQ(routes.size(), day.plan.routes.size());
  for (std::size_t r = 0; r < routes.size(); ++r) {
    const decode::Route& route = day.plan.routes[r];
    EXPECT_EQ(routes[r].type, route.vehicle_type);
    EXPECT_EQ(routes[r].vehicle, route.vehicle);
    EXPECT_NEAR(routes[r].cost, route.cost, 0.0051);
    EXPECT_EQ(routes[r].distance, route.distance);
    ASSERT_EQ(routes[r].steps.size(), route.steps.size());
    for (std::size_t s = 0; s < route.steps.size(); ++s) {
      const ReadStep& read = routes[r].steps[s];
      ASSERT_EQ(read.kind, static_cast<int>(route.steps[s].kind));
      ASSERT_EQ(read.order, route.steps[s].order);
      ASSERT_EQ(read.arrival_s, (route.steps[s].arrival + 500) / 1000);
      ASSERT_EQ(read.begin_s, (route.steps[s].begin + 500) / 1000);
      ASSERT_EQ(read.departure_s, (route.steps[s].departure + 500) / 1000);
      ASSERT_EQ(read.load, route.steps[s].load);
      ASSERT_EQ(read.distance, route.steps[s].distance);
      const auto at = static_cast<std::size_t>(lines[r].first_point[s]);
      ASSERT_EQ(routes[r].points.at(static_cast<std::size_t>(read.point)),
                rounded_e6(lines[r].points[at]));
    }
    ASSERT_EQ(routes[r].points.size(), lines[r].points.size());
  }
}

TEST(PlanPage, HoldsEverySegmentOfTheCityOnce) {
  const GridDay day = make_grid_day();
  std::multiset<std::pair<PointE6, PointE6>> wanted;
  for (std::int32_t edge = 0; edge < day.graph.num_edges(); ++edge) {
    if ((day.graph.edge_flags[static_cast<std::size_t>(edge)] & graph::edge_flag::against_way) != 0)
      continue;
    add_pieces(wanted, edge_line(day.graph, edge));
  }

  std::multiset<std::pair<PointE6, PointE6>> drawn;
  for (const auto& street : read_roads(element_text(page_of(day), "road-data")))
    add_pieces(drawn, street);

  EXPECT_EQ(drawn, wanted);
}

TEST(PlanPage, KeepsACityAcrossTheAntimeridianInOnePiece) {
  const GridDay day = make_grid_day({.lat = -16.8, .lon = 179.99});

  for (const auto& street : read_roads(element_text(page_of(day), "road-data"))) {
    for (std::size_t i = 1; i < street.size(); ++i)
      ASSERT_LT(std::abs(street[i].lon - street[i - 1].lon), 20'000);
  }
}

TEST(PlanPage, LetsNoIdentifierLeaveItsString) {
  GridDay day = make_grid_day({.unserved = 4});
  const std::string hostile =
      "</script><script>alert(1)</script>\"'&\\ {{plan.js}} \xE2\x80\xA8 \xF0\x9F\x9A\x9A "
      "\x01\xff<!--";
  day.problem.orders[0].id = hostile;
  day.problem.vehicle_types[0].id = hostile;
  day.plan.unserved[0].detail = hostile;
  const std::string harmless = page_of(make_grid_day({.unserved = 4}));

  const std::string page = page_of(day, hostile);

  EXPECT_EQ(count_of(page, "<script"), count_of(harmless, "<script"));
  EXPECT_EQ(count_of(page, "</script"), count_of(harmless, "</script"));
  EXPECT_EQ(count_of(page, "<!--"), count_of(harmless, "<!--"));
  const json data = plan_data(page);
  const std::string kept = hostile.substr(0, hostile.find('\xff')) + "\xEF\xBF\xBD<!--";
  EXPECT_EQ(data["orders"][0], kept);
  EXPECT_EQ(data["types"][0]["id"], kept);
  EXPECT_EQ(data["unserved"][0]["detail"], kept);
}

TEST(PlanPage, FetchesNothing) {
  const std::string page = page_of(make_grid_day());

  EXPECT_EQ(count_of(page, "url(images"), 0U);
  EXPECT_EQ(count_of(page, "sourceMappingURL"), 0U);
  EXPECT_EQ(count_of(page, "src=\"http"), 0U);
  EXPECT_EQ(count_of(page, "<link"), 0U);
  EXPECT_EQ(count_of(page, "default-src 'none'"), 1U);
  EXPECT_GE(count_of(page, "© OpenStreetMap contributors"), 1U);
}

TEST(PlanPage, ShowsAPlanWithoutRoutes) {
  GridDay day = make_grid_day();
  day.plan = {};

  const json totals = plan_data(page_of(day))["totals"];

  EXPECT_EQ(totals["vehicles"], 0);
}

TEST(PlanPage, RefusesLinesOfAnotherPlan) {
  const GridDay day = make_grid_day();
  std::ostringstream out;

  EXPECT_THROW(write_plan_page(out, day.graph, day.problem, day.plan, {}, day.places), Error);
}

}  // namespace
}  // namespace roadgnn::io
