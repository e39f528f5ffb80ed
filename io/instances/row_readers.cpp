// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/instances/edge_weights.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {
namespace {

constexpr double kFarthest = 1e8, kLatest = 1e15, kLargestLoad = 1e9;
constexpr std::int64_t kLargestNumber = 1'000'000'000, kMostVehicles = 1'000'000;

bool is_all_numbers(const TextLine& line) {
  return std::all_of(line.fields.begin(), line.fields.end(),
                     [](std::string_view field) { return parse_number(field).has_value(); });
}

// The columns that Solomon's and Li & Lim's rows share.
NodeRow read_row(const RowReader& row, std::int64_t line) {
  NodeRow node;
  node.line = line;
  node.number = row.whole(0, "customer number", 0, kLargestNumber);
  node.x = row.number(1, "x", -kFarthest, kFarthest);
  node.y = row.number(2, "y", -kFarthest, kFarthest);
  node.demand = row.number(3, "demand", -kLargestLoad, kLargestLoad);
  node.open = row.number(4, "ready time", -kLatest, kLatest);
  node.close = row.number(5, "due date", -kLatest, kLatest);
  node.service = row.number(6, "service time", 0, kLatest);
  return node;
}

void expect_columns(const RowReader& row, std::size_t columns) {
  if (row.size() == columns) return;
  row.fail("row",
           "expected " + std::to_string(columns) + " numbers, found " + std::to_string(row.size()));
}

std::vector<graph::Coordinate> points_of(const std::vector<NodeRow>& rows) {
  std::vector<graph::Coordinate> points;
  for (const NodeRow& row : rows) points.push_back({row.x, row.y});
  return points;
}

Instance begin(InstanceFormat format, std::optional<Objective> objective) {
  Instance instance;
  instance.format = format;
  instance.objective = objective.value_or(Objective::vehicles);
  return instance;
}

}  // namespace

Instance read_solomon(std::string_view text, const std::string& origin,
                      std::optional<Objective> objective) {
  Instance instance = begin(InstanceFormat::solomon, objective);
  TextLines lines(text);
  TextLine line;
  std::int32_t vehicles = -1;
  double capacity = 0;
  std::vector<NodeRow> rows;
  for (bool first = true; lines.next(line); first = false) {
    const RowReader row(origin, line);
    if (first && !is_all_numbers(line)) {
      instance.name = line.text;
    } else if (!is_all_numbers(line)) {
      // Titles stand before the numbers; a letter among the rows is a mistake.
      if (!rows.empty())
        row.fail("row", "expected seven numbers, found " + quote_for_error(line.text));
    } else if (vehicles < 0) {
      expect_columns(row, 2);
      vehicles = static_cast<std::int32_t>(row.whole(0, "vehicle number", 0, kMostVehicles));
      capacity = row.number(1, "capacity", 0, kLargestLoad);
    } else {
      expect_columns(row, 7);
      rows.push_back(read_row(row, line.number));
    }
  }
  if (vehicles < 0) {
    throw InputError(origin +
                     ": VEHICLE: expected a number of vehicles and a capacity, found none");
  }
  const EdgeWeights weights = plane_weights(points_of(rows), instance.objective);
  build_from_rows(instance, origin, rows, weights, vehicles, capacity);
  return instance;
}

Instance read_li_lim(std::string_view text, const std::string& origin,
                     std::optional<Objective> objective) {
  Instance instance = begin(InstanceFormat::li_lim, objective);
  TextLines lines(text);
  TextLine line;
  if (!lines.next(line)) throw InputError(origin + ": expected an instance, found nothing");
  const RowReader head(origin, line);
  expect_columns(head, 3);
  const auto vehicles =
      static_cast<std::int32_t>(head.whole(0, "number of vehicles", 0, kMostVehicles));
  const double capacity = head.number(1, "capacity", 0, kLargestLoad);
  // A place for a speed that the set does not use: mostly 1, in some files 0.
  const double speed = head.number(2, "speed", 0, 1);
  if (speed != 0 && speed != 1) head.fail("speed", "expected 1, or 0 for the same");
  std::vector<NodeRow> rows;
  while (lines.next(line)) {
    const RowReader row(origin, line);
    expect_columns(row, 9);
    rows.push_back(read_row(row, line.number));
    rows.back().pickup = row.whole(7, "pickup", 0, kLargestNumber);
    rows.back().delivery = row.whole(8, "delivery", 0, kLargestNumber);
  }
  const EdgeWeights weights = plane_weights(points_of(rows), instance.objective);
  build_from_rows(instance, origin, rows, weights, vehicles, capacity);
  return instance;
}

}  // namespace roadgnn::io
