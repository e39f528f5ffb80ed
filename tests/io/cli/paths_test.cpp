// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// `roadgnn path`, `table` and the lines of `route` on a real city, against plain Dijkstra.
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/snapper.h>
#include <roadgnn/io/leg_finder.h>
#include <roadgnn/io/route_geometry.h>

#include "program.h"

namespace roadgnn::testing {
namespace {

using graph::Position;
using graph::Travel;
using nlohmann::json;

// Longitude first, in range, no more than six decimals' worth of digits left out by RFC 7946.
void expect_line(const json& line) {
  ASSERT_GE(line.size(), 2U);
  for (const json& position : line) {
    ASSERT_EQ(position.size(), 2U);
    ASSERT_LE(std::abs(position[0].get<double>()), 180);
    ASSERT_LE(std::abs(position[1].get<double>()), 90);
  }
}

// A FeatureCollection of lines as RFC 7946 wants it.
void expect_valid_geojson(const json& collection) {
  ASSERT_EQ(collection["type"], "FeatureCollection");
  ASSERT_FALSE(collection.contains("crs"));
  for (const json& feature : collection["features"]) {
    ASSERT_EQ(feature["type"], "Feature");
    ASSERT_TRUE(feature["properties"].is_object());
    ASSERT_EQ(feature["geometry"]["type"], "LineString");
    expect_line(feature["geometry"]["coordinates"]);
  }
}

double length_m(const json& line) {
  double metres = 0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const auto point = [&](std::size_t at) {
      return io::PointE7{static_cast<std::int32_t>(std::lround(line[at][1].get<double>() * 1e7)),
                         static_cast<std::int32_t>(std::lround(line[at][0].get<double>() * 1e7))};
    };
    metres += io::distance_m(point(i - 1), point(i));
  }
  return metres;
}

class PathsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run({"import", ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf", "-o", "city"}).status, 0);
    city_ = graph::open(folder_ / "city");
    profile_ = city_->profile_index("van");
  }

  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(arguments, {.folder = folder_.path()});
  }

  // As the program reads them.
  static std::string text_of(double lat, double lon) {
    return std::to_string(lat) + "," + std::to_string(lon);
  }

  // Places near random nodes, as text.
  std::vector<std::string> random_places(int count) const {
    std::mt19937 random(5);
    std::vector<std::string> places;
    for (int i = 0; i < count; ++i) {
      const auto node = random() % static_cast<unsigned>(city_->num_nodes());
      places.push_back(text_of(city_->lat_e7[node] * 1e-7 + 1e-6 * (random() % 400),
                               city_->lon_e7[node] * 1e-7));
    }
    return places;
  }

  Position position_of(const graph::Snapper& snapper, const std::string& place) const {
    const std::size_t comma = place.find(',');
    return snapper.snap(std::stod(place.substr(0, comma)), std::stod(place.substr(comma + 1)))
        .position;
  }

  // A C-ordered int32 NumPy array of two dimensions.
  std::vector<std::int32_t> read_npy(const std::string& name, const std::string& shape) const {
    const std::string bytes = folder_.get(name);
    const std::size_t head =
        10 + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
    EXPECT_EQ(bytes.substr(0, 6), "\x93NUMPY");
    EXPECT_EQ(head % 64, 0U);
    EXPECT_NE(bytes.find("'descr': '<i4', 'fortran_order': False, 'shape': " + shape),
              std::string::npos);
    std::vector<std::int32_t> cells((bytes.size() - head) / 4);
    std::memcpy(cells.data(), bytes.data() + head, cells.size() * 4);
    return cells;
  }

  ScratchFolder folder_;
  std::shared_ptr<const graph::RoadGraph> city_;
  int profile_ = 0;
};

TEST_F(PathsTest, OfPathTakeTheTimeAndTheMetresOfDijkstrasAndAreDrawnAsLong) {
  const graph::Snapper snapper(city_, profile_);
  const graph::Metric metric = graph::make_metric(*city_, profile_);
  graph::Dijkstra dijkstra(*city_, metric);
  const auto places = random_places(12);
  for (std::size_t i = 0; i < places.size(); i += 2) {
    SCOPED_TRACE(places[i] + " " + places[i + 1]);
    const Travel expected =
        dijkstra.run(position_of(snapper, places[i]), position_of(snapper, places[i + 1])).travel;

    const Finished finished = run({"path", "city", "--profile", "van", "--from=" + places[i],
                                   "--to=" + places[i + 1], "--json", "--geojson", "line.json"});

    ASSERT_EQ(finished.status, 0) << finished.err;
    const json figures = json::parse(finished.out);
    EXPECT_EQ(figures["time_ms"], expected.time_ms);
    EXPECT_EQ(figures["distance_m"], expected.length_m);
    const json line = json::parse(folder_.get("line.json"));
    expect_valid_geojson(line);
    EXPECT_NEAR(length_m(line["features"][0]["geometry"]["coordinates"]), expected.length_m,
                2 + 0.003 * expected.length_m);
  }
}

TEST_F(PathsTest, OfTableTakeTheTimesAndTheMetresOfDijkstras) {
  const graph::Snapper snapper(city_, profile_);
  const auto places = random_places(25);
  std::string sources = "name,lat,lon\n", targets = "lat,lon\n";
  for (std::size_t i = 0; i < 10; ++i) sources += "here," + places[i] + "\n";
  for (std::size_t i = 10; i < places.size(); ++i) targets += places[i] + "\n";
  folder_.put("sources.csv", sources);
  folder_.put("targets.csv", targets + "10,10\n");

  for (const std::string depart : {"", "08:30"}) {
    std::vector<std::string> arguments = {"table",     "city",        "--profile", "van",
                                          "--sources", "sources.csv", "--targets", "targets.csv",
                                          "-o",        "T.npy",       "--lengths", "L.npy"};
    if (!depart.empty()) arguments.insert(arguments.end(), {"--depart", depart});
    const Finished finished = run(arguments);

    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_NE(finished.err.find("1 places have no usable street"), std::string::npos);
    const auto times = read_npy("T.npy", "(10, 16)"), lengths = read_npy("L.npy", "(10, 16)");
    ASSERT_EQ(times.size(), 160U);
    ASSERT_EQ(lengths.size(), 160U);
    const graph::Metric metric = graph::make_metric(
        *city_, profile_,
        depart.empty() ? std::nullopt : std::optional(graph::Departure{8 * 60 + 30, {}, {}}));
    graph::Dijkstra dijkstra(*city_, metric);
    for (std::size_t s = 0; s < 10; ++s) {
      for (std::size_t t = 0; t < 15; ++t) {
        const Travel expected =
            dijkstra.run(position_of(snapper, places[s]), position_of(snapper, places[10 + t]))
                .travel;
        EXPECT_EQ(times[s * 16 + t], expected.time_ms) << s << " to " << t;
        EXPECT_EQ(lengths[s * 16 + t], expected.length_m) << s << " to " << t;
      }
      EXPECT_EQ(times[s * 16 + 15], -1);
      EXPECT_EQ(lengths[s * 16 + 15], -1);
    }
  }
}

TEST_F(PathsTest, OfAVehicleItselfKeepToItsSizeAndToWhatItAvoids) {
  graph::VehicleLimits limits;
  limits.height_cm = 410;
  limits.weight_kg = 40'000;
  limits.axle_load_kg = 11'500;
  limits.hazmat = limits.avoid_tolls = limits.avoid_ferries = true;
  const graph::Metric metric = graph::make_metric(*city_, profile_, {}, limits);
  const graph::Snapper snapper(city_, profile_);
  graph::Dijkstra dijkstra(*city_, metric);
  const auto places = random_places(12);
  std::string sources = "lat,lon\n";
  for (const std::string& place : places) sources += place + "\n";
  folder_.put("sources.csv", sources);
  const std::vector<std::string> vehicle = {"--profile", "van",     "--height",     "4.1",
                                            "--weight",  "40000",   "--hazmat",     "--axle-load",
                                            "11500",     "--avoid", "tolls,ferries"};
  std::vector<std::string> arguments = {"table", "city", "--sources", "sources.csv", "-o", "T.npy"};
  arguments.insert(arguments.end(), vehicle.begin(), vehicle.end());

  const Finished finished = run(arguments);

  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto times = read_npy("T.npy", "(12, 12)");
  for (std::size_t s = 0; s < places.size(); ++s) {
    for (std::size_t t = 0; t < places.size(); ++t) {
      const Travel expected =
          dijkstra.run(position_of(snapper, places[s]), position_of(snapper, places[t])).travel;
      EXPECT_EQ(times[s * places.size() + t], expected.reachable() ? expected.time_ms : -1);
    }
  }
}

TEST_F(PathsTest, OfATableWithoutTargetsGoBetweenTheSources) {
  folder_.put("sources.csv", "lat,lon\n" + random_places(2)[0] + "\n" + random_places(2)[1] + "\n");

  ASSERT_EQ(
      run({"table", "city", "--profile", "van", "--sources", "sources.csv", "-o", "T.npy"}).status,
      0);

  const auto times = read_npy("T.npy", "(2, 2)");
  EXPECT_EQ(times[0], 0);
  EXPECT_GT(times[1], 0);
  EXPECT_EQ(times[3], 0);
}

TEST_F(PathsTest, OfATableBeginAndEndNoFartherFromAStreetThanAskedFor) {
  const graph::Snapper snapper(city_, profile_);
  const graph::Snap near = snapper.snap(-29.9, -71.25);
  const double beside = 1e-7 * near.lat_e7, lon = 1e-7 * near.lon_e7;
  folder_.put("sources.csv", "lat,lon\n" + std::to_string(beside) + "," + std::to_string(lon) +
                                 "\n10,10\n-29.9,-71.6\n");

  const Finished few = run({"table", "city", "--profile", "van", "--sources", "sources.csv", "-o",
                            "T.npy", "--max-snap", "100"});
  const auto times = read_npy("T.npy", "(3, 3)");
  const Finished more = run({"table", "city", "--profile", "van", "--sources", "sources.csv", "-o",
                             "U.npy", "--max-snap", "100000"});

  EXPECT_NE(few.err.find("2 places have no usable street within 100 m"), std::string::npos);
  EXPECT_EQ(times[0], 0);
  EXPECT_EQ(times[2], -1);
  EXPECT_NE(more.err.find("1 places have no usable street within 100 km"), std::string::npos);
  EXPECT_GT(read_npy("U.npy", "(3, 3)")[2], 0);
}

TEST_F(PathsTest, OfRoutesAreDrawnAsLongAsThePlanSaysOverAllTheirStops) {
  ASSERT_EQ(run({"orders", "city", "--count", "150", "-o", "day.csv", "--fleet-out", "fleet.json"})
                .status,
            0);

  const Finished finished = run({"route", "--city", "city", "--orders", "day.csv", "--fleet",
                                 "fleet.json", "-o", "out", "--iterations", "20"});

  ASSERT_EQ(finished.status, 0) << finished.err;
  const json plan = json::parse(folder_.get("out/plan.json"));
  const json lines = json::parse(folder_.get("out/routes.geojson"));
  expect_valid_geojson(lines);
  ASSERT_EQ(lines["features"].size(), plan["routes"].size());
  for (std::size_t r = 0; r < plan["routes"].size(); ++r) {
    const json& route = plan["routes"][r];
    const json& line = lines["features"][r]["geometry"]["coordinates"];
    const auto metres = route["distance_m"].get<double>();
    EXPECT_NEAR(length_m(line), metres, 2 + 0.005 * metres);
    for (const json& step : route["steps"]) {
      double nearest_m = 1e9;
      for (const json& point : line) {
        nearest_m = std::min(nearest_m, length_m({point, {step["lon"], step["lat"]}}));
      }
      // Stops stand where the user put them, up to 1 km from the street.
      EXPECT_LT(nearest_m, 300) << step.dump();
    }
  }
}

}  // namespace
}  // namespace roadgnn::testing
