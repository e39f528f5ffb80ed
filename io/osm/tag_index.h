// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io {

/// The kinds of traffic that OSM's access keys name
/// (https://wiki.openstreetmap.org/wiki/Key:access).
enum class Mode : std::uint8_t {
  access,
  vehicle,
  motor_vehicle,
  motorcar,
  goods,
  hgv,
  hgv_articulated,
  bicycle,
  cargo_bike,
  motorcycle,
  moped,
  mofa,
  psv,
  bus,
  taxi,
  tourist_bus,
  trailer,
  agricultural,
  carriage,
  foot,
};
inline constexpr std::size_t kNumModes = 20;

/// OSM's names of the modes, by their number.
std::span<const std::string_view, kNumModes> mode_names();

/// Keys that the rules read. The first 4 * kNumModes are `MODE`, `MODE:forward`, `MODE:backward`,
/// `oneway:MODE`; then come triples of a key with its directions; then single keys.
enum class Key : std::uint16_t {
  first_directional = 4 * kNumModes,
#define ROADGNN_DIRECTIONAL(name) name, name##_forward, name##_backward,
  before_directional = first_directional - 1,
#include <roadgnn/io/osm/directional_keys.inc>
#undef ROADGNN_DIRECTIONAL
#define ROADGNN_SINGLE(name, text) name,
#include <roadgnn/io/osm/single_keys.inc>
#undef ROADGNN_SINGLE
  count,
};
inline constexpr std::size_t kNumKeys = static_cast<std::size_t>(Key::count);

/// Along the way as it is drawn, or against it.
enum class Direction : std::uint8_t { forward, backward };

Key access_key(Mode mode);
Key oneway_key(Mode mode);

/// The forward or backward variant of a key that has them.
inline Key directed_key(Key key, Direction direction) {
  return static_cast<Key>(static_cast<std::uint16_t>(key) + 1 +
                          static_cast<std::uint16_t>(direction));
}

/// The key's number, or Key::count where the rules do not read it.
Key find_key(std::string_view name);

/// The tags of one object, one look at each: the known ones by number, the conditional ones apart.
/// Views into the tags.
class TagIndex {
 public:
  struct Conditional {
    Key key;  ///< without ":conditional"
    std::string_view value;
  };

  explicit TagIndex(Tags tags);

  /// The value, or an empty view.
  std::string_view operator[](Key key) const { return values_[static_cast<std::size_t>(key)]; }

  bool has(Key key) const { return !(*this)[key].empty(); }

  /// `key:forward` or `key:backward`, else `key`.
  std::string_view directed(Key key, Direction direction) const {
    const std::string_view own = (*this)[directed_key(key, direction)];
    return own.empty() ? (*this)[key] : own;
  }

  void set(Key key, std::string_view value) { values_[static_cast<std::size_t>(key)] = value; }

  /// Of more than eight conditional tags the first eight.
  std::span<const Conditional> conditionals() const {
    return {conditionals_.data(), num_conditionals_};
  }

 private:
  std::array<std::string_view, kNumKeys> values_{};
  std::array<Conditional, 8> conditionals_;
  std::size_t num_conditionals_ = 0;
};

}  // namespace roadgnn::io
