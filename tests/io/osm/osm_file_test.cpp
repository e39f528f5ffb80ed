// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Files as people have them, and files made to harm.
#include <roadgnn/io/osm/osm_file.h>

#include <bzlib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <roadgnn/graph/error.h>

#include "pbf_writer.h"
#include "test_map.h"

namespace roadgnn::io {
namespace {

using detail::OsmFile;
using detail::OsmFormat;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view content, OsmFormat format) {
  try {
    OsmFile file(content, format, "map");
    detail::import_osm(file, car_options());
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string bzip2(const std::string& text) {
  auto size = static_cast<unsigned>(text.size() + text.size() / 100 + 600);
  std::string packed(size, '\0');
  if (BZ2_bzBuffToBuffCompress(packed.data(), &size, const_cast<char*>(text.data()),
                               static_cast<unsigned>(text.size()), 9, 0, 0) != BZ_OK) {
    throw std::runtime_error("bzip2");
  }
  packed.resize(size);
  return packed;
}

std::string street() {
  return TestMap().node(1, 0, 0).node(2, 0, 1).way(10, {1, 2}).xml();
}

std::vector<std::string> segments_in(std::string_view content, OsmFormat format) {
  OsmFile file(content, format, "map");
  return segments(detail::import_osm(file, car_options()));
}

TEST(OsmFile, ReadsPlainAndPackedXml) {
  EXPECT_THAT(segments_in(street(), OsmFormat::xml), ElementsAre("1-2"));
  EXPECT_THAT(segments_in(gzip(street()), OsmFormat::xml_gz), ElementsAre("1-2"));
  EXPECT_THAT(segments_in(bzip2(street()), OsmFormat::xml_bz2), ElementsAre("1-2"));
}

TEST(OsmFile, ReadsPbf) {
  EXPECT_THAT(segments_in(PbfWriter().street(), OsmFormat::pbf), ElementsAre("1-2"));
}

TEST(OsmFile, TellsTheFormatByTheNameAndReadsFromDisk) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("roadgnn_osm_file" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const std::string& content) {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  };

  for (const auto& path :
       {write("a.osm", street()), write("a.osm.gz", gzip(street())),
        write("a.osm.bz2", bzip2(street())), write("a.osm.pbf", PbfWriter().street())}) {
    EXPECT_THAT(segments(import_osm(path, car_options())), ElementsAre("1-2")) << path;
  }
  EXPECT_THROW(import_osm(write("a.txt", "x"), car_options()), InputError);
  EXPECT_THROW(import_osm(folder / "missing.osm.pbf", car_options()), InputError);
  EXPECT_THROW(import_osm(folder, car_options()), InputError);
  std::filesystem::remove_all(folder);
}

TEST(OsmFile, RefusesAPbfFileCutOffAnywhere) {
  const std::string whole = PbfWriter().street();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(error_of(std::string_view(whole).substr(0, length), OsmFormat::pbf),
                StartsWith("map: "))
        << length;
  }
}

TEST(OsmFile, RefusesXmlCutOffAnywhere) {
  const std::string whole = street();
  for (std::size_t length = 0; length < whole.size() - 1; ++length) {
    EXPECT_THAT(error_of(std::string_view(whole).substr(0, length), OsmFormat::xml),
                StartsWith("map: "))
        << length;
  }
  const std::string packed = gzip(whole);
  for (std::size_t length = 0; length < packed.size(); ++length) {
    EXPECT_THAT(error_of(std::string_view(packed).substr(0, length), OsmFormat::xml_gz),
                StartsWith("map: "))
        << length;
  }
  const std::string squeezed = bzip2(whole);
  for (std::size_t length = 0; length < squeezed.size(); ++length) {
    EXPECT_THAT(error_of(std::string_view(squeezed).substr(0, length), OsmFormat::xml_bz2),
                StartsWith("map: "))
        << length;
  }
}

TEST(OsmFile, SurvivesAnyByteOfAPbfFileBeingChanged) {
  const std::string whole = PbfWriter().street();
  for (std::size_t place = 0; place < whole.size(); ++place) {
    for (const int change : {1, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ change);
      error_of(damaged, OsmFormat::pbf);  // an InputError or a map, as the sanitizers see too
    }
  }
}

TEST(OsmFile, RefusesDecompressionBombs) {
  std::string bomb = "<osm version='0.6'>" + std::string(90 << 20, ' ');

  const std::string gz = gzip(bomb), bz2 = bzip2(bomb);

  EXPECT_THAT(error_of(gz, OsmFormat::xml_gz),
              HasSubstr("unpacks to more than 100 times its size"));
  EXPECT_THAT(error_of(bz2, OsmFormat::xml_bz2),
              HasSubstr("unpacks to more than 100 times its size"));
}

TEST(OsmFile, RefusesPbfBlocksThatPromiseTooMuch) {
  EXPECT_THAT(error_of(PbfWriter().with_unpacked_size(1 << 30).street(), OsmFormat::pbf),
              HasSubstr("impossible size"));

  std::string many = PbfWriter().header_block();
  for (int i = 0; i < 8; ++i) many += PbfWriter().with_unpacked_size(32 << 20).data_block("");
  EXPECT_THAT(error_of(many, OsmFormat::pbf), HasSubstr("unpacks to more than 100 times its size"));
}

TEST(OsmFile, RefusesPbfCoordinatesInImpossibleUnits) {
  for (const std::int64_t offset : {INT64_MAX, INT64_MIN, std::int64_t{4'000'000'000'000}}) {
    EXPECT_THAT(error_of(PbfWriter().with_lat_offset(offset).street(), OsmFormat::pbf),
                StartsWith("map: offset "));
  }
  for (const std::int32_t granularity : {INT32_MAX, INT32_MIN, 0, -100}) {
    EXPECT_THAT(error_of(PbfWriter().with_granularity(granularity).street(), OsmFormat::pbf),
                StartsWith("map: granularity "));
  }
}

TEST(OsmFile, RefusesPbfCoordinatesThatWouldWrapAroundToAnotherPlace) {
  // The second one is 52 degrees again after a wrap of 64 bits, the third after one of 32.
  const std::int64_t once_around = INT64_MAX / 50 + 520'000'000;
  for (const std::int64_t lat :
       {INT64_MAX, once_around, std::int64_t{520'000'000} + (std::int64_t{1} << 32), INT64_MIN}) {
    EXPECT_THAT(error_of(PbfWriter().with_lat(lat).street(), OsmFormat::pbf),
                HasSubstr("not on the globe"))
        << lat;
    EXPECT_THAT(error_of(PbfWriter().with_lat(lat).with_dense_nodes().street(), OsmFormat::pbf),
                HasSubstr("not on the globe"))
        << lat;
  }
  EXPECT_THAT(segments_in(PbfWriter().with_dense_nodes().street(), OsmFormat::pbf),
              ElementsAre("1-2"));
}

TEST(OsmFile, ReadsSeveralPackedStreamsAndLeavesWhatFollowsThem) {
  const std::string whole = street();
  const std::string a = whole.substr(0, whole.size() / 2), b = whole.substr(whole.size() / 2);

  EXPECT_THAT(segments_in(gzip(a) + gzip(b), OsmFormat::xml_gz), ElementsAre("1-2"));
  EXPECT_THAT(segments_in(bzip2(a) + bzip2(b), OsmFormat::xml_bz2), ElementsAre("1-2"));
  EXPECT_THAT(segments_in(gzip(whole) + std::string(512, '\0'), OsmFormat::xml_gz),
              ElementsAre("1-2"));
}

TEST(OsmFile, TakesCoordinatesOffTheGlobeForMissingNodes) {
  EXPECT_THAT(error_of(PbfWriter().with_lat_offset(100'000'000'000).street(), OsmFormat::pbf),
              "map: holds no roads");
  EXPECT_THAT(
      error_of(TestMap().node_at(1, "95", "13").node_at(2, "52", "190").way(10, {1, 2}).xml(),
               OsmFormat::xml),
      StartsWith("map: "));
}

TEST(OsmFile, RefusesZeroBytesInsideTags) {
  EXPECT_THAT(error_of(PbfWriter().with_way_value(std::string("residential\0x", 13)).street(),
                       OsmFormat::pbf),
              "map: zero byte inside a tag");
}

TEST(OsmFile, TakesExtremeIds) {
  const auto ids = [](std::int64_t a, std::int64_t b) {
    return segments_in(PbfWriter().with_node_ids(a, b).street(), OsmFormat::pbf);
  };

  EXPECT_THAT(ids(INT64_MAX, INT64_MAX - 1),
              ElementsAre("9223372036854775807-9223372036854775806"));
  EXPECT_THAT(ids(-1, INT64_MIN + 1), ElementsAre("-1--9223372036854775807"));
}

TEST(OsmFile, RefusesHistoryFiles) {
  EXPECT_THAT(error_of("<osmChange version='0.6'><create><node id='1' version='1' lat='1' "
                       "lon='1'/></create></osmChange>",
                       OsmFormat::xml),
              StartsWith("map: "));
}

TEST(OsmFile, SurvivesRestrictionsThatNameThemselvesAndEachOther) {
  auto map =
      TestMap()
          .node(1, 0, 0)
          .node(2, 0, 1)
          .way(10, {1, 2})
          .restriction(1, "no_left_turn",
                       {{"from", "relation", 2}, {"via", "relation", 1}, {"to", "relation", 1}})
          .restriction(2, "no_left_turn",
                       {{"from", "relation", 1}, {"via", "relation", 2}, {"to", "relation", 2}})
          .restriction(3, "no_u_turn",
                       {{"from", "way", 10}, {"via", "way", 10}, {"to", "way", 10}});

  EXPECT_THAT(segments(import(map)), ElementsAre("1-2"));
}

TEST(OsmFile, ReadsAWayOfManyReferencesThatManyRestrictionsNameInBoundedTime) {
  std::vector<long long> refs;
  for (int i = 0; i < 200'000; ++i) refs.push_back(1 + i % 2);
  auto map = TestMap().node(1, 0, 0).node(2, 0, 1).way(10, refs);
  for (int i = 0; i < 50; ++i) {
    map.restriction(i, "no_u_turn", {{"from", "way", 10}, {"via", "way", 10}, {"to", "way", 10}});
  }

  EXPECT_EQ(import(map).segments.size(), 199'999U);
}

TEST(OsmFile, NamesTheSameHashForTheSameBytes) {
  OsmFile a("abc", OsmFormat::xml, "a"), b("abc", OsmFormat::xml, "b"),
      c("abd", OsmFormat::xml, "c");

  EXPECT_EQ(a.hash(), "78af5f94892f3950");  // XXH3's own test value
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_NE(a.hash(), c.hash());
}

}  // namespace
}  // namespace roadgnn::io
