// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/io/osm/name_table.h>
#include <roadgnn/io/osm/tag_index.h>

namespace roadgnn::io {
namespace {

constexpr std::array<std::string_view, kNumModes> kModeNames = {
    "access",  "vehicle",     "motor_vehicle", "motorcar",     "goods",    "hgv", "hgv_articulated",
    "bicycle", "cargo_bike",  "motorcycle",    "moped",        "mofa",     "psv", "bus",
    "taxi",    "tourist_bus", "trailer",       "agricultural", "carriage", "foot"};

constexpr std::string_view kConditional = ":conditional";

std::string with_colons(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool colon = name.substr(i, 2) == "__";
    result += colon ? ':' : name[i];
    if (colon) ++i;
  }
  return result;
}

NameTable<Key> make_table() {
  std::vector<std::pair<std::string, Key>> entries;
  for (std::size_t i = 0; i < kNumModes; ++i) {
    const std::string name(kModeNames[i]);
    const Key key = access_key(static_cast<Mode>(i));
    entries.emplace_back(name, key);
    entries.emplace_back(name + ":forward", directed_key(key, Direction::forward));
    entries.emplace_back(name + ":backward", directed_key(key, Direction::backward));
    entries.emplace_back("oneway:" + name, oneway_key(static_cast<Mode>(i)));
  }
#define ROADGNN_DIRECTIONAL(name)                                             \
  entries.emplace_back(with_colons(#name), Key::name);                        \
  entries.emplace_back(with_colons(#name) + ":forward", Key::name##_forward); \
  entries.emplace_back(with_colons(#name) + ":backward", Key::name##_backward);
#include <roadgnn/io/osm/directional_keys.inc>
#undef ROADGNN_DIRECTIONAL
#define ROADGNN_SINGLE(name, text) entries.emplace_back(text, Key::name);
#include <roadgnn/io/osm/single_keys.inc>
#undef ROADGNN_SINGLE
  return NameTable<Key>(std::move(entries));
}

const NameTable<Key>& key_table() {
  static const NameTable<Key> table = make_table();
  return table;
}

}  // namespace

std::span<const std::string_view, kNumModes> mode_names() {
  return kModeNames;
}

Key access_key(Mode mode) {
  return static_cast<Key>(4 * static_cast<std::uint16_t>(mode));
}

Key oneway_key(Mode mode) {
  return static_cast<Key>(4 * static_cast<std::uint16_t>(mode) + 3);
}

Key find_key(std::string_view name) {
  const Key* key = key_table().find(name);
  return key == nullptr ? Key::count : *key;
}

TagIndex::TagIndex(Tags tags) {
  const NameTable<Key>& table = key_table();
  for (const auto& [name, value] : tags) {
    if (const Key* key = table.find(name)) {
      values_[static_cast<std::size_t>(*key)] = value;
    } else if (name.ends_with(kConditional) && num_conditionals_ < conditionals_.size()) {
      const Key* base = table.find(name.substr(0, name.size() - kConditional.size()));
      if (base != nullptr) conditionals_[num_conditionals_++] = {*base, value};
    }
  }
}

std::string_view value_of(Tags tags, std::string_view key) {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == key; });
  return found == tags.end() ? std::string_view() : found->second;
}

}  // namespace roadgnn::io
