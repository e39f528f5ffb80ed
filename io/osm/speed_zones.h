// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace roadgnn::io {

/// What a speed limit's value says.
struct SpeedLimit {
  double kmh = 0;  ///< what may be driven; for `unlimited`, what is driven where there is no limit
  bool unlimited = false;  ///< "none", "DE:motorway"
};

/// A value of `maxspeed` and the like: a number with its unit, `none`, `walk`, a zone ("zone:30",
/// "DE:zone30"), or a country's rule ("RO:urban"). Gives nothing for `signals`, `variable` and what
/// it cannot read. The rules' table follows https://wiki.openstreetmap.org/wiki/Speed_limits.
std::optional<SpeedLimit> parse_speed_limit(std::string_view text);

}  // namespace roadgnn::io
