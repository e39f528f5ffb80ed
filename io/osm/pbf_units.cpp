// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/pbf_units.h>

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <protozero/pbf_reader.hpp>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::io::detail {
namespace {

// A block's least and largest coordinate as they are written, and what they are written in.
struct CoordinateUnits {
  struct Axis {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t most = std::numeric_limits<std::int64_t>::min();
    std::int64_t offset = 0;
    void add(std::int64_t value) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
  };
  Axis lat, lon;
  std::int64_t granularity = 100;
};

void add_deltas(protozero::iterator_range<protozero::pbf_reader::const_sint64_iterator> deltas,
                CoordinateUnits::Axis& axis) {
  std::int64_t value = 0;
  for (const std::int64_t delta : deltas) {
    if (__builtin_add_overflow(value, delta, &value))
      throw InputError("has a node whose coordinate is not on the globe");
    axis.add(value);
  }
}

// Of the nodes and dense nodes in a group of a block.
void find_extremes(protozero::pbf_reader group, CoordinateUnits& units) {
  while (group.next()) {
    const bool message = group.wire_type() == protozero::pbf_wire_type::length_delimited;
    if (!message || group.tag() > 2) {
      group.skip();
      continue;
    }
    const bool dense = group.tag() == 2;
    protozero::pbf_reader nodes = group.get_message();
    while (nodes.next()) {
      auto& axis = nodes.tag() == 8 ? units.lat : units.lon;
      const bool coordinate = nodes.tag() == 8 || nodes.tag() == 9;
      if (coordinate && dense && nodes.wire_type() == protozero::pbf_wire_type::length_delimited) {
        add_deltas(nodes.get_packed_sint64(), axis);
      } else if (coordinate && !dense && nodes.wire_type() == protozero::pbf_wire_type::varint) {
        axis.add(nodes.get_sint64());
      } else {
        nodes.skip();
      }
    }
  }
}

// libosmium multiplies and adds unchecked, and keeps 32 bits of the result: what does not fit would
// come out as some other place.
void check_extremes(const CoordinateUnits::Axis& axis, std::int64_t granularity) {
  if (axis.least > axis.most) return;  // no nodes
  constexpr std::int64_t nanodegrees_per_e7 = 100;
  for (const std::int64_t value : {axis.least, axis.most}) {
    std::int64_t nanodegrees = 0;
    const bool fits = !__builtin_mul_overflow(value, granularity, &nanodegrees) &&
                      !__builtin_add_overflow(nanodegrees, axis.offset, &nanodegrees) &&
                      std::abs(nanodegrees / nanodegrees_per_e7) <= INT32_MAX;
    if (!fits) {
      throw InputError("has a node at " + std::to_string(value) + " times " +
                       std::to_string(granularity) + " nanodegrees, which is not on the globe");
    }
  }
}

}  // namespace

void check_units(std::string_view packed_blob, std::uint64_t unpacked) {
  std::string data;
  protozero::pbf_reader blob(packed_blob.data(), packed_blob.size());
  while (blob.next()) {
    if (blob.wire_type() != protozero::pbf_wire_type::length_delimited) {
      blob.skip();
      continue;
    }
    const protozero::data_view view = blob.get_view();
    if (blob.tag() == 1) data.assign(view.data(), view.size());
    if (blob.tag() != 3) continue;
    data.resize(unpacked);
    auto size = static_cast<uLongf>(unpacked);
    const int status =
        ::uncompress(reinterpret_cast<Bytef*>(data.data()), &size,
                     reinterpret_cast<const Bytef*>(view.data()), static_cast<uLong>(view.size()));
    if (status != Z_OK) throw InputError("has a PBF block that cannot be unpacked");
    data.resize(size);
  }
  CoordinateUnits units;
  protozero::pbf_reader block(data);
  constexpr std::int64_t kMaxOffset = 360'000'000'000;  // nanodegrees
  while (block.next()) {
    if (block.tag() == 2 && block.wire_type() == protozero::pbf_wire_type::length_delimited) {
      find_extremes(block.get_message(), units);
      continue;
    }
    if (block.wire_type() != protozero::pbf_wire_type::varint) {
      block.skip();
      continue;
    }
    const std::int64_t value = block.get_int64();
    if (block.tag() == 17) units.granularity = value;
    if (block.tag() == 19) units.lat.offset = value;
    if (block.tag() == 20) units.lon.offset = value;
    if (block.tag() == 17 && (value < 1 || value > 1'000'000'000)) {
      throw InputError("granularity " + std::to_string(value) +
                       ": expected 1 to 1,000,000,000 nanodegrees");
    }
    if ((block.tag() == 19 || block.tag() == 20) && (value < -kMaxOffset || value > kMaxOffset)) {
      throw InputError("offset " + std::to_string(value) + ": expected less than 360 degrees");
    }
  }
  check_extremes(units.lat, units.granularity);
  check_extremes(units.lon, units.granularity);
}

}  // namespace roadgnn::io::detail
