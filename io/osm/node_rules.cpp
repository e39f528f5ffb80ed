// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>

#include <roadgnn/io/osm/units.h>
#include <roadgnn/io/osm/way_context.h>

namespace roadgnn::io {
namespace {

namespace node_flag = graph::node_flag;

std::uint8_t node_flags(const TagIndex& tags) {
  const std::string_view highway = tags[Key::highway];
  std::uint8_t flags = 0;
  if (highway == "traffic_signals") flags |= node_flag::traffic_signals;
  if (highway == "stop") flags |= node_flag::stop;
  if (highway == "give_way") flags |= node_flag::give_way;
  if (highway == "crossing") flags |= node_flag::crossing;
  if (highway == "mini_roundabout") flags |= node_flag::mini_roundabout;
  if (highway == "turning_circle" || highway == "turning_loop") flags |= node_flag::turning_circle;
  const std::string_view barrier = tags[Key::barrier];
  if (!barrier.empty() && barrier != "no") flags |= node_flag::barrier;
  if (barrier == "toll_booth" || highway == "toll_gantry") flags |= node_flag::toll;
  return flags;
}

std::uint8_t facing(const TagIndex& tags) {
  std::string_view direction = tags[Key::direction];
  if (tags[Key::highway] == "traffic_signals" && tags.has(Key::traffic_signals_direction)) {
    direction = tags[Key::traffic_signals_direction];
  }
  if (direction == "forward") return 1;
  if (direction == "backward") return 2;
  const std::uint8_t all = direction == "both" ? 3 : 3 | facing_flag::unsaid;
  const bool minor = tags[Key::highway] == "stop" && tags[Key::stop] == "minor";
  return minor ? all | facing_flag::minor_roads : all;
}

/// Room between the posts of a barrier, where a tag says it.
std::optional<double> opening_m(const TagIndex& tags) {
  std::optional<double> narrowest;
  for (const Key key : {Key::maxwidth__physical, Key::maxwidth, Key::width, Key::opening}) {
    if (key == Key::width && tags[Key::barrier] != "cycle_barrier")
      continue;  // else the obstacle's own width
    const auto width = parse_length_m(tags[key]);
    if (width && (!narrowest || *width < *narrowest)) narrowest = width;
  }
  return narrowest;
}

/// A passable barrier that this vehicle is too big for.
bool too_small(const Profile::Rules& rules, const TagIndex& tags) {
  const auto& vehicle = rules.vehicle;
  const auto width = opening_m(tags);
  if (width && *width < vehicle.width_m) return true;
  const Key height_key =
      tags.has(Key::maxheight__physical) ? Key::maxheight__physical : Key::maxheight;
  const auto height = parse_length_m(tags[height_key]);
  if (height && *height < vehicle.height_m) return true;
  const auto weight = parse_weight_kg(tags[Key::maxweight]);
  return weight && *weight < vehicle.weight_kg;
}

/// Things tagged as barriers that stand in nobody's way.
bool is_harmless(const TagIndex& tags) {
  const std::string_view barrier = tags[Key::barrier];
  if (barrier == "bollard" && tags[Key::bollard] == "rising") return true;
  if (tags[Key::kerb] == "lowered" || tags[Key::kerb] == "flush") return true;
  if (barrier == "kerb" && tags[Key::highway] == "crossing") return true;
  return barrier == "fence" && (tags[Key::sensory] == "audible" || tags[Key::sensory] == "audio");
}

void judge_barrier(const Profile::Rules& rules, const TagIndex& tags, NodeVerdict& verdict) {
  const std::string_view barrier = tags[Key::barrier];
  if (barrier.empty() || barrier == "no" || is_harmless(tags)) return;
  const double* delay = rules.barrier_s.find(barrier);
  const auto width = opening_m(tags);
  const bool by_width =
      rules.barriers_by_width.contains(barrier) && width && *width >= rules.vehicle.width_m;
  if ((delay == nullptr && !by_width) || tags[Key::locked] == "yes") {
    verdict.blocked = true;
  } else if (delay != nullptr) {
    verdict.penalty_s = *delay;
  }
}

}  // namespace

NodeVerdict evaluate_node(const Profile& profile, Tags all_tags) {
  const Profile::Rules& rules = profile.rules();
  NodeVerdict verdict;
  if (all_tags.empty()) return verdict;
  const TagIndex tags(all_tags);
  verdict.flags = node_flags(tags);
  verdict.facing = facing(tags);
  const bool crossing = tags[Key::highway] == "crossing";
  for (const Mode mode : rules.access_modes) {
    const std::string_view text = tags[access_key(mode)];
    if (text.empty()) continue;
    // Access tags of a crossing are about who crosses, where they do not name the vehicle.
    const bool concerns = !crossing || !rules.contraflow_cycleways;
    verdict.blocked = concerns && access_value(rules, text) == AccessValue::closed;
    if (!verdict.blocked && tags.has(Key::barrier)) verdict.blocked = too_small(rules, tags);
    return verdict;
  }
  judge_barrier(rules, tags, verdict);
  if (!verdict.blocked && tags.has(Key::barrier)) verdict.blocked = too_small(rules, tags);
  return verdict;
}

}  // namespace roadgnn::io
