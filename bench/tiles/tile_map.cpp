// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Makes a large map of copies of a small one, to see how things grow: side x side tiles next to
// each other, ids told apart, neighbours joined by a few streets.
//   tile_map MAP.osm.pbf SIDE OUT.osm.pbf
#include <algorithm>
#include <cstdio>
#include <exception>
#include <osmium/builder/attr.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/visitor.hpp>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

namespace attr = osmium::builder::attr;

constexpr int kJoints = 8;  // streets between two neighbouring tiles

// Short ids in the order in which a map's objects and references come, by type.
class Numbers {
 public:
  std::int64_t of(osmium::item_type type, std::int64_t id) {
    auto& numbers = numbers_[static_cast<std::size_t>(osmium::item_type_to_nwr_index(type))];
    return numbers.emplace(id, static_cast<std::int64_t>(numbers.size()) + 1).first->second;
  }
  std::int64_t most() const {
    return static_cast<std::int64_t>(
        std::max({numbers_[0].size(), numbers_[1].size(), numbers_[2].size()}));
  }

 private:
  std::unordered_map<std::int64_t, std::int64_t> numbers_[3];
};

// One tile's content and the ways out of it.
struct Tile {
  osmium::memory::Buffer content{1 << 20, osmium::memory::Buffer::auto_grow::yes};
  std::int32_t west = INT32_MAX, south = INT32_MAX, east = INT32_MIN, north = INT32_MIN;
  Numbers numbers;
  std::int64_t num_ids = 0;
  // Nodes of public streets, by band: the westernmost, easternmost, southernmost, northernmost.
  std::vector<std::int64_t> exits[4];
};

bool is_public_street(const osmium::Way& way) {
  static const std::set<std::string> kClasses = {"primary",      "secondary",   "tertiary",
                                                 "unclassified", "residential", "trunk"};
  const char* road = way.tags()["highway"];
  return road != nullptr && kClasses.contains(road) && way.tags()["access"] == nullptr &&
         way.tags()["oneway"] == nullptr && way.tags()["motor_vehicle"] == nullptr;
}

// Of each of kJoints bands along one axis the node that lies furthest out on the other.
std::vector<std::int64_t> furthest_out(
    const std::unordered_map<std::int64_t, osmium::Location>& places,
    const std::vector<std::int64_t>& nodes, std::int32_t first, std::int32_t last, bool bands_by_y,
    int sign) {
  std::vector<std::int64_t> found(kJoints, 0);
  std::vector<std::int64_t> best(kJoints, INT64_MIN);
  for (const std::int64_t node : nodes) {
    const osmium::Location place = places.at(node);
    const std::int64_t across = bands_by_y ? place.y() : place.x();
    const std::int64_t out = sign * std::int64_t{bands_by_y ? place.x() : place.y()};
    const auto band = static_cast<std::size_t>(
        std::min<std::int64_t>(kJoints - 1, (across - first) * kJoints / (last - first + 1)));
    if (out <= best[band]) continue;
    best[band] = out;
    found[band] = node;
  }
  return found;
}

Tile read_tile(const std::string& map) {
  Tile tile;
  std::unordered_map<std::int64_t, osmium::Location> places;
  std::vector<std::int64_t> street_nodes;
  osmium::io::Reader reader(map);
  while (osmium::memory::Buffer buffer = reader.read()) {
    for (const auto& object : buffer.select<osmium::OSMObject>()) {
      tile.numbers.of(object.type(), object.id());
      if (object.type() == osmium::item_type::node) {
        const osmium::Location place = static_cast<const osmium::Node&>(object).location();
        places.emplace(object.id(), place);
        tile.west = std::min(tile.west, place.x());
        tile.east = std::max(tile.east, place.x());
        tile.south = std::min(tile.south, place.y());
        tile.north = std::max(tile.north, place.y());
      } else if (object.type() == osmium::item_type::way) {
        const auto& way = static_cast<const osmium::Way&>(object);
        const bool street = is_public_street(way);
        for (const osmium::NodeRef& node : way.nodes()) {
          tile.numbers.of(osmium::item_type::node, node.ref());
          if (street && places.contains(node.ref())) street_nodes.push_back(node.ref());
        }
      }
      if (object.type() == osmium::item_type::relation) {
        for (const auto& member : static_cast<const osmium::Relation&>(object).members()) {
          tile.numbers.of(member.type(), member.ref());
        }
      }
      tile.content.add_item(object);
      tile.content.commit();
    }
  }
  reader.close();
  tile.num_ids = tile.numbers.most();
  for (int side = 0; side < 4; ++side) {
    const bool by_y = side < 2;
    tile.exits[side] = furthest_out(places, street_nodes, by_y ? tile.south : tile.west,
                                    by_y ? tile.north : tile.east, by_y, side % 2 == 0 ? -1 : 1);
    for (std::int64_t& node : tile.exits[side]) {
      if (node != 0) node = tile.numbers.of(osmium::item_type::node, node);
    }
  }
  return tile;
}

// A tile's place in the map, and its ids there.
struct Shift {
  std::int64_t id;
  std::int32_t x, y;
};

void write_object(const osmium::OSMObject& object, Numbers& numbers, const Shift& shift,
                  osmium::io::Writer& writer) {
  const auto id_of = [&](osmium::item_type type, std::int64_t id) {
    return numbers.of(type, id) + shift.id;
  };
  const std::int64_t own = id_of(object.type(), object.id());
  osmium::memory::Buffer buffer(1024, osmium::memory::Buffer::auto_grow::yes);
  if (object.type() == osmium::item_type::node) {
    const osmium::Location place = static_cast<const osmium::Node&>(object).location();
    osmium::builder::add_node(
        buffer, attr::_id(own), attr::_version(1),
        attr::_location(osmium::Location(place.x() + shift.x, place.y() + shift.y)),
        attr::_tags(object.tags()));
  } else if (object.type() == osmium::item_type::way) {
    std::vector<std::int64_t> nodes;
    for (const osmium::NodeRef& node : static_cast<const osmium::Way&>(object).nodes()) {
      nodes.push_back(id_of(osmium::item_type::node, node.ref()));
    }
    osmium::builder::add_way(buffer, attr::_id(own), attr::_version(1), attr::_nodes(nodes),
                             attr::_tags(object.tags()));
  } else if (object.type() == osmium::item_type::relation) {
    std::vector<attr::member_type> members;
    for (const auto& member : static_cast<const osmium::Relation&>(object).members()) {
      members.emplace_back(member.type(), id_of(member.type(), member.ref()), member.role());
    }
    osmium::builder::add_relation(buffer, attr::_id(own), attr::_version(1),
                                  attr::_members(members), attr::_tags(object.tags()));
  }
  writer(std::move(buffer));
}

void write_map(Tile tile, int side, const std::string& output) {
  const auto shift_of = [&](int column, int row) {
    return Shift{
        tile.num_ids * (std::int64_t{row} * side + column),
        static_cast<std::int32_t>(column * (std::int64_t{tile.east} - tile.west + 10'000)),
        static_cast<std::int32_t>(-row * (std::int64_t{tile.north} - tile.south + 10'000))};
  };
  osmium::io::Writer writer(output, osmium::io::overwrite::allow);
  // Nodes first, then ways, then relations, ids ascending: as maps are.
  for (const auto type :
       {osmium::item_type::node, osmium::item_type::way, osmium::item_type::relation}) {
    for (int row = 0; row < side; ++row) {
      for (int column = 0; column < side; ++column) {
        for (const auto& object : tile.content.select<osmium::OSMObject>()) {
          if (object.type() == type)
            write_object(object, tile.numbers, shift_of(column, row), writer);
        }
      }
    }
    if (type != osmium::item_type::way) continue;
    std::int64_t next_way = tile.num_ids * side * side + 1;
    const auto join = [&](const std::vector<std::int64_t>& from, const Shift& here,
                          const std::vector<std::int64_t>& to, const Shift& there) {
      for (int band = 0; band < kJoints; ++band) {
        const auto i = static_cast<std::size_t>(band);
        if (from[i] == 0 || to[i] == 0) continue;
        osmium::memory::Buffer buffer(256, osmium::memory::Buffer::auto_grow::yes);
        osmium::builder::add_way(buffer, attr::_id(next_way++), attr::_version(1),
                                 attr::_nodes({from[i] + here.id, to[i] + there.id}),
                                 attr::_tag("highway", "secondary"));
        writer(std::move(buffer));
      }
    };
    for (int row = 0; row < side; ++row) {
      for (int column = 0; column < side; ++column) {
        const Shift here = shift_of(column, row);
        if (column + 1 < side) join(tile.exits[1], here, tile.exits[0], shift_of(column + 1, row));
        if (row + 1 < side) join(tile.exits[2], here, tile.exits[3], shift_of(column, row + 1));
      }
    }
  }
  writer.close();
}

}  // namespace

int main(int argc, char** argv) try {
  const int side = argc == 4 ? std::stoi(argv[2]) : 0;
  if (side < 1 || side > 20) {
    std::fprintf(stderr, "usage: tile_map MAP.osm.pbf SIDE OUT.osm.pbf, SIDE from 1 to 20\n");
    return 2;
  }
  write_map(read_tile(argv[1]), side, argv[3]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "tile_map: %s\n", error.what());
  return 1;
}
