// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/coordinates.h>

namespace roadgnn::cli {

/// The place of an argument such as "-29.95,-71.34". Throws InputError naming the option.
io::Coordinate parse_place(const std::string& option, const std::string& text);

/// The moment of `--depart`, on a Monday; nothing for an empty text. Throws InputError.
std::optional<graph::Departure> parse_departure(const std::string& text);

/// The places of a CSV file with the columns lat and lon; others are ignored. Throws InputError
/// naming file, line and column.
std::vector<io::Coordinate> read_places(const std::string& path);

}  // namespace roadgnn::cli
