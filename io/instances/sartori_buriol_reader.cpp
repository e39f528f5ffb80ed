// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/instances/edge_weights.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/text_fields.h>
#include <roadgnn/io/nearest_name.h>

namespace roadgnn::io {
namespace {

constexpr auto kKeys =
    std::to_array<std::string_view>({"NAME", "LOCATION", "COMMENT", "TYPE", "SIZE", "DISTRIBUTION",
                                     "DEPOT", "ROUTE-TIME", "TIME-WINDOW", "CAPACITY"});

class SartoriBuriolReader {
 public:
  SartoriBuriolReader(std::string_view text, const std::string& origin)
      : text_(text), origin_(origin), lines_(text) {}

  Instance read(std::optional<Objective> objective) {
    instance_.format = InstanceFormat::sartori_buriol;
    instance_.objective = objective.value_or(Objective::vehicles);
    read_header();
    read_nodes();
    const EdgeWeights weights =
        matrix_weights(read_edges(), static_cast<std::int32_t>(size_), instance_.objective);
    build_from_rows(instance_, origin_, rows_, weights, decode::kUnlimitedCount, capacity_);
    return std::move(instance_);
  }

 private:
  void read_header() {
    while (lines_.next(line_)) {
      std::string_view key = line_.fields.front();
      if (key.ends_with(':')) key.remove_suffix(1);
      if (key == "NODES") break;
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        fail_at(origin_, line_.number,
                "unknown key " + quote_for_error(key) + did_you_mean(key, kKeys));
      }
      const RowReader row(origin_, line_);
      if (key == "NAME" && row.size() > 1) instance_.name = line_.fields[1];
      // A node takes two bytes of the file at least: nothing is allocated for a short one.
      if (key == "SIZE") {
        size_ = row.whole(1, "SIZE", 1, static_cast<std::int64_t>(text_.size() / 2));
      }
      if (key == "CAPACITY") capacity_ = row.number(1, "CAPACITY", 0, 1e9);
    }
    if (size_ == 0 || capacity_ < 0) {
      throw InputError(origin_ + ": expected SIZE and CAPACITY before NODES, found none");
    }
  }

  void expect_line(std::string_view what) {
    if (lines_.next(line_)) return;
    fail_at(origin_, lines_.line_number(),
            "expected " + std::string(what) + ", found the end of the file");
  }

  void read_nodes() {
    for (std::int64_t i = 0; i < size_; ++i) {
      expect_line("node " + std::to_string(i));
      const RowReader row(origin_, line_);
      if (row.size() != 9) {
        row.fail("node", "expected 9 numbers, found " + std::to_string(row.size()));
      }
      NodeRow node;
      node.line = line_.number;
      node.number = row.whole(0, "id", 0, 1'000'000'000);
      node.y = row.number(1, "lat", -90, 90);
      node.x = row.number(2, "long", -180, 180);
      node.demand = row.number(3, "dem", -1e9, 1e9);
      node.open = row.number(4, "etw", -1e15, 1e15);
      node.close = row.number(5, "ltw", -1e15, 1e15);
      node.service = row.number(6, "dur", 0, 1e12);
      node.pickup = row.whole(7, "p", 0, 1'000'000'000);
      node.delivery = row.whole(8, "d", 0, 1'000'000'000);
      rows_.push_back(node);
    }
  }

  std::vector<double> read_edges() {
    expect_line("EDGES");
    if (line_.text != "EDGES") {
      fail_at(origin_, line_.number, "expected EDGES, found " + quote_for_error(line_.text));
    }
    std::vector<double> matrix;
    for (std::int64_t i = 0; i < size_; ++i) {
      expect_line("the travel times from node " + std::to_string(i));
      const RowReader row(origin_, line_);
      if (row.size() != static_cast<std::size_t>(size_)) {
        row.fail("EDGES", "expected " + std::to_string(size_) + " numbers, found " +
                              std::to_string(row.size()));
      }
      for (std::size_t j = 0; j < row.size(); ++j) {
        matrix.push_back(row.number(j, "EDGES", 0, 1e9));
      }
    }
    return matrix;
  }

  std::string_view text_;
  const std::string& origin_;
  TextLines lines_;
  TextLine line_;
  Instance instance_;
  std::int64_t size_ = 0;
  double capacity_ = -1;
  std::vector<NodeRow> rows_;
};

}  // namespace

Instance read_sartori_buriol(std::string_view text, const std::string& origin,
                             std::optional<Objective> objective) {
  return SartoriBuriolReader(text, origin).read(objective);
}

}  // namespace roadgnn::io
