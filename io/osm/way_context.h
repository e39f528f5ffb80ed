// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <roadgnn/io/osm/profile_rules.h>
#include <roadgnn/io/osm/tag_index.h>
#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io {

/// What the steps of evaluate_way hand on to each other. Each step is a function in a source of its
/// own.
struct WayContext {
  const Profile::Rules& rules;
  const TagIndex& tags;
  const Region& region;
  bool limits_at_ends = false;  ///< who has business there is exempt from limits of weight and size
  bool oneway_forward = false, oneway_backward = false, alternating = false;
};

/// Closed in both directions whatever the access tags say: areas, construction, reversible lanes,
/// steps, ...
bool closed_for_all(const WayContext& way);

/// What the access tag that counts in one direction says.
struct AccessTag {
  AccessValue value = AccessValue::open;
  bool found = false;
  bool opens_other_ways = false;  ///< found on one of the profile's opening modes
  std::string_view text;
};
AccessTag find_access(const Profile::Rules& rules, const TagIndex& tags, Direction direction);

/// The meaning of a value, a list with `;` included: its best part counts.
AccessValue access_value(const Profile::Rules& rules, std::string_view text);

/// Reads the one-way tags, sets the flags of `way`.
void apply_oneway(WayContext& way);

/// Whether the vehicle may go against a one-way: bicycles on contraflow lanes.
bool has_contraflow(const WayContext& way);

/// What posted heights, widths, lengths, weights and bans of dangerous goods leave of the access in
/// one direction.
graph::Access access_by_limits(const WayContext& way, Direction direction);

/// Whether all lanes in a direction are for cars with several people.
bool hov_only(const WayContext& way, Direction direction);

/// Speed in one direction, 0 where the way has none for this vehicle.
double base_speed(const WayContext& way, const AccessTag& access);

/// `speed_kmh` by speed limit, surface and the vehicle's own cap.
double limited_speed(const WayContext& way, Direction direction, double speed_kmh);

/// Factor for alleys, narrow roads and the like.
double penalty_factor(const WayContext& way, Direction direction, bool two_way);

}  // namespace roadgnn::io
