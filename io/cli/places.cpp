// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/places.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/csv_reader.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::cli {
namespace {

std::optional<double> parse_degrees(std::string_view text, double limit) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) return {};
  if (!(value >= -limit && value <= limit)) return {};
  return value;
}

}  // namespace

io::Coordinate parse_place(const std::string& option, const std::string& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const auto lat = parse_degrees(io::trimmed_field(std::string_view(text).substr(0, comma)), 90);
  const auto lon = parse_degrees(
      io::trimmed_field(std::string_view(text).substr(std::min(comma + 1, text.size()))), 180);
  if (!lat || !lon) {
    throw InputError(option + ": expected latitude,longitude in degrees, found '" + text + "'");
  }
  return {*lat, *lon};
}

std::optional<graph::Departure> parse_departure(const std::string& text) {
  if (text.empty()) return {};
  const auto ms = io::parse_time_of_day(text);
  if (!ms || *ms >= io::kMillisecondsPerDay) {
    throw InputError("--depart: expected a time of day such as 08:30, found '" + text + "'");
  }
  graph::Departure departure;
  departure.minute_of_week = static_cast<std::int32_t>(*ms / 60000);
  return departure;
}

std::vector<io::Coordinate> read_places(const std::string& path) {
  static constexpr std::string_view kKnown[] = {"lat", "lon"};
  const std::string text = io::read_file(path);
  io::CsvReader reader(text, path, kKnown);
  std::size_t column[2];
  for (int i = 0; i < 2; ++i) {
    const auto& names = reader.columns();
    const auto found = std::find(names.begin(), names.end(), kKnown[i]);
    if (found == names.end()) {
      throw InputError(path + ", line " + std::to_string(reader.header_line()) +
                       ": expected the columns lat and lon, found no '" + std::string(kKnown[i]) +
                       "'");
    }
    column[i] = static_cast<std::size_t>(found - names.begin());
  }
  std::vector<io::Coordinate> places;
  std::vector<std::string_view> fields;
  while (reader.next(fields)) {
    double degrees[2];
    for (int i = 0; i < 2; ++i) {
      const std::string_view field = column[i] < fields.size() ? fields[column[i]] : "";
      const auto value = parse_degrees(field, i == 0 ? 90 : 180);
      if (!value) {
        throw InputError(path + ", line " + std::to_string(reader.line()) + ", column '" +
                         std::string(kKnown[i]) + "': expected degrees, found '" +
                         std::string(field) + "'");
      }
      degrees[i] = *value;
    }
    places.push_back({degrees[0], degrees[1]});
  }
  return places;
}

}  // namespace roadgnn::cli
