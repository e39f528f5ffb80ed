// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace roadgnn::io {

/// Measures as mappers write them (https://wiki.openstreetmap.org/wiki/Map_features/Units). A value
/// that is not one, such as "unsigned", gives nothing. Decimal commas are accepted.

/// Metres: "3.5", "3,5 m", "350 cm", "11'6\"", "11 ft 6 in", "12 feet".
std::optional<double> parse_length_m(std::string_view text);

/// Kilograms; tonnes without a unit: "7.5", "7.5 t", "3500 kg", "5 st" (short tons), "8 lt" (long
/// tons), "6000 lbs".
std::optional<double> parse_weight_kg(std::string_view text);

/// Kilometres an hour: "50", "30 mph", "10 knots". Of several ("50;30") the lowest.
std::optional<double> parse_speed_kmh(std::string_view text);

/// Seconds: "MM", "HH:MM", "HH:MM:SS" and ISO 8601 such as "PT1H30M" or "P1DT2H". At most 30 days.
std::optional<double> parse_duration_s(std::string_view text);

/// A non-negative whole number at the beginning of the text, at most 9 digits: lanes.
std::optional<int> parse_leading_int(std::string_view text);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

/// A number at the beginning of `text`, which is cut behind it: digits with at most one decimal
/// point or comma.
std::optional<double> take_number(std::string_view& text);

/// Equality without regard to the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace roadgnn::io
