// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>

#include <roadgnn/io/osm/conditional.h>
#include <roadgnn/io/osm/tag_rules.h>
#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

using Kind = RestrictionVerdict::Kind;
using When = VehicleCondition::When;

bool concerns(const Profile::Rules& rules, std::string_view vehicle) {
  const auto& own = rules.restriction_vehicles;
  return std::find(own.begin(), own.end(), vehicle) != own.end();
}

bool is_excepted(const Profile::Rules& rules, std::string_view except) {
  while (!except.empty()) {
    const std::size_t end = std::min(except.find_first_of(";,"), except.size());
    if (concerns(rules, trimmed(except.substr(0, end)))) return true;
    except.remove_prefix(std::min(end + 1, except.size()));
  }
  return false;
}

Kind kind_of(std::string_view value) {
  if (value.ends_with("_on_red")) return Kind::none;
  if (value.starts_with("only_")) return Kind::only;
  if (value.starts_with("no_entry")) return Kind::no_entry;
  if (value.starts_with("no_exit")) return Kind::no_exit;
  return value.starts_with("no_") ? Kind::no : Kind::none;
}

/// "no_left_turn @ (Mo-Fr 07:00-10:00); no_left_turn @ (Mo-Fr 16:00-18:00)": the clauses of the
/// first kind together.
RestrictionVerdict read_conditional(const Profile::Rules& rules, std::string_view text) {
  RestrictionVerdict verdict;
  for (const ConditionalClause& clause : parse_conditional(text)) {
    const Kind kind = kind_of(clause.value);
    const VehicleCondition condition = evaluate_condition(rules, clause.condition);
    if (kind == Kind::none || condition.when == When::never || condition.when == When::at_ends)
      continue;
    if (verdict.kind != Kind::none && verdict.kind != kind) continue;
    verdict.kind = kind;
    if (condition.when == When::always) return {kind, {}};
    verdict.condition += (verdict.condition.empty() ? "" : ", ") + condition.hours;
  }
  return verdict;
}

/// `key`, else `key:conditional`.
RestrictionVerdict read_key(const Profile::Rules& rules, Tags tags, const std::string& key) {
  const std::string_view plain = value_of(tags, key);
  if (!plain.empty()) {
    // Conditions written into the plain key are a mistake that is easy to understand.
    if (plain.find('@') != std::string_view::npos) return read_conditional(rules, plain);
    return {kind_of(trimmed(plain)), {}};
  }
  return read_conditional(rules, value_of(tags, key + ":conditional"));
}

}  // namespace

RestrictionVerdict evaluate_restriction(const Profile& profile, Tags tags) {
  const Profile::Rules& rules = profile.rules();
  if (rules.restriction_vehicles.empty() || is_excepted(rules, value_of(tags, "except"))) return {};
  for (const std::string& vehicle : rules.restriction_vehicles) {
    const RestrictionVerdict verdict = read_key(rules, tags, "restriction:" + vehicle);
    if (verdict.kind != Kind::none) return verdict;
  }
  return read_key(rules, tags, "restriction");
}

}  // namespace roadgnn::io
