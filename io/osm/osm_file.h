// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io::detail {

struct OsmNode {
  std::int64_t id = 0;
  std::int32_t lat_e7 = 0, lon_e7 = 0;
  bool located = false;  ///< has coordinates on the globe
  Tags tags;
};

struct OsmWay {
  std::int64_t id = 0;
  std::span<const std::int64_t> refs;
  Tags tags;
};

struct OsmMember {
  enum class Type : std::uint8_t { node, way, relation } type = Type::node;
  std::int64_t ref = 0;
  std::string_view role;
};

struct OsmRelation {
  std::int64_t id = 0;
  std::span<const OsmMember> members;
  Tags tags;
};

/// Receives a map's objects in the order of the file. Views are good for the call only.
class OsmVisitor {
 public:
  virtual ~OsmVisitor() = default;
  virtual void node(const OsmNode&) {}
  virtual void way(const OsmWay&) {}
  virtual void relation(const OsmRelation&) {}
};

/// What to read; bits of `OsmFile::read`.
namespace entity {
inline constexpr unsigned nodes = 1, ways = 2, relations = 4;
}

enum class OsmFormat { pbf, xml, xml_gz, xml_bz2 };

/// An OpenStreetMap file that can be read several times, through libosmium. Whatever the bytes are,
/// reading ends in an InputError or in objects within these bounds:
///  - a PBF block holds at most 32 MiB (the format's own limit), at most one such block is unpacked
///  per thread;
///  - all blocks of a file, or the XML in a compressed file, unpack to at most 64 MiB + 100 times
///  the file's size.
class OsmFile {
 public:
  /// Finds the format by the name's end. Throws InputError for an unknown one or a file that cannot
  /// be read.
  explicit OsmFile(const std::filesystem::path& path);

  /// A file in memory, which must outlive this object; `name` stands in errors.
  OsmFile(std::string_view content, OsmFormat format, std::string name);
  ~OsmFile();
  OsmFile(const OsmFile&) = delete;
  OsmFile& operator=(const OsmFile&) = delete;

  /// Reads the objects of the given kinds. The file is cut into parts that are read by up to
  /// `threads` threads; each part goes to a visitor of its own, made by `make`, and the visitors
  /// come to `merge` in the order of the file, one at a time. `progress` gets the share of the file
  /// that has been read. Throws InputError for a damaged file.
  void read(unsigned entities, int threads,
            const std::function<std::unique_ptr<OsmVisitor>()>& make,
            const std::function<void(OsmVisitor&)>& merge,
            const std::function<void(double)>& progress = {});

  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }

  /// XXH3 (64 bits) of the file's bytes, 16 hexadecimal digits.
  std::string hash() const;

 private:
  struct Block;
  void find_blocks();
  std::string bytes(std::uint64_t offset, std::uint64_t count) const;
  void read_pbf(unsigned entities, int threads,
                const std::function<std::unique_ptr<OsmVisitor>()>& make,
                const std::function<void(OsmVisitor&)>& merge,
                const std::function<void(double)>& progress);
  void read_xml(unsigned entities, const std::function<std::unique_ptr<OsmVisitor>()>& make,
                const std::function<void(OsmVisitor&)>& merge,
                const std::function<void(double)>& progress);

  std::string name_;
  OsmFormat format_ = OsmFormat::pbf;
  std::string_view content_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::vector<Block> blocks_;  ///< of a PBF file; the first is its header
  bool units_checked_ = false;
};

}  // namespace roadgnn::io::detail
