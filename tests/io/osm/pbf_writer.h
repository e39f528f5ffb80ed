// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <protozero/pbf_writer.hpp>
#include <string>

namespace roadgnn::io {

/// Writes a PBF map of one street, way 10 from node 1 to node 2, and can get any of its numbers
/// wrong.
class PbfWriter {
 public:
  PbfWriter& with_lat_offset(std::int64_t offset) { return lat_offset_ = offset, *this; }
  PbfWriter& with_lat(std::int64_t lat) { return lat_ = lat, *this; }
  PbfWriter& with_dense_nodes() { return dense_ = true, *this; }
  PbfWriter& with_granularity(std::int32_t granularity) {
    return granularity_ = granularity, *this;
  }
  PbfWriter& with_unpacked_size(std::int32_t size) { return unpacked_size_ = size, *this; }
  PbfWriter& with_way_value(const std::string& value) { return way_value_ = value, *this; }
  PbfWriter& with_node_ids(std::int64_t a, std::int64_t b) { return id_a_ = a, id_b_ = b, *this; }

  std::string header_block() const {
    std::string header;
    protozero::pbf_writer fields(header);
    fields.add_string(4, "OsmSchema-V0.6");
    return frame("OSMHeader", raw_blob(header));
  }

  /// A block that holds the packed bytes; with_unpacked_size says what they promise to unpack to.
  std::string data_block(const std::string& packed) const {
    std::string blob;
    protozero::pbf_writer fields(blob);
    fields.add_int32(2, unpacked_size_);
    fields.add_bytes(3, packed);
    return frame("OSMData", blob);
  }

  std::string street() const {
    const std::string block = primitive_block();
    return header_block() +
           (unpacked_size_ != 0 ? data_block(block) : frame("OSMData", raw_blob(block)));
  }

 private:
  static std::string raw_blob(const std::string& data) {
    std::string blob;
    protozero::pbf_writer(blob).add_bytes(1, data);
    return blob;
  }

  static std::string frame(const char* type, const std::string& blob) {
    std::string header;
    protozero::pbf_writer fields(header);
    fields.add_string(1, type);
    fields.add_int32(3, static_cast<std::int32_t>(blob.size()));
    std::string result;
    for (int shift = 24; shift >= 0; shift -= 8)
      result += static_cast<char>(header.size() >> shift & 0xff);
    return result + header + blob;
  }

  static void add_node(protozero::pbf_writer& group, std::int64_t id, std::int64_t lat,
                       std::int64_t lon) {
    protozero::pbf_writer node(group, 1);
    node.add_sint64(1, id);
    node.add_sint64(8, lat);
    node.add_sint64(9, lon);
  }

  void add_dense_nodes(protozero::pbf_writer& group) const {
    const auto minus = [](std::int64_t a, std::int64_t b) {
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) -
                                       static_cast<std::uint64_t>(b));
    };
    const std::int64_t ids[] = {id_a_, minus(id_b_, id_a_)}, lon[] = {130'000'000, 10'000};
    const std::int64_t lat[] = {520'000'000, minus(lat_, 520'000'000)};
    protozero::pbf_writer nodes(group, 2);
    nodes.add_packed_sint64(1, ids, ids + 2);
    nodes.add_packed_sint64(8, lat, lat + 2);
    nodes.add_packed_sint64(9, lon, lon + 2);
  }

  std::string primitive_block() const {
    std::string block;
    protozero::pbf_writer fields(block);
    {
      protozero::pbf_writer strings(fields, 1);
      for (const std::string& text : {std::string(), std::string("highway"), way_value_})
        strings.add_bytes(1, text);
    }
    {
      protozero::pbf_writer group(fields, 2);
      if (dense_) {
        add_dense_nodes(group);
      } else {
        add_node(group, id_a_, 520'000'000, 130'000'000);
        add_node(group, id_b_, lat_, 130'010'000);
      }
    }
    {
      protozero::pbf_writer group(fields, 2);
      protozero::pbf_writer way(group, 3);
      way.add_int64(1, 10);
      const std::uint32_t key[] = {1}, value[] = {2};
      const auto delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(id_b_) -
                                                   static_cast<std::uint64_t>(id_a_));
      const std::int64_t refs[] = {id_a_, delta};
      way.add_packed_uint32(2, key, key + 1);
      way.add_packed_uint32(3, value, value + 1);
      way.add_packed_sint64(8, refs, refs + 2);
    }
    fields.add_int32(17, granularity_);
    fields.add_int64(19, lat_offset_);
    return block;
  }

  std::int64_t lat_offset_ = 0, lat_ = 520'000'000, id_a_ = 1, id_b_ = 2;
  bool dense_ = false;
  std::int32_t granularity_ = 100, unpacked_size_ = 0;
  std::string way_value_ = "residential";
};

}  // namespace roadgnn::io
