// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Opens plan pages in headless Chromium, where one is installed, and reads what they show.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <regex>
#include <string>

#include <roadgnn/io/file.h>
#include <roadgnn/io/plan_page.h>

#include "grid_day.h"
#include "page_reader.h"

namespace roadgnn::io {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> find_browser() {
  const char* path = std::getenv("PATH");
  std::string folders = path != nullptr ? path : "";
  for (const char* name :
       {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}) {
    for (std::size_t begin = 0; begin < folders.size();) {
      const std::size_t end = std::min(folders.find(':', begin), folders.size());
      const fs::path candidate = fs::path(folders.substr(begin, end - begin)) / name;
      if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
      begin = end + 1;
    }
  }
  return {};
}

class PlanPageInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    browser_ = find_browser();
    if (!browser_) GTEST_SKIP() << "no Chromium on the PATH";
    folder_ = fs::temp_directory_path() / ("roadgnn_page_test" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }

  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  void write(const GridDay& day, const std::vector<std::vector<LegReason>>& reasons = {},
             const std::string& script = "") const {
    const auto lines = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs());
    write_atomically(folder_ / "plan.html", [&](std::ostream& out) {
      write_plan_page(out, day.graph, day.problem, day.plan, lines, day.places,
                      {.title = "Grid <city>", .scorer = "model", .reasons = reasons});
      out << script;
    });
  }

  // Opens the page with an address after the `#`; the document when it has settled. Fails on
  // anything in the console.
  std::string open(const std::string& hash) const {
    const std::string dom = folder_ / "dom.html", log = folder_ / "log.txt";
    const std::string command =
        "timeout 120 '" + *browser_ +
        "' --headless=new --no-sandbox --disable-gpu --enable-logging=stderr --window-size=1400,900"
        " --virtual-time-budget=20000 --user-data-dir='" +
        (folder_ / "profile").string() + "' --dump-dom 'file://" +
        (folder_ / "plan.html").string() + "#" + hash + "' >'" + dom + "' 2>'" + log + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << read_file(log);
    EXPECT_EQ(count_of(read_file(log), "CONSOLE"), 0U) << read_file(log);
    return read_file(dom);
  }

  std::optional<std::string> browser_;
  fs::path folder_;
};

// The first group of a pattern in the document, without thousands separators.
std::string shown(const std::string& dom, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(dom, match, std::regex(pattern))) return "nothing like " + pattern;
  std::string text = match[1];
  std::erase(text, ',');
  return text;
}

std::string total(const std::string& dom, const std::string& name) {
  return shown(dom, "data-total=\"" + name + "\"><dt>" + name + "</dt><dd>([^< ]*)");
}

TEST_F(PlanPageInBrowser, ShowsThePlansFiguresAtFiftyThousandOrders) {
  const GridDay day = make_grid_day(
      {.width = 180, .height = 150, .orders = 50'000, .vehicles = 600, .unserved = 500});
  write(day);

  const std::string dom = open("");

  EXPECT_LT(fs::file_size(folder_ / "plan.html"), 15'000'000U);
  EXPECT_EQ(count_of(dom, "data-painted=\""), 1U);
  EXPECT_EQ(total(dom, "Served"), "49500");
  EXPECT_EQ(total(dom, "Unserved"), "500");
  EXPECT_EQ(total(dom, "Vehicles"), "600");
  EXPECT_EQ(total(dom, "Cost"), std::to_string(std::llround(day.plan.cost)));
  EXPECT_EQ(total(dom, "Distance"),
            std::to_string(std::llround(static_cast<double>(day.plan.distance) / 1000)));
  EXPECT_EQ(shown(dom, "data-tab=\"vehicles\"[^>]*>Vehicles <b>([^<]*)"), "600");
  EXPECT_EQ(shown(dom, "data-tab=\"unserved\"[^>]*>Unserved <b>([^<]*)"), "500");
  EXPECT_EQ(shown(dom, "data-type=\"0\" data-used=\"([^\"]*)"), "300");
  EXPECT_EQ(shown(dom, "aria-setsize=\"([^\"]*)\" id=\"vehicle-list-0\""), "600");
}

TEST_F(PlanPageInBrowser, OpensAtTheVehicleOfTheAddress) {
  const GridDay day = make_grid_day();
  write(day);

  const std::string dom = open("vehicle=van-2");

  EXPECT_EQ(shown(dom, "id=\"detail-head\"><div class=\"name\">.*?<span>([^<]*)</span>"), "van-2");
  EXPECT_EQ(shown(dom, "<b>([^<]*)</b> stops"),
            std::to_string(day.plan.routes[1].steps.size() - 2));
  EXPECT_EQ(count_of(dom, "id=\"stop-list-"), day.plan.routes[1].steps.size());
  // Capacities of 6,000 litres and 1,500 kilograms, whatever parts of them loads are counted in.
  EXPECT_EQ(shown(dom, "<span>volume</span>.*?<span>[^<]* of ([^<]*)</span>"), "6000 l");
  EXPECT_EQ(shown(dom, "<span>weight</span>.*?<span>[^<]* of ([^<]*)</span>"), "1500 kg");
}

TEST_F(PlanPageInBrowser, ShowsAHostileIdentifierAsItIs) {
  GridDay day = make_grid_day();
  const std::int32_t order = day.plan.routes[2].steps[3].order;
  day.problem.orders[static_cast<std::size_t>(order)].id =
      "</script><img src=x onerror=console.error(1)>'\"";
  day.problem.vehicle_types[0].id = "<b>van</b>";
  write(day);

  const std::string dom =
      open("order=%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dconsole.error(1)%3E%27%22");

  EXPECT_EQ(count_of(dom, "<img"), 0U);
  EXPECT_EQ(
      count_of(dom,
               "<h3>Delivery of &lt;/script&gt;&lt;img src=x onerror=console.error(1)&gt;'\"</h3>"),
      1U);
  EXPECT_GE(count_of(dom, "&lt;b&gt;van&lt;/b&gt;"), 1U);
}

TEST_F(PlanPageInBrowser, SaysWhyAnOrderIsUnserved) {
  const GridDay day = make_grid_day();
  write(day);

  const std::string dom = open("order=" + day.problem.orders[39].id);

  EXPECT_EQ(shown(dom, "<div class=\"card\"><h3>([^<]*)"), day.problem.orders[39].id);
  EXPECT_GE(count_of(dom, day.plan.unserved.back().detail), 1U);
}

/// Reasons with other figures for every leg.
std::vector<std::vector<LegReason>> reasons_of(const GridDay& day) {
  std::vector<std::vector<LegReason>> reasons;
  std::int32_t number = 0;
  for (const decode::Route& route : day.plan.routes) {
    auto& row = reasons.emplace_back(route.steps.size());
    for (std::size_t s = 1; s < row.size(); ++s, ++number) {
      const std::int32_t other =
          (number + 7) % static_cast<std::int32_t>(day.problem.orders.size());
      row[s] = {.candidates = 40,
                .rank = number % 13,
                .score = 3.25F - static_cast<float>(number % 100),
                .other = other,
                .other_score = -0.5F,
                .other_duration = 240'000};
    }
  }
  return reasons;
}

TEST_F(PlanPageInBrowser, ExplainsAStopAndALegByTheirScores) {
  const GridDay day = make_grid_day();
  auto reasons = reasons_of(day);
  const decode::Step& step = day.plan.routes[1].steps[3];
  reasons[1][3].rank = 2;
  reasons[1][3].score = -1.5F;
  const std::string& other = day.problem.orders[static_cast<std::size_t>(reasons[1][3].other)].id;
  write(day, reasons,
        "<script>if (location.hash.startsWith('#vehicle')) {"
        "const route = app.model.plan.routes[1];"
        "app.pickOnMap({route, leg: route.first + 3}); }</script>");

  const std::string& id = day.problem.orders[static_cast<std::size_t>(step.order)].id;
  const std::string stop = open("order=" + id), leg = open("vehicle=van-2");

  for (const std::string& dom : {stop, leg}) {
    EXPECT_GE(count_of(dom, ">-1.50, 2nd of 40 by model<"), 1U);
    EXPECT_GE(count_of(dom, ">" + other + ", -0.50, 4 min away ("), 1U);
  }
  EXPECT_GE(count_of(leg, " → " + id + "</h3>"), 1U);
}

TEST_F(PlanPageInBrowser, ReasonsKeepALargePageSmall) {
  const GridDay day = make_grid_day(
      {.width = 180, .height = 150, .orders = 50'000, .vehicles = 600, .unserved = 500});
  write(day);
  const auto without = fs::file_size(folder_ / "plan.html");

  write(day, reasons_of(day));

  EXPECT_LT(fs::file_size(folder_ / "plan.html"), without + 1'000'000U);
  EXPECT_EQ(count_of(open(""), "data-painted=\""), 1U);
}

TEST_F(PlanPageInBrowser, ShowsAPlanWithoutRoutesAcrossTheAntimeridian) {
  GridDay day = make_grid_day({.lat = -16.8, .lon = 179.995});
  day.plan = {};
  write(day);

  const std::string dom = open("tab=unserved");

  EXPECT_EQ(total(dom, "Vehicles"), "0");
  EXPECT_EQ(count_of(dom, "data-painted=\""), 1U);
}

}  // namespace
}  // namespace roadgnn::io
