// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The only source that includes libosmium. It is compiled with -fwrapv and NDEBUG: libosmium adds
// up the deltas of hostile files unchecked, which wraps around here instead of being undefined.
#include <roadgnn/io/osm/osm_file.h>

#define XXH_INLINE_ALL
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <osmium/io/compression.hpp>
#include <osmium/io/detail/read_write.hpp>
#include <osmium/io/file.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/osm/node.hpp>
#include <osmium/osm/relation.hpp>
#include <osmium/osm/way.hpp>
#include <osmium/thread/pool.hpp>
#include <protozero/pbf_reader.hpp>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/osm/packed_stream.h>
#include <roadgnn/io/osm/pbf_units.h>

namespace roadgnn::io::detail {
namespace {

constexpr std::uint64_t kFreeBytes = 64ULL << 20, kMaxRatio = 100;
constexpr std::uint64_t kMaxBlockBytes = 32ULL << 20, kMaxBlockHeaderBytes = 64ULL << 10;
constexpr std::uint64_t kPartBytes = 2ULL
                                     << 20;  // unpacked bytes of a part, unless one block has more

void check_ratio(std::uint64_t unpacked, std::uint64_t packed) {
  if (unpacked <= kFreeBytes || (unpacked - kFreeBytes) / kMaxRatio <= packed) return;
  throw InputError("unpacks to more than " + std::to_string(kMaxRatio) +
                   " times its size; expected a map");
}

// Reads a file's or a buffer's packed bytes and hands them to libosmium unpacked, until it is more
// than a map can be.
class LimitedDecompressor final : public osmium::io::Decompressor {
 public:
  LimitedDecompressor(Packing packing, int descriptor, std::uint64_t packed)
      : packed_(packed), descriptor_(descriptor), stream_(packing, [this] {
          std::string data(kReadBytes, '\0');
          const auto got = osmium::io::detail::reliable_read(descriptor_, data.data(), kReadBytes);
          data.resize(static_cast<std::size_t>(got));
          read_ += data.size();
          set_offset(read_);
          return data;
        }) {}
  LimitedDecompressor(Packing packing, std::string_view content)
      : packed_(content.size()), stream_(packing, [rest = content]() mutable {
          const std::string_view data = rest.substr(0, kReadBytes);
          rest.remove_prefix(data.size());
          return std::string(data);
        }) {}
  ~LimitedDecompressor() noexcept override { LimitedDecompressor::close(); }

  std::string read() override {
    std::string data = stream_.next();
    unpacked_ += data.size();
    check_ratio(unpacked_, packed_);
    return data;
  }

  void close() override {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  static constexpr unsigned kReadBytes = 256 << 10;
  std::uint64_t packed_, unpacked_ = 0;
  std::size_t read_ = 0;
  int descriptor_ = -1;
  PackedStream stream_;
};

// libosmium looks its decompressors up by this number; ours stand beside its own.
constexpr auto kLimitedGzip = static_cast<osmium::io::file_compression>(101);
constexpr auto kLimitedBzip2 = static_cast<osmium::io::file_compression>(102);

void register_limited(osmium::io::file_compression key, Packing packing) {
  osmium::io::CompressionFactory::instance().register_compression(
      key, [](int, osmium::io::fsync) -> osmium::io::Compressor* { return nullptr; },
      [packing](int fd) -> osmium::io::Decompressor* {
        struct stat status {};
        ::fstat(fd, &status);
        return new LimitedDecompressor(packing, fd, static_cast<std::uint64_t>(status.st_size));
      },
      [packing](const char* data, std::size_t size) -> osmium::io::Decompressor* {
        return new LimitedDecompressor(packing, {data, size});
      });
}

void register_decompressors() {
  static const bool registered = [] {
    register_limited(kLimitedGzip, Packing::gzip);
    register_limited(kLimitedBzip2, Packing::bzip2);
    return true;
  }();
  (void)registered;
}

// One line of printable characters, since parsers quote the file in their messages.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 200)) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte < 32 || byte == 127 ? '?' : c;
  }
  return result;
}

// Copies libosmium's objects into views for a visitor. Tags are cut at their zero bytes within the
// bounds of the list: libosmium's own iterator runs past the end where a string of a PBF file holds
// a zero byte.
class Dispatcher {
 public:
  explicit Dispatcher(OsmVisitor& visitor) : visitor_(visitor) {}

  void buffer(const osmium::memory::Buffer& buffer) {
    for (const osmium::OSMObject& object : buffer.select<osmium::OSMObject>()) {
      if (!object.visible()) continue;
      switch (object.type()) {
        case osmium::item_type::node:
          node(static_cast<const osmium::Node&>(object));
          break;
        case osmium::item_type::way:
          way(static_cast<const osmium::Way&>(object));
          break;
        case osmium::item_type::relation:
          relation(static_cast<const osmium::Relation&>(object));
          break;
        default:
          break;
      }
    }
  }

 private:
  void node(const osmium::Node& node) {
    const osmium::Location location = node.location();
    visitor_.node({node.id(), location.y(), location.x(), location.valid(), tags(node.tags())});
  }

  void way(const osmium::Way& way) {
    refs_.clear();
    for (const osmium::NodeRef& ref : way.nodes()) refs_.push_back(ref.ref());
    visitor_.way({way.id(), refs_, tags(way.tags())});
  }

  void relation(const osmium::Relation& relation) {
    members_.clear();
    for (const osmium::RelationMember& member : relation.members()) {
      using Type = OsmMember::Type;
      const Type type = member.type() == osmium::item_type::node  ? Type::node
                        : member.type() == osmium::item_type::way ? Type::way
                                                                  : Type::relation;
      members_.push_back({type, member.ref(), member.role()});
    }
    visitor_.relation({relation.id(), members_, tags(relation.tags())});
  }

  Tags tags(const osmium::TagList& list) {
    tags_.clear();
    const char* next = reinterpret_cast<const char*>(list.data()) + sizeof(osmium::TagList);
    const char* end = reinterpret_cast<const char*>(list.data()) + list.byte_size();
    const auto take = [&] {
      const auto* zero =
          static_cast<const char*>(std::memchr(next, 0, static_cast<std::size_t>(end - next)));
      if (zero == nullptr) throw InputError("a tag has no end");
      const std::string_view text(next, static_cast<std::size_t>(zero - next));
      next = zero + 1;
      return text;
    };
    while (next < end) {
      const std::string_view key = take();
      if (next == end) throw InputError("zero byte inside a tag");
      tags_.emplace_back(key, take());
    }
    return tags_;
  }

  OsmVisitor& visitor_;
  std::vector<std::int64_t> refs_;
  std::vector<OsmMember> members_;
  std::vector<std::pair<std::string_view, std::string_view>> tags_;
};

osmium::osm_entity_bits::type entity_bits(unsigned entities) {
  auto bits = osmium::osm_entity_bits::nothing;
  if ((entities & entity::nodes) != 0) bits |= osmium::osm_entity_bits::node;
  if ((entities & entity::ways) != 0) bits |= osmium::osm_entity_bits::way;
  if ((entities & entity::relations) != 0) bits |= osmium::osm_entity_bits::relation;
  return bits;
}

// Gives every object of the file to the visitor.
void visit(const osmium::io::File& file, unsigned entities, osmium::thread::Pool& pool,
           OsmVisitor& visitor, const std::function<void(std::size_t)>& on_offset = {}) {
  osmium::io::Reader reader(file, entity_bits(entities), osmium::io::read_meta::no, pool);
  if (reader.header().has_multiple_object_versions()) {
    throw InputError("holds a history or changes; expected a map with one version of each object");
  }
  Dispatcher dispatcher(visitor);
  while (const osmium::memory::Buffer buffer = reader.read()) {
    dispatcher.buffer(buffer);
    if (on_offset) on_offset(reader.offset());
  }
  reader.close();
}

std::uint32_t big_endian(std::string_view four) {
  std::uint32_t value = 0;
  for (const char c : four) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

// The size of a block's data by the header in front of it.
std::uint64_t size_in_block_header(const std::string& header, std::string_view expected_type) {
  std::uint64_t size = 0;
  std::string_view type;
  protozero::pbf_reader fields(header);
  while (fields.next()) {
    if (fields.tag() == 1 && fields.wire_type() == protozero::pbf_wire_type::length_delimited) {
      const protozero::data_view view = fields.get_view();
      type = {view.data(), view.size()};
    } else if (fields.tag() == 3 && fields.wire_type() == protozero::pbf_wire_type::varint) {
      size = static_cast<std::uint64_t>(fields.get_int32());
    } else {
      fields.skip();
    }
  }
  if (type != expected_type) {
    throw InputError("is no PBF map: expected a block of type " + std::string(expected_type) +
                     ", found '" + std::string(type) + "'");
  }
  return size;
}

}  // namespace

/// A block of a PBF file with its frame (length, header).
struct OsmFile::Block {
  std::uint64_t offset = 0, bytes = 0, unpacked = 0;
};

OsmFile::OsmFile(const std::filesystem::path& path) : name_(path.string()) {
  const std::string file = path.filename().string();
  const auto ends_with = [&](std::string_view end) { return file.ends_with(end); };
  if (ends_with(".pbf")) {
    format_ = OsmFormat::pbf;
  } else if (ends_with(".osm") || ends_with(".xml")) {
    format_ = OsmFormat::xml;
  } else if (ends_with(".osm.gz") || ends_with(".xml.gz")) {
    format_ = OsmFormat::xml_gz;
  } else if (ends_with(".osm.bz2") || ends_with(".xml.bz2")) {
    format_ = OsmFormat::xml_bz2;
  } else {
    throw InputError(
        name_ +
        ": unknown kind of file; expected a name that ends in .osm.pbf, .osm.bz2, .osm.gz or .osm");
  }
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    const std::string reason = std::strerror(errno);
    if (descriptor_ >= 0) ::close(descriptor_);
    throw InputError(name_ + ": cannot be read: " + reason);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw InputError(name_ + ": cannot be read: it is not a regular file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

OsmFile::OsmFile(std::string_view content, OsmFormat format, std::string name)
    : name_(std::move(name)), format_(format), content_(content), size_(content.size()) {}

OsmFile::~OsmFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string OsmFile::bytes(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size_ || count > size_ - offset)
    throw InputError("cut off in the middle of a block");
  if (descriptor_ < 0) return std::string(content_.substr(offset, count));
  std::string data(count, '\0');
  for (std::uint64_t done = 0; done < count;) {
    const ::ssize_t got =
        ::pread(descriptor_, data.data() + done, count - done, static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw InputError(std::string("cannot be read: ") + std::strerror(got < 0 ? errno : EIO));
    done += static_cast<std::uint64_t>(got);
  }
  return data;
}

std::string OsmFile::hash() const {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_64bits_reset(state.get());
  constexpr std::uint64_t step = 1 << 20;
  for (std::uint64_t offset = 0; offset < size_; offset += step) {
    const std::string data = bytes(offset, std::min(step, size_ - offset));
    XXH3_64bits_update(state.get(), data.data(), data.size());
  }
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016llx",
                static_cast<unsigned long long>(XXH3_64bits_digest(state.get())));
  return digits;
}

// Walks over the frames of a PBF file without unpacking anything.
void OsmFile::find_blocks() {
  if (!blocks_.empty()) return;
  std::uint64_t unpacked = 0;
  for (std::uint64_t offset = 0; offset < size_;) {
    const std::uint64_t header_bytes = big_endian(bytes(offset, 4));
    if (header_bytes == 0 || header_bytes > kMaxBlockHeaderBytes)
      throw InputError("is no PBF map: bad block header");
    const std::uint64_t data_bytes = size_in_block_header(
        bytes(offset + 4, header_bytes), blocks_.empty() ? "OSMHeader" : "OSMData");
    if (data_bytes == 0 || data_bytes > kMaxBlockBytes)
      throw InputError("has a PBF block of impossible size");

    Block block{offset, 4 + header_bytes + data_bytes, data_bytes};
    if (block.bytes > size_ - offset) throw InputError("cut off in the middle of a block");
    // The unpacked size stands in front of the data, within the first few bytes.
    const std::string start =
        bytes(offset + 4 + header_bytes, std::min<std::uint64_t>(data_bytes, 16));
    const char* at = start.data();
    const char* end = at + start.size();
    if (*at == 0x10) {
      ++at;
      block.unpacked = protozero::decode_varint(&at, end);
    } else if (*at == 0x1a) {  // data first: the size comes after it
      const std::string whole = bytes(offset + 4 + header_bytes, data_bytes);
      protozero::pbf_reader blob(whole);
      while (blob.next()) {
        if (blob.tag() == 2 && blob.wire_type() == protozero::pbf_wire_type::varint) {
          block.unpacked = static_cast<std::uint64_t>(blob.get_int32());
        } else {
          blob.skip();
        }
      }
    }
    if (block.unpacked > kMaxBlockBytes) throw InputError("has a PBF block of impossible size");
    unpacked += block.unpacked;
    check_ratio(unpacked, size_);
    blocks_.push_back(block);
    offset += block.bytes;
  }
  if (blocks_.empty()) throw InputError("is empty; expected a map");
}

void OsmFile::read_pbf(unsigned entities, int threads,
                       const std::function<std::unique_ptr<OsmVisitor>()>& make,
                       const std::function<void(OsmVisitor&)>& merge,
                       const std::function<void(double)>& progress) {
  find_blocks();
  // Parts of a few blocks, by their unpacked size.
  std::vector<std::size_t> part_begin{1};
  std::uint64_t in_part = 0;
  for (std::size_t i = 1; i < blocks_.size(); ++i) {
    if (i > part_begin.back() && in_part + blocks_[i].unpacked > kPartBytes) {
      part_begin.push_back(i);
      in_part = 0;
    }
    in_part += blocks_[i].unpacked;
  }
  part_begin.push_back(std::max<std::size_t>(1, blocks_.size()));

  const std::string header = bytes(0, blocks_.front().bytes);
  osmium::thread::Pool pool(threads, 4);
  const auto num_parts = static_cast<std::int64_t>(part_begin.size()) - 1;
  for (std::int64_t wave = 0; wave < num_parts; wave += threads) {
    const std::int64_t count = std::min<std::int64_t>(threads, num_parts - wave);
    std::vector<std::unique_ptr<OsmVisitor>> visitors(static_cast<std::size_t>(count));
    graph::parallel_for(count, 1, threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i) {
        const auto part = static_cast<std::size_t>(wave + i);
        const std::uint64_t from =
            part_begin[part] < blocks_.size() ? blocks_[part_begin[part]].offset : size_;
        const std::uint64_t to =
            part_begin[part + 1] < blocks_.size() ? blocks_[part_begin[part + 1]].offset : size_;
        const std::string data = header + bytes(from, to - from);
        if (!units_checked_) {
          for (std::size_t b = part_begin[part]; b < part_begin[part + 1]; ++b) {
            const Block& block = blocks_[b];
            const std::string_view framed(data.data() + header.size() + (block.offset - from),
                                          block.bytes);
            check_units(framed.substr(4 + big_endian(framed.substr(0, 4))), block.unpacked);
          }
        }
        auto visitor = make();
        visit(osmium::io::File(data.data(), data.size(), "pbf"), entities, pool, *visitor);
        visitors[static_cast<std::size_t>(i)] = std::move(visitor);
      }
    });
    for (const auto& visitor : visitors) merge(*visitor);
    if (progress) progress(static_cast<double>(wave + count) / static_cast<double>(num_parts));
  }
  units_checked_ = true;
}

void OsmFile::read_xml(unsigned entities, const std::function<std::unique_ptr<OsmVisitor>()>& make,
                       const std::function<void(OsmVisitor&)>& merge,
                       const std::function<void(double)>& progress) {
  register_decompressors();
  osmium::io::File file =
      descriptor_ < 0 ? osmium::io::File(content_.data(), content_.size(), "osm")
                      : osmium::io::File("/proc/self/fd/" + std::to_string(descriptor_), "osm");
  if (format_ == OsmFormat::xml_gz) file.set_compression(kLimitedGzip);
  if (format_ == OsmFormat::xml_bz2) file.set_compression(kLimitedBzip2);
  osmium::thread::Pool pool(1, 4);
  const auto visitor = make();
  visit(file, entities, pool, *visitor, [&](std::size_t offset) {
    if (progress && size_ > 0)
      progress(std::min(1.0, static_cast<double>(offset) / static_cast<double>(size_)));
  });
  merge(*visitor);
}

void OsmFile::read(unsigned entities, int threads,
                   const std::function<std::unique_ptr<OsmVisitor>()>& make,
                   const std::function<void(OsmVisitor&)>& merge,
                   const std::function<void(double)>& progress) {
  try {
    if (size_ == 0) throw InputError("is empty; expected a map");
    if (format_ == OsmFormat::pbf) {
      read_pbf(entities, graph::resolve_threads(threads), make, merge, progress);
    } else {
      read_xml(entities, make, merge, progress);
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(name_ + ": " + printable(error.what()));
  }
}

}  // namespace roadgnn::io::detail
