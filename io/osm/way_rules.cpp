// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <utility>

#include <roadgnn/io/osm/conditional.h>
#include <roadgnn/io/osm/units.h>
#include <roadgnn/io/osm/way_context.h>

namespace roadgnn::io {
namespace {

using graph::Access;
using When = VehicleCondition::When;

/// Slower than this a vehicle does not get through at all.
constexpr double kSlowestKmh = 0.1;

struct Passages {
  Passage forward, backward;
  double forward_factor = 1, backward_factor = 1;
};

Access worse(Access a, Access b) {
  if (a == Access::closed || b == Access::closed) return Access::closed;
  return a == Access::open ? b : a;
}

bool has_own_speed(const WayContext& way) {
  return way.rules.highway_kmh.contains(way.tags[Key::highway]);
}

/// Access by tags, limits and lanes, before the one-way rules.
Access tagged_access(const WayContext& way, Direction direction, const AccessTag& tag) {
  Access access = Access::open;
  if (tag.value == AccessValue::closed) return Access::closed;
  if (tag.value == AccessValue::ends_only)
    access = has_own_speed(way) ? Access::ends_only : Access::closed;
  if (way.rules.hov_ends_only && hov_only(way, direction))
    access = worse(access, Access::ends_only);
  return worse(access, access_by_limits(way, direction));
}

Passage passage(const WayContext& way, Direction direction, const AccessTag& tag,
                bool against_oneway) {
  if (against_oneway) return {};
  Passage result;
  result.access = tagged_access(way, direction, tag);
  if (result.access == Access::closed) return {};
  const double speed = base_speed(way, tag);
  if (speed <= 0) return {};
  result.speed_kmh = limited_speed(way, direction, speed);
  return result.speed_kmh < kSlowestKmh ? Passage{} : result;
}

/// Tags with forward or backward in their names that open the way against a one-way for bicycles.
bool opened_by_name(const WayContext& way, Direction direction) {
  if (!way.rules.contraflow_cycleways) return false;
  const auto& modes = way.rules.oneway_modes;
  return std::any_of(modes.begin(), modes.end(), [&](Mode mode) {
    const std::string_view text = way.tags[directed_key(access_key(mode), direction)];
    return !text.empty() && access_value(way.rules, text) == AccessValue::open;
  });
}

Passages evaluate(const Profile::Rules& rules, const TagIndex& tags, const Region& region,
                  bool limits_at_ends) {
  WayContext way{rules, tags, region, limits_at_ends};
  if (closed_for_all(way)) return {};
  apply_oneway(way);
  const bool reversible = way.oneway_forward && way.oneway_backward;
  const bool contraflow = !reversible && has_contraflow(way);
  const auto against = [&](Direction direction) {
    const bool oneway = direction == Direction::forward ? way.oneway_backward : way.oneway_forward;
    return oneway && (reversible || !(contraflow || opened_by_name(way, direction)));
  };
  const AccessTag forward_tag = find_access(rules, tags, Direction::forward);
  const AccessTag backward_tag = find_access(rules, tags, Direction::backward);
  Passages result;
  result.forward = passage(way, Direction::forward, forward_tag, against(Direction::forward));
  result.backward = passage(way, Direction::backward, backward_tag, against(Direction::backward));
  if (!rules.penalties.slow_travel) return result;
  const bool two_way =
      result.forward.access != Access::closed && result.backward.access != Access::closed;
  result.forward_factor = penalty_factor(way, Direction::forward, two_way);
  result.backward_factor = penalty_factor(way, Direction::backward, two_way);
  result.forward.speed_kmh *= result.forward_factor;
  result.backward.speed_kmh *= result.backward_factor;
  return result;
}

/// Conditional tags, as far as they concern the vehicle: those that always hold are set in `tags`,
/// the others stand in `timed` with what they would set.
struct Conditions {
  struct Timed {
    Key key;
    std::string_view value;
    std::string hours;
  };
  std::vector<Timed> timed;
  bool limits_at_ends = false;
};

bool is_access_key(Key key) {
  return static_cast<std::size_t>(key) < 4 * kNumModes;
}

Conditions apply_conditions(const Profile::Rules& rules, TagIndex& tags) {
  Conditions result;
  for (const TagIndex::Conditional& tag : tags.conditionals()) {
    for (const ConditionalClause& clause : parse_conditional(tag.value)) {
      VehicleCondition condition = evaluate_condition(rules, clause.condition);
      if (condition.when == When::never || clause.value.empty()) continue;
      if (condition.when == When::timed) {
        result.timed.push_back({tag.key, clause.value, std::move(condition.hours)});
      } else if (condition.when == When::always) {
        tags.set(tag.key, clause.value);
      } else if (is_access_key(tag.key)) {
        if (access_value(rules, clause.value) == AccessValue::open)
          tags.set(tag.key, "destination");
      } else if (clause.value == "none") {
        result.limits_at_ends = true;
      }
    }
  }
  return result;
}

bool same(const Passage& a, const Passage& b) {
  return a.access == b.access && a.speed_kmh == b.speed_kmh;
}

Passage worse(const Passage& a, const Passage& b) {
  const Access access = worse(a.access, b.access);
  if (access == Access::closed) return {};
  return {access, std::min(a.speed_kmh, b.speed_kmh)};
}

/// Adds what holds while a condition does; the first entry is what holds otherwise.
void add_timed(std::vector<ConditionalPassage>& list, const Passage& always, const Passage& timed,
               const std::string& hours) {
  if (same(always, timed)) return;
  if (list.empty()) list.push_back({"always", always});
  list.push_back({hours, timed});
}

Passage conservative(const Passage& always, const std::vector<ConditionalPassage>& when) {
  Passage result = always;
  for (const ConditionalPassage& entry : when) result = worse(result, entry.passage);
  return result;
}

std::optional<double> duration_s(const Profile::Rules& rules, const TagIndex& tags, double factor) {
  const std::string_view text = tags[Key::duration];
  if (text.empty()) return std::nullopt;
  const bool carried = rules.route_kmh.contains(tags[Key::route]) ||
                       (rules.movable_bridge_kmh > 0 && tags[Key::bridge] == "movable");
  if (!carried) return std::nullopt;
  const auto seconds = parse_duration_s(text);
  if (!seconds) return std::nullopt;
  return std::max(*seconds, 1.0) / factor;
}

}  // namespace

WayVerdict evaluate_way(const Profile& profile, Tags all_tags, const Region& region) {
  const Profile::Rules& rules = profile.rules();
  TagIndex tags(all_tags);
  WayVerdict verdict;
  if (!tags.has(Key::highway) && !tags.has(Key::route)) return verdict;
  Conditions conditions;
  if (!tags.conditionals().empty()) conditions = apply_conditions(rules, tags);
  const Passages always = evaluate(rules, tags, region, conditions.limits_at_ends);
  verdict.forward = always.forward;
  verdict.backward = always.backward;
  for (const Conditions::Timed& condition : conditions.timed) {
    TagIndex changed = tags;
    changed.set(condition.key, condition.value);
    const Passages timed = evaluate(rules, changed, region, conditions.limits_at_ends);
    add_timed(verdict.forward_when, always.forward, timed.forward, condition.hours);
    add_timed(verdict.backward_when, always.backward, timed.backward, condition.hours);
  }
  verdict.forward = conservative(always.forward, verdict.forward_when);
  verdict.backward = conservative(always.backward, verdict.backward_when);
  verdict.duration_s =
      duration_s(rules, tags, std::min(always.forward_factor, always.backward_factor));
  const bool carried = rules.route_kmh.contains(tags[Key::route]);
  const bool private_service =
      tags[Key::highway] == "service" &&
      rules.no_start_on_service.contains(find_access(rules, tags, Direction::forward).text);
  verdict.startpoint = !carried && !private_service;
  return verdict;
}

}  // namespace roadgnn::io
