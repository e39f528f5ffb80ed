// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/io/osm/profile_rules.h>

namespace roadgnn::io {

/// One `value @ condition` of a conditional tag
/// (https://wiki.openstreetmap.org/wiki/Conditional_restrictions), views into the tag's text. The
/// condition's outer parentheses are gone.
struct ConditionalClause {
  std::string_view value, condition;
};

/// Splits `value @ (condition); value @ (condition)`. Parentheses may nest; a part without `@` goes
/// on with the condition before it, as in `no @ Mo-Fr 07:00-09:00; Sa 10:00-12:00`. At most 16
/// clauses are read.
std::vector<ConditionalClause> parse_conditional(std::string_view text);

/// What a condition means to one vehicle, once everything but the time has been looked at.
struct VehicleCondition {
  enum class When {
    never,  ///< does not concern the vehicle, or cannot be understood
    always,
    timed,    ///< while `hours` (opening-hours syntax) say so
    at_ends,  ///< for who delivers or lives there
  } when = When::never;
  std::string hours;
};

/// Looks at the terms joined by AND: sizes and weights (`weight>7.5`, `maxweight>=3.5 t`,
/// `height<3`, `hazmat`) against the vehicle, kinds of vehicle (`hgv`, `bicycle`), `destination`,
/// `delivery` and the like, and hours.
VehicleCondition evaluate_condition(const Profile::Rules& rules, std::string_view condition);

}  // namespace roadgnn::io
