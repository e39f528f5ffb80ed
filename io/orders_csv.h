// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/coordinates.h>

namespace roadgnn::io {

/// One end of an order as its file says it. Times in milliseconds after midnight.
struct StopRow {
  Coordinate place;
  std::vector<decode::TimeWindow> windows;  ///< ascending, disjoint; empty: any time
  std::int64_t service_ms = 0;
};

/// One line of an orders file.
struct OrderRow {
  std::string id;
  std::optional<StopRow> pickup, delivery;  ///< at least one
  std::int64_t volume_ml = 0, weight_g = 0;
  std::vector<std::string> needs;
  int priority = 0;
  double late_cost_per_hour = 0;  ///< above 0: the windows' ends are soft, at this price
  std::int64_t max_ride_ms = decode::kNoLimit;
  std::optional<std::int64_t> release_ms;  ///< milliseconds after midnight
  std::vector<std::string> prefer;         ///< vehicle types
  double prefer_cost = 0;                  ///< where another type serves it
  std::string group;                       ///< at most one order of a group is served
  std::string lock;  ///< the vehicle type that has to serve it, or the vehicle as a plan names it
  std::int64_t line = 0;  ///< where the row begins in its file, from 1
};

struct OrdersCsvOptions {
  CoordinateSystem coordinates = CoordinateSystem::wgs84;
  /// The city's box. A place outside it whose swapped coordinates lie inside is refused as swapped.
  std::optional<BoundingBox> city;
  int max_errors = 20;  ///< listed one by one; of the others only the number is told
};

/// Reads an orders CSV as people have them: UTF-8 with or without a byte-order mark; comma,
/// semicolon or tab as separator; decimal commas where the separator is another character; RFC 4180
/// quoting with line ends inside quotes; LF or CRLF; columns in any order and any case. `origin`
/// names the file in errors.
///
/// A window that closes before it opens runs past midnight and may then last up to 12 hours (a
/// longer one is taken for a mistake); times up to 48:00 stand for the day after. Loads keep three
/// decimals.
///
/// Throws InputError that lists the errors of the whole file, a line each: "FILE:LINE: COLUMN:
/// expected ..., found ...". `prefer` is a list of vehicle types and, after `=`, what another type
/// costs (`van;truck=7.5`; 10 where nothing is said). `lock` is the vehicle that serves the order,
/// if anybody does: `van` for one of that type, `van-3` for the third of them, as plans name it.
std::vector<OrderRow> read_orders_csv(std::string_view text, const std::string& origin,
                                      const OrdersCsvOptions& options = {});

/// Writes orders so that read_orders_csv gives the same rows again.
void write_orders_csv(std::ostream& out, const std::vector<OrderRow>& orders);

}  // namespace roadgnn::io
