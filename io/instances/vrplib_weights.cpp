// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/vrplib_weights.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/nearest_name.h>

namespace roadgnn::io {
namespace {

constexpr std::int32_t kLargestMatrix = 12'000;  // 1.2 GB of numbers and as much of cells

constexpr auto kTypes = std::to_array<std::string_view>(
    {"EUC_2D", "CEIL_2D", "FLOOR_2D", "EXACT_2D", "EUC_3D", "MAN_2D", "MAN_3D", "MAX_2D", "MAX_3D",
     "GEO", "ATT", "EXPLICIT"});
constexpr auto kFormats = std::to_array<std::string_view>(
    {"FULL_MATRIX", "UPPER_ROW", "LOWER_ROW", "UPPER_DIAG_ROW", "LOWER_DIAG_ROW", "UPPER_COL",
     "LOWER_COL", "UPPER_DIAG_COL", "LOWER_DIAG_COL"});

using Point = std::array<double, 3>;

std::string expect_word(const VrplibFile& file, std::string_view key,
                        std::span<const std::string_view> known) {
  const std::string word = file.word(key);
  const auto* specification = file.specification(key);
  if (specification == nullptr) {
    throw InputError(file.origin() + ": " + std::string(key) + ": expected one, found none");
  }
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    fail_at(file.origin(), specification->line,
            std::string(key) + ": expected " + std::string(known.front()) +
                " or another known one, found " + quote_for_error(word) +
                did_you_mean(word, known));
  }
  return word;
}

std::vector<Point> read_points(const VrplibFile& file, std::int32_t dimension, bool spatial) {
  const auto* section = file.section("NODE_COORD");
  if (section == nullptr) {
    throw InputError(file.origin() + ": NODE_COORD_SECTION: expected one, found none");
  }
  std::vector<Point> points(static_cast<std::size_t>(dimension));
  file.for_each_row(*section, "NODE_COORD_SECTION", dimension, "node",
                    [&](std::int64_t node, const RowReader& row) {
                      Point& point = points[static_cast<std::size_t>(node)];
                      point[0] = row.number(1, "x", -1e9, 1e9);
                      point[1] = row.number(2, "y", -1e9, 1e9);
                      if (spatial) point[2] = row.number(3, "z", -1e9, 1e9);
                    });
  return points;
}

// TSPLIB 95, section 2.4: degrees and minutes as DDD.MM.
double geographic_radians(double value) {
  constexpr double kPi = 3.141592;  // as TSPLIB says
  const double degrees = std::trunc(value);
  return kPi * (degrees + 5.0 * (value - degrees) / 3.0) / 180.0;
}

double geographic_km(const Point& a, const Point& b) {
  constexpr double kRadius_km = 6378.388;
  const double lat_a = geographic_radians(a[0]), lon_a = geographic_radians(a[1]);
  const double lat_b = geographic_radians(b[0]), lon_b = geographic_radians(b[1]);
  const double q1 = std::cos(lon_a - lon_b), q2 = std::cos(lat_a - lat_b),
               q3 = std::cos(lat_a + lat_b);
  const double cosine = std::clamp(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1.0, 1.0);
  return std::trunc(kRadius_km * std::acos(cosine) + 1.0);
}

// TSPLIB's pseudo-Euclidean distance.
double att_distance(const Point& a, const Point& b) {
  return std::ceil(std::sqrt(((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])) / 10));
}

double distance(const std::string& type, const Point& a, const Point& b) {
  if (type == "GEO") return geographic_km(a, b);
  if (type == "ATT") return att_distance(a, b);
  const double dx = std::abs(a[0] - b[0]), dy = std::abs(a[1] - b[1]), dz = std::abs(a[2] - b[2]);
  if (type.starts_with("MAN")) return dx + dy + dz;
  if (type.starts_with("MAX")) return std::max({dx, dy, dz});
  return std::hypot(dx, dy, dz);
}

void check_matrix_size(const VrplibFile& file, std::int32_t dimension, const std::string& type) {
  if (dimension <= kLargestMatrix) return;
  throw InputError(file.origin() + ": DIMENSION: expected at most " +
                   std::to_string(kLargestMatrix) + " nodes with EDGE_WEIGHT_TYPE " + type +
                   ", found " + std::to_string(dimension));
}

std::vector<double> matrix_of_points(const std::string& type, const std::vector<Point>& points) {
  const std::size_t n = points.size();
  std::vector<double> matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j) matrix[i * n + j] = distance(type, points[i], points[j]);
    }
  }
  return matrix;
}

// Where the values of an EDGE_WEIGHT_SECTION go, in the order of the file. A triangle by columns is
// the other triangle by rows.
class CellWalk {
 public:
  CellWalk(const std::string& format, std::size_t n) : n_(n), full_(format == "FULL_MATRIX") {
    const bool columns = format.ends_with("_COL");
    upper_ = format.starts_with("UPPER") != columns;
    diagonal_ = full_ || format.find("_DIAG_") != std::string::npos;
    row_ = first_row();
    column_ = first_column();
  }

  std::size_t count() const {
    return full_ ? n_ * n_ : diagonal_ ? n_ * (n_ + 1) / 2 : n_ * (n_ - 1) / 2;
  }

  void put(std::vector<double>& matrix, double value) {
    matrix[row_ * n_ + column_] = value;
    if (!full_) matrix[column_ * n_ + row_] = value;
    if (++column_ < end_column()) return;
    ++row_;
    column_ = first_column();
  }

 private:
  std::size_t first_row() const { return full_ || upper_ || diagonal_ ? 0 : 1; }
  std::size_t first_column() const { return full_ || !upper_ ? 0 : row_ + (diagonal_ ? 0 : 1); }
  std::size_t end_column() const { return full_ || upper_ ? n_ : row_ + (diagonal_ ? 1 : 0); }

  std::size_t n_;
  bool full_, upper_ = false, diagonal_ = false;
  std::size_t row_ = 0, column_ = 0;
};

std::vector<double> read_matrix(const VrplibFile& file, std::int32_t dimension) {
  const std::string format = expect_word(file, "EDGE_WEIGHT_FORMAT", kFormats);
  const auto* section = file.section("EDGE_WEIGHT");
  if (section == nullptr) {
    throw InputError(file.origin() + ": EDGE_WEIGHT_SECTION: expected one, found none");
  }
  const auto n = static_cast<std::size_t>(dimension);
  CellWalk walk(format, n);
  // Every value takes two bytes of the text at least: nothing is allocated for a short section.
  if (section->text.size() / 2 + 1 < walk.count()) {
    fail_at(
        file.origin(), section->line,
        "EDGE_WEIGHT_SECTION: expected " + std::to_string(walk.count()) + " values, found fewer");
  }
  std::vector<double> matrix(n * n);
  TextLines lines(section->text, section->line + 1);
  TextLine line;
  std::size_t found = 0;
  while (lines.next(line)) {
    const RowReader row(file.origin(), line);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double value = row.number(i, "EDGE_WEIGHT_SECTION", 0, 1e15);
      if (++found <= walk.count()) walk.put(matrix, value);
    }
  }
  if (found != walk.count()) {
    fail_at(file.origin(), section->line,
            "EDGE_WEIGHT_SECTION: expected " + std::to_string(walk.count()) + " values for " +
                format + ", found " + std::to_string(found));
  }
  return matrix;
}

}  // namespace

std::optional<Objective> objective_of_weights(const VrplibFile& file) {
  if (file.word("EDGE_WEIGHT_TYPE") == "EXACT_2D") return Objective::exact;
  return {};
}

EdgeWeights read_vrplib_weights(const VrplibFile& file, std::int32_t dimension,
                                Objective objective) {
  // Some files have a matrix and no type.
  const bool untyped = file.specification("EDGE_WEIGHT_TYPE") == nullptr;
  const std::string type = untyped && file.section("EDGE_WEIGHT") != nullptr
                               ? "EXPLICIT"
                               : expect_word(file, "EDGE_WEIGHT_TYPE", kTypes);
  try {
    if (type == "EXPLICIT") {
      check_matrix_size(file, dimension, type);
      return matrix_weights(read_matrix(file, dimension), dimension, objective);
    }
    const std::vector<Point> points = read_points(file, dimension, type.ends_with("_3D"));
    if (type == "EUC_2D" || type == "CEIL_2D" || type == "FLOOR_2D" || type == "EXACT_2D") {
      std::vector<graph::Coordinate> plane;
      for (const Point& point : points) plane.push_back({point[0], point[1]});
      const auto rounding = type == "CEIL_2D"    ? graph::Rounding::up
                            : type == "FLOOR_2D" ? graph::Rounding::down
                                                 : graph::Rounding::nearest;
      return plane_weights(std::move(plane), objective, rounding);
    }
    check_matrix_size(file, dimension, type);
    return matrix_weights(matrix_of_points(type, points), dimension, objective);
  } catch (const InputError& error) {
    const std::string message = error.what();
    if (message.starts_with(file.origin())) throw;
    throw InputError(file.origin() + ": " + message);
  }
}

}  // namespace roadgnn::io
