// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Travel times in Porto Alegre beside OSRM's, which Sartori and Buriol's instance brings along:
// minutes, rounded up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>

#include "test_map.h"

namespace roadgnn::io {
namespace {

const std::filesystem::path kData = ROADGNN_TEST_DATA;

struct Instance {
  std::vector<std::pair<double, double>> places;  // latitude, longitude
  std::vector<std::vector<double>> minutes;
};

Instance read_instance(const std::filesystem::path& path) {
  Instance instance;
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line) && !line.starts_with("NODES")) continue;
  while (std::getline(in, line) && !line.starts_with("EDGES")) {
    std::istringstream fields(line);
    double id = 0, lat = 0, lon = 0;
    fields >> id >> lat >> lon;
    instance.places.emplace_back(lat, lon);
  }
  while (instance.minutes.size() < instance.places.size() && std::getline(in, line)) {
    std::istringstream fields(line);
    instance.minutes.emplace_back(instance.places.size());
    for (double& cell : instance.minutes.back()) fields >> cell;
  }
  return instance;
}

struct Pairs {
  std::vector<double> ours, theirs;  // minutes
};

// Pearson's correlation coefficient.
double correlation(const Pairs& pairs) {
  const auto n = static_cast<double>(pairs.ours.size());
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < pairs.ours.size(); ++i) {
    const double a = pairs.ours[i], b = pairs.theirs[i];
    x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
  }
  return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
}

double median_ratio(const Pairs& pairs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < pairs.ours.size(); ++i) {
    if (pairs.theirs[i] >= 3) ratios.push_back(pairs.ours[i] / (pairs.theirs[i] - 0.5));
  }
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

TEST(OsrmTimes, AreOursToo) {
  const auto map = kData / "maps/poa_r5r.osm.pbf";
  const auto orders = kData / "orders/sartori/poa-n100-6.txt";
  if (!std::filesystem::exists(map) || !std::filesystem::exists(orders))
    GTEST_SKIP() << "there is no " << map << " or no " << orders;
  const Instance instance = read_instance(orders);
  const auto city = std::make_shared<const graph::RoadGraph>(
      graph::build_road_graph(import_osm(map, car_options())));
  const graph::Snapper snapper(city, 0);
  std::vector<graph::Position> positions;
  std::vector<double> distances_m;
  for (const auto& [lat, lon] : instance.places) {
    const graph::Snap snap = snapper.snap(lat, lon);
    positions.push_back(snap.position);
    distances_m.push_back(snap.distance_m);
  }
  const graph::Router router(city);
  const auto metric = router.prepare(graph::make_metric(*city, 0));
  const std::vector<graph::Travel> table = router.table(*metric, positions, positions);

  const auto pairs_within = [&](double metres) {
    Pairs pairs;
    for (std::size_t a = 0; a < positions.size(); ++a) {
      for (std::size_t b = 0; b < positions.size(); ++b) {
        if (a == b || distances_m[a] > metres || distances_m[b] > metres) continue;
        const graph::Travel travel = table[a * positions.size() + b];
        pairs.ours.push_back(static_cast<double>(travel.time_ms) / 60'000);
        pairs.theirs.push_back(instance.minutes[a][b]);
      }
    }
    return pairs;
  };
  const Pairs on_the_map = pairs_within(250), all = pairs_within(5000);

  std::cout << "Pearson " << correlation(on_the_map) << " and median ratio "
            << median_ratio(on_the_map) << " on " << on_the_map.ours.size()
            << " pairs of places within 250 m of a street; Pearson " << correlation(all) << " on "
            << all.ours.size() << " pairs of all places\n";
  // Three places lie 446, 736 and 854 m from the nearest street of the map: theirs are beyond its
  // border, and what leads there is cut off, so that the way to the street that is nearest on the
  // map is another one (25 minutes instead of 10).
  EXPECT_EQ(std::count_if(distances_m.begin(), distances_m.end(), [](double m) { return m > 250; }),
            3);
  EXPECT_GE(correlation(on_the_map), 0.99);
  EXPECT_NEAR(median_ratio(on_the_map), 1, 0.05);
  EXPECT_GE(correlation(all), 0.94);
}

}  // namespace
}  // namespace roadgnn::io
