// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <roadgnn/graph/metric.h>

namespace roadgnn::graph {

/// Whether a condition holds; unknown where it speaks of dates and the departure has none.
enum class Holds : std::uint8_t { no, unknown, yes };

/// Evaluates the part of OSM's opening_hours syntax that conditional restrictions use: weekdays
/// (`Mo-Fr,Su`, also `Fr-Mo`), hours (`07:00-09:00,16:00-18:30`, past midnight `22:00-06:00`,
/// open-ended `18:00+`), months and dates (`Nov-Mar`, `Dec 24-Jan 6`, `May 1`), `24/7`, `off` or
/// `closed`, rules separated by `;` (the last one that speaks of the moment's day decides) or by `,
/// ` (added to those before), also in parentheses. `PH` and `SH` never hold: holidays are not
/// known. What cannot be parsed holds never; bounded time and memory for any text.
Holds evaluate_opening_hours(std::string_view expression, const Departure& departure);

}  // namespace roadgnn::graph
