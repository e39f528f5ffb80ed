// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/io/city_day.h>

namespace roadgnn::io {

/// An input of a plan: the name it was given by and the XXH3 (64 bits) of its bytes.
struct InputFile {
  std::string file;
  std::uint64_t xxh3 = 0;
};

/// Everything that made a plan, so that `roadgnn replay` can make it again byte for byte on a like
/// machine. Holds nothing that changes from run to run.
struct RunRecord {
  std::string program;  ///< name and version
  std::string compiler;
  std::string device;           ///< "cpu" or the GPU's name
  std::string instruction_set;  ///< what the program was compiled for, such as "x86-64 avx2"
  InputFile city, orders, fleet;
  std::string coordinates = "wgs84";
  double max_snap_m = 1000;
  std::string date;                       ///< the day whose hours counted; empty: none
  std::optional<std::int64_t> now;        ///< planned again at this time of the day
  std::optional<InputFile> initial_plan;  ///< the plan it went on from
  std::int32_t candidates_per_stop = decode::SolveOptions{}.candidates_per_stop;
  std::optional<InputFile> weights;  ///< of the model, where it was the scorer
  decode::PlanRecord search;         ///< seed, iterations done, scorer
};

/// Writes plan.json: seconds with three decimals where needed (times after midnight), metres,
/// litres and kilograms. Reading it back gives the same numbers. Streams: memory does not grow with
/// the plan.
void write_plan_json(std::ostream& out, const CityDay& day, const decode::Plan& plan,
                     const RunRecord& record);

/// A plan as a file says it, as far as it can be told with the day at hand.
struct PlanReading {
  decode::Plan plan;
  /// What does not fit the day: orders or vehicles that it does not have, coordinates or totals
  /// that differ. A sentence each, the first 100; such a plan must not pass a check.
  std::vector<std::string> mismatches;
};

/// Reads a plan.json against its day. Throws InputError naming the place for a file that is no
/// plan.
PlanReading read_plan_json(std::string_view text, const std::string& origin, const CityDay& day);

/// Reads only the record of a plan.json. Throws InputError for a file without one.
RunRecord read_plan_record(std::string_view text, const std::string& origin);

}  // namespace roadgnn::io
