// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_matrices.h>

#include <array>
#include <string>

namespace roadgnn::io {
namespace {

constexpr auto kMatrixKeys = std::to_array<std::string_view>({"durations", "distances", "costs"});
constexpr std::string_view kDefaultProfile = "car";

// A square matrix of the size that the first one has.
class MatrixReader {
 public:
  MatrixReader(VroomInput& input, ErrorList& errors) : input_(input), errors_(errors) {}

  std::vector<std::uint32_t> read(const Json& value, const std::string& path) {
    if (!value.is_array() || value.empty()) {
      errors_.add(0, path + ": expected an array of rows, found " +
                         (value.is_array() ? "an empty one" : describe_json(value)));
      return {};
    }
    const std::size_t n = value.size();
    if (input_.matrix_size == 0) input_.matrix_size = static_cast<std::int32_t>(n);
    if (n != static_cast<std::size_t>(input_.matrix_size)) {
      errors_.add(0, path + ": expected " + std::to_string(input_.matrix_size) +
                         " rows, as the matrix before it has, found " + std::to_string(n));
      return {};
    }
    std::vector<std::uint32_t> cells;
    for (std::size_t i = 0; i < n; ++i) {
      if (!read_row(value[i], path + "[" + std::to_string(i) + "]", cells)) return {};
    }
    return cells;
  }

 private:
  bool read_row(const Json& row, const std::string& path, std::vector<std::uint32_t>& cells) {
    const auto n = static_cast<std::size_t>(input_.matrix_size);
    if (!row.is_array() || row.size() != n) {
      errors_.add(0, path + ": expected a row of " + std::to_string(n) + " numbers, found " +
                         (row.is_array() ? std::to_string(row.size()) : describe_json(row)));
      return false;
    }
    for (const Json& cell : row) {
      if (!cell.is_number_unsigned() || cell.get<std::uint64_t>() > UINT32_MAX) {
        errors_.add(0, path + ": expected whole numbers from 0 to " + std::to_string(UINT32_MAX) +
                           ", found " + describe_json(cell));
        return false;
      }
      cells.push_back(cell.get<std::uint32_t>());
    }
    return true;
  }

  VroomInput& input_;
  ErrorList& errors_;
};

void read_profile(const Json& value, const std::string& path, VroomInput& input, ErrorList& errors,
                  VroomMatrices& matrices) {
  const JsonObject object(value, path, kMatrixKeys, errors);
  MatrixReader reader(input, errors);
  const auto read = [&](std::string_view key, std::vector<std::uint32_t>& matrix) {
    if (const Json* found = object.find(key)) matrix = reader.read(*found, object.path_of(key));
  };
  read("durations", matrices.durations);
  read("distances", matrices.distances);
  read("costs", matrices.costs);
  if (object.find("durations") == nullptr) {
    object.error("durations", "expected a matrix, found nothing");
  }
}

}  // namespace

void read_matrices(const JsonObject& root, VroomInput& input, ErrorList& errors) {
  if (const Json* matrices = root.find("matrices")) {
    if (!matrices->is_object()) {
      root.error("matrices", "expected an object, found " + describe_json(*matrices));
      return;
    }
    for (const auto& [profile, value] : matrices->items()) {
      read_profile(value, "matrices." + profile, input, errors, input.matrices[profile]);
    }
  } else if (const Json* matrix = root.find("matrix")) {
    input.matrices[std::string(kDefaultProfile)].durations =
        MatrixReader(input, errors).read(*matrix, "matrix");
  }
}

}  // namespace roadgnn::io
