// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What the program says to wrong command lines and wrong files: one clear line, the right status,
// and no output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "program.h"

namespace roadgnn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

// A folder with a city, a day and a plan for it.
class RefusalsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.put("map.osm", grid_map());
    folder_.put("day.csv", grid_orders());
    folder_.put("fleet.json", grid_fleet());
    ASSERT_EQ(run("import map.osm -o city").status, 0);
    ASSERT_EQ(
        run("route --city city --orders day.csv --fleet fleet.json -o out --iterations 3").status,
        0);
  }

  Finished run(const std::string& line) const {
    return run_program(words(line), {.folder = folder_.path()});
  }

  void expect_refused(const std::string& line, int status, const std::string& says) const {
    SCOPED_TRACE(line);
    const auto before = folder_.names();

    const Finished finished = run(line);

    EXPECT_EQ(finished.status, status);
    EXPECT_THAT(finished.err, StartsWith("roadgnn: "));
    EXPECT_THAT(finished.err, HasSubstr(says));
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(folder_.names(), before);
  }

  ScratchFolder folder_;
};

TEST_F(RefusalsTest, OfCommandLinesNameTheCommandOrTheOption) {
  expect_refused("", 2, "A subcommand is required");
  expect_refused("ruote", 2, "unknown command 'ruote'; did you mean \"route\"?");
  expect_refused("import", 2, "MAP is required");
  expect_refused("import map.osm", 2, "--output is required");
  expect_refused("import map.osm -o x --profile car", 2, "--profile");
  expect_refused("import map.osm -o x --threads many", 2, "--threads: Value many");
  expect_refused("import map.osm -o x --driving-side up", 2, "--driving-side: up");
  expect_refused("import map.osm -o x --country Chile", 2, "country 'Chile'");
  expect_refused("import map.osm -o x --bbox 1,2,3", 2, "--bbox 1,2,3: expected west,south");
  expect_refused("import map.osm -o x --bbox 3,2,4,nan", 2, "south < north");
  expect_refused("info city more", 2, "more");
  expect_refused("path city --profile van --from 1,2", 2, "--to is required");
  expect_refused("table city --profile van --sources day.csv", 2, "--output is required");
  expect_refused("orders city --count 0 -o x", 2, "--count: Value 0");
  expect_refused("orders city --seed -1 -o x", 2, "--seed");
  const std::string route = "route --city city --orders day.csv --fleet fleet.json -o x ";
  expect_refused(route + "--time-limit -1", 2, "--time-limit: Value -1");
  expect_refused(route + "--iterations 1.5", 2, "--iterations: Value 1.5");
  expect_refused(route + "--candidates best", 2, "--candidates: best");
  expect_refused(route + "--coords utm", 2, "--coords: utm");
  for (const std::string date : {"2026-13-01", "2026-02-29", "24.11.2026", "tomorrow"}) {
    expect_refused(route + "--date " + date, 2,
                   "--date: expected a date such as 2026-11-24, found '" + date + "'");
  }
  expect_refused("route --city city --orders day.csv -o x", 2, "--fleet is required");
  expect_refused("check --city city --orders day.csv --fleet fleet.json", 2, "--plan is required");
  expect_refused("replay", 2, "plan is required");
}

TEST_F(RefusalsTest, OfTrainingsNameTheOption) {
  const std::string train = "train data -o x ";

  expect_refused(train + "--precision int8", 2,
                 "--precision: int8 not in {float32,bfloat16,float16}");
  expect_refused(train + "--replay", 2, "--replay: ");
  expect_refused(train + "--replay-share 0", 2, "--replay-share: Value 0");
  expect_refused(train + "--replay-share 1", 2, "--replay-share: Value 1");
  expect_refused(train + "--meeting-timeout 0", 2, "--meeting-timeout: Value 0");
  expect_refused(train + "--meeting-timeout soon", 2, "--meeting-timeout: Value soon");
}

TEST_F(RefusalsTest, OfMapsSayWhatTheyAreNot) {
  folder_.put("note.osm", "hello\n");
  folder_.put("note.osm.pbf", "hello, this is no map\n");
  folder_.put("note.osm.gz", "hello\n");
  folder_.put("note.txt", "hello\n");
  folder_.put("empty.osm", "<osm version=\"0.6\"></osm>");

  expect_refused("import none.osm -o x", 2, "none.osm: cannot be read: No such file");
  expect_refused("import note.osm -o x", 2, "note.osm: XML parsing error at line 1");
  expect_refused("import note.osm.pbf -o x", 2, "note.osm.pbf: is no PBF map");
  expect_refused("import note.osm.gz -o x", 2, "note.osm.gz");
  expect_refused("import note.txt -o x", 2, "note.txt: unknown kind of file");
  expect_refused("import empty.osm -o x", 2, "empty.osm: holds no roads");
  expect_refused("import map.osm -o x --bbox 0,0,1,1", 2, "map.osm: holds no roads in this box");
  expect_refused("import map.osm -o x --profiles none", 2, "none: cannot be read as a folder");
}

TEST_F(RefusalsTest, OfCityFilesSayWhatIsWrong) {
  folder_.put("cut", folder_.get("city").substr(0, 5000));
  std::string damaged = folder_.get("city");
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  folder_.put("damaged", damaged);

  for (const std::string command :
       {"info CITY", "path CITY --profile van --from -29.9,-71.3 --to -29.9,-71.297",
        "table CITY --profile van --sources day.csv -o x", "orders CITY -o x",
        "route --city CITY --orders day.csv --fleet fleet.json -o x",
        "check --city CITY --orders day.csv --fleet fleet.json --plan out/plan.json"}) {
    const auto with = [&](const std::string& city) {
      std::string line = command;
      return line.replace(line.find("CITY"), 4, city);
    };
    expect_refused(with("none"), 2, "none: cannot be read: No such file");
    expect_refused(with("day.csv"), 2, "day.csv: is not a usable city file");
    expect_refused(with("cut"), 2, "cut: is not a usable city file");
    expect_refused(with("damaged"), 2, "damaged: is not a usable city file");
  }
}

TEST_F(RefusalsTest, OfPlacesNameTheOptionOrTheLine) {
  folder_.put("long.csv", "lat,long\n-29.9,-71.3\n");
  folder_.put("word.csv", "lat,lon\n-29.9,-71.3\n-29.9,west\n");
  folder_.put("none.csv", "");
  const std::string path = "path city --profile van ", table = "table city --profile van -o x ";

  expect_refused(path + "--from -29.9 --to -29.9,-71.3", 2, "--from: expected latitude,longitude");
  expect_refused(path + "--from -29.9,-71.3 --to 99,0", 2, "--to: expected latitude,longitude");
  expect_refused(path + "--from -29.9,-71.3 --to -29.9,-71.297 --depart 25:00", 2,
                 "--depart: expected a time of day");
  expect_refused("path city --profile vam --from -29.9,-71.3 --to -29.9,-71.3", 2,
                 "no profile 'vam' in this city; it has car");
  expect_refused(table + "--sources long.csv", 2, "long.csv, line 1: expected the columns lat");
  expect_refused(table + "--sources word.csv", 2, "word.csv, line 3, column 'lon'");
  expect_refused(table + "--sources none.csv", 2, "none.csv: expected a header line");
}

TEST_F(RefusalsTest, OfDaysNameTheFileAndTheField) {
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  folder_.put("column.csv", changed(grid_orders(), "volume_l", "volume"));
  folder_.put("number.csv", changed(grid_orders(), ",10\n", ",ten\n"));
  folder_.put("key.json", changed(grid_fleet(), "\"capacity\"", "\"capactiy\""));
  folder_.put("profile.json",
              changed(grid_fleet(), "\"profile\": \"van\"", "\"profile\": \"vna\""));
  folder_.put("broken.json", "{");
  folder_.put("far.json", changed(grid_fleet(), "-29.898", "-29.0"));
  const auto route = [](const std::string& orders, const std::string& fleet) {
    return "route --city city --orders " + orders + " --fleet " + fleet + " -o x";
  };

  expect_refused(route("column.csv", "fleet.json"), 2,
                 "column.csv:1: unknown column 'volume'; did you mean \"volume_l\"?");
  expect_refused(route("number.csv", "fleet.json"), 2, "number.csv:2: volume_l: expected");
  expect_refused(route("day.csv", "key.json"), 2,
                 "key.json: vehicle_types[0]: unknown key 'capactiy'; did you mean \"capacity\"?");
  expect_refused(route("day.csv", "profile.json"), 2,
                 "profile.json: vehicle_types[0].profile: no profile 'vna' in this city");
  expect_refused(route("day.csv", "broken.json"), 2, "broken.json:1:1: expected JSON");
  expect_refused(route("day.csv", "far.json"), 2, "depot 'D' at -29.000000,-71.298000");
  expect_refused(route("none.csv", "fleet.json"), 2, "none.csv: cannot be read");
}

TEST_F(RefusalsTest, OfPlansNameTheFile) {
  folder_.put("other.csv", grid_orders() + "c,,,-29.8985,-71.2982,5\n");
  folder_.put("empty.json", "[]");
  const std::string check = "check --city city --orders day.csv --fleet fleet.json --plan ";

  expect_refused(check + "none.json", 2, "none.json: cannot be read");
  expect_refused(check + "day.csv", 2, "day.csv:1:1: expected JSON");
  expect_refused("replay none.json -o x", 2, "none.json: cannot be read");
  expect_refused("replay empty.json -o x", 2, "empty.json: ");
  expect_refused("replay out/plan.json -o x --orders other.csv", 2,
                 "other.csv: the orders changed since the plan was made");
}

TEST_F(RefusalsTest, OfOutputsComeBeforeAnythingIsWritten) {
  const std::string path = "path city --profile van --from -29.9,-71.3 --to -29.9,-71.297 ";
  folder_.put("places.csv", "lat,lon\n-29.9,-71.3\n");

  expect_refused("import map.osm -o none/x", 2, "none/x: cannot be written: there is no folder");
  expect_refused("import map.osm -o out", 2, "out: expected a file to write to, found a folder");
  expect_refused(path + "--geojson none/x", 2, "none/x: cannot be written: there is no folder");
  expect_refused("table city --profile van --sources places.csv -o none/x", 2,
                 "there is no folder");
  expect_refused("table city --profile van --sources places.csv -o x --lengths none/y", 2,
                 "none/y: cannot be written: there is no folder none");
  expect_refused("orders city --count 5 -o none/x", 2, "none/x: cannot be written");
  expect_refused("orders city --count 5 -o x --fleet-out none/y", 2, "none/y: cannot be written");
  expect_refused("orders city --count 5 -o none/x --fleet-out y", 2, "none/x: cannot be written");
  expect_refused("route --city city --orders day.csv --fleet fleet.json -o day.csv", 2,
                 "day.csv: expected a folder to write to, found a file");
}

TEST_F(RefusalsTest, HaveAStatusOfTheirOwnWhereTheRoadsCannotDoIt) {
  expect_refused("path city --profile van --from -29.9,-71.3 --to 10,10", 3,
                 "--to 10,10: no usable street within 5 km");
  expect_refused("path city --profile van --from -29.901,-71.3 --to -29.9,-71.1 --max-snap 1", 3,
                 "--from -29.901,-71.3: no usable street within 1 m");
  expect_refused("path city --profile van --from -29.9,-71.3 --to -29.9,-71.1", 3,
                 "there is no way from -29.9,-71.3 to -29.9,-71.1 for van");
}

TEST_F(RefusalsTest, OfAWrongPlanAreViolationsWithStatusOne) {
  std::string plan = folder_.get("out/plan.json");
  const std::size_t arrival = plan.find("\"arrival\":", plan.find("\"delivery\"")) + 10;
  plan.insert(arrival, 1, '1');
  folder_.put("wrong.json", plan);

  const Finished finished =
      run("check --city city --orders day.csv --fleet fleet.json --plan wrong.json");

  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, StartsWith("roadgnn: violation: "));
  EXPECT_EQ(finished.out, "");
}

TEST_F(RefusalsTest, AreNotForOrdersThatCannotBeServed) {
  folder_.put("far.csv",
              "id,delivery_lat,delivery_lon\nnear,-29.8975,-71.2962\nfar,10,10\n"
              "island,-29.9,-71.1\n");

  const Finished finished =
      run("route --city city --orders far.csv --fleet fleet.json -o x --iterations 3");

  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("1 orders served by 1 vehicles, 2 unserved"));
  EXPECT_THAT(folder_.get("x/plan.json"), HasSubstr("lies outside the map"));
}

}  // namespace
}  // namespace roadgnn::testing
