// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/graph_file.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/metric.h>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using testing::NetworkMaker;

NetworkMaker small_town() {
  NetworkMaker maker(2);
  for (int i = 0; i < 4; ++i) maker.node(i % 2, i / 2);
  const auto a = maker.street(0, 1), b = maker.street(1, 3), c = maker.street(3, 2);
  maker.one_way(2, 0);
  maker.set_access(b, Access::ends_only, 1);
  maker.network().conditions.push_back("Mo-Fr 07:00-09:00");
  maker.forbid({a.along(), b.along(), c.along()});
  maker.forbid({a.along(), b.along()}, 1, 1);
  maker.network().profiles[0].conditional_edges = {{c.along(), 1, 0, Access::closed}};
  maker.network().limits = {{a.along(), LimitKind::max_height_cm, 380}};
  maker.network().names.push_back("Main Street");
  maker.network().ways[0].name = 1;
  maker.network().provenance = "{}";
  maker.network().left_hand_traffic = true;
  return maker;
}

class GraphFile : public ::testing::Test {
 protected:
  GraphFile()
      : folder_(std::filesystem::temp_directory_path() /
                ("roadgnn_graph_file" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~GraphFile() override { std::filesystem::remove_all(folder_); }

  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static RoadGraph read(const std::string& bytes) {
    return read_graph(
        *SectionReader::from_bytes(std::as_bytes(std::span<const char>(bytes)), "city"));
  }

  std::filesystem::path folder_;
};

template <class T>
std::vector<T> values(const SharedArray<T>& array) {
  return {array.begin(), array.end()};
}

TEST_F(GraphFile, GivesBackWhatWasSaved) {
  const RoadGraph graph = small_town().build();

  save(graph, folder_ / "city.rgraph");
  const auto opened = open(folder_ / "city.rgraph");

  EXPECT_EQ(values(opened->head), values(graph.head));
  EXPECT_EQ(values(opened->turns.turn_head), values(graph.turns.turn_head));
  EXPECT_EQ(opened->name_of_edge(0), "Main Street");
  EXPECT_EQ(opened->conditions, graph.conditions);
  EXPECT_TRUE(opened->left_hand_traffic);
  ASSERT_EQ(opened->profiles.size(), 2);
  EXPECT_EQ(opened->profiles[1].name, "profile1");
  EXPECT_EQ(make_metric(*opened, 1).arc_time_ms, make_metric(graph, 1).arc_time_ms);
  save(*opened, folder_ / "again.rgraph");
  EXPECT_EQ(bytes_of(folder_ / "again.rgraph"), bytes_of(folder_ / "city.rgraph"));
}

TEST_F(GraphFile, KeepsAddressesAndOpensFilesWithoutThem) {
  RoadGraph graph = small_town().build();
  save(graph, folder_ / "without.rgraph");
  graph.address_lat_e7 = std::vector<std::int32_t>{1, 2};
  graph.address_lon_e7 = std::vector<std::int32_t>{3, 4};
  save(graph, folder_ / "with.rgraph");

  EXPECT_TRUE(open(folder_ / "without.rgraph")->address_lat_e7.empty());
  EXPECT_EQ(values(open(folder_ / "with.rgraph")->address_lon_e7), values(graph.address_lon_e7));
}

TEST_F(GraphFile, HasTheSameBytesForAnyNumberOfThreads) {
  save(small_town().build(1), folder_ / "one.rgraph");
  save(small_town().build(3), folder_ / "three.rgraph");

  EXPECT_EQ(bytes_of(folder_ / "one.rgraph"), bytes_of(folder_ / "three.rgraph"));
}

TEST_F(GraphFile, IsRefusedWithAnyByteChanged) {
  save(small_town().build(), folder_ / "city.rgraph");
  std::string bytes = bytes_of(folder_ / "city.rgraph");

  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    EXPECT_THROW(read(bytes), InputError) << "byte " << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
  }
  EXPECT_NO_THROW(read(bytes));
}

TEST_F(GraphFile, IsRefusedWhenCutAnywhere) {
  save(small_town().build(), folder_ / "city.rgraph");
  const std::string bytes = bytes_of(folder_ / "city.rgraph");

  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read(bytes.substr(0, size)), InputError) << "cut to " << size;
  }
  EXPECT_THROW(read(bytes + '\0'), InputError);
}

TEST_F(GraphFile, SaysWhatIsWrongInOneLine) {
  std::ofstream(folder_ / "foreign.rgraph") << std::string(1000, 'x');
  const auto message = [&](const char* name) -> std::string {
    try {
      open(folder_ / name);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };

  EXPECT_EQ(message("foreign.rgraph"),
            (folder_ / "foreign.rgraph").string() +
                ": is not a usable city file: expected a roadgnn city file, "
                "found something else");
  EXPECT_EQ(message("missing.rgraph"),
            (folder_ / "missing.rgraph").string() + ": cannot be read: No such file or directory");
}

TEST_F(GraphFile, SaysThatANewerVersionIsNewer) {
  save(small_town().build(), folder_ / "city.rgraph");
  std::string bytes = bytes_of(folder_ / "city.rgraph");
  bytes[8] = 9;

  EXPECT_THAT([&] { read(bytes); },
              ::testing::ThrowsMessage<InputError>(::testing::HasSubstr("found version 9")));
}

// A file whose checksums are right and whose content is not.
TEST_F(GraphFile, RefusesIndicesOutOfRange) {
  const RoadGraph good = small_town().build();
  const auto refused = [&](const auto& spoil) {
    RoadGraph bad = good;
    spoil(bad);
    save(bad, folder_ / "bad.rgraph");
    try {
      open(folder_ / "bad.rgraph");
      return false;
    } catch (const InputError&) {
      return true;
    }
  };
  const auto spoiled = [](auto array, std::size_t at, auto value) {
    auto copy = values(array);
    copy.at(at) = value;
    return SharedArray(copy);
  };

  EXPECT_FALSE(refused([](RoadGraph&) {}));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.head = spoiled(g.head, 0, 99); }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.tail = spoiled(g.tail, 0, 3); }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.opposite = spoiled(g.opposite, 0, -2); }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.first_out = spoiled(g.first_out, 1, 100); }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.lat_e7 = {}; }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.way_name = spoiled(g.way_name, 0, 7); }));
  EXPECT_TRUE(
      refused([&](RoadGraph& g) { g.turns.turn_head = spoiled(g.turns.turn_head, 0, -1); }));
  EXPECT_TRUE(refused(
      [&](RoadGraph& g) { g.turns.first_turn = spoiled(g.turns.first_turn, 0, std::int64_t{1}); }));
  EXPECT_TRUE(refused(
      [&](RoadGraph& g) { g.turns.departing_node = spoiled(g.turns.departing_node, 0, 1); }));
  EXPECT_TRUE(refused([&](RoadGraph& g) {
    g.profiles[0].turn_time_ms = spoiled(g.profiles[0].turn_time_ms, 0, -5);
  }));
  EXPECT_TRUE(refused([&](RoadGraph& g) {
    g.profiles[0].conditional_edges =
        spoiled(g.profiles[0].conditional_edges, 0, ConditionalEdge{1000, 0, 0, Access::open});
  }));
  EXPECT_TRUE(refused([&](RoadGraph& g) { g.address_lat_e7 = std::vector<std::int32_t>{1}; }));
  EXPECT_TRUE(refused([&](RoadGraph& g) {
    g.address_lat_e7 = std::vector<std::int32_t>{1'000'000'000};
    g.address_lon_e7 = std::vector<std::int32_t>{0};
  }));
  EXPECT_TRUE(refused(
      [&](RoadGraph& g) { g.road_class = spoiled(g.road_class, 0, static_cast<RoadClass>(77)); }));
}

}  // namespace
}  // namespace roadgnn::graph
