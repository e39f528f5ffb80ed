// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/io/osm/way_context.h>

namespace roadgnn::io {
namespace {

std::string_view oneway_value(const WayContext& way) {
  for (const Mode mode : way.rules.oneway_modes) {
    const std::string_view text = way.tags[oneway_key(mode)];
    if (!text.empty()) return text;
  }
  return way.tags[Key::oneway];
}

bool is_opposite(std::string_view cycleway) {
  return cycleway == "opposite" || cycleway == "opposite_lane" || cycleway == "opposite_track" ||
         cycleway == "opposite_share_busway";
}

/// A lane or track beside the road that leads against it, or both ways.
bool leads_back(std::string_view oneway) {
  return oneway == "no" || oneway == "-1";
}

}  // namespace

void apply_oneway(WayContext& way) {
  const std::string_view oneway = oneway_value(way);
  if (oneway == "yes" || oneway == "1" || oneway == "true") {
    way.oneway_forward = true;
  } else if (oneway == "-1" || oneway == "reverse") {
    way.oneway_backward = true;
  } else if (oneway == "reversible") {
    way.oneway_forward = way.oneway_backward = (way.rules.closed_if & closed_if::reversible) != 0;
  } else if (oneway != "no" && oneway != "0" && oneway != "false") {
    const std::string_view junction = way.tags[Key::junction];
    way.oneway_forward =
        way.tags[Key::highway] == "motorway" || junction == "roundabout" || junction == "circular";
  }
  way.alternating = oneway == "alternating";
}

bool has_contraflow(const WayContext& way) {
  if (!way.rules.contraflow_cycleways) return false;
  const TagIndex& tags = way.tags;
  if (is_opposite(tags[Key::cycleway]) || is_opposite(tags[Key::cycleway_both]) ||
      is_opposite(tags[Key::cycleway_left]) || is_opposite(tags[Key::cycleway_right])) {
    return true;
  }
  const auto usable = [&](Key lane, Key oneway) {
    return tags.has(lane) && tags[lane] != "no" && tags[lane] != "separate" &&
           leads_back(tags[oneway]);
  };
  return usable(Key::cycleway_left, Key::cycleway_left_oneway) ||
         usable(Key::cycleway_right, Key::cycleway_right_oneway) ||
         usable(Key::cycleway_both, Key::cycleway_both_oneway);
}

}  // namespace roadgnn::io
