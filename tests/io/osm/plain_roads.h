// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

namespace roadgnn::io {

/// A map's ways by their highway tag and direction alone, cut at the nodes that they share: what
/// "the drivable graph" means where nobody looks at access. Nodes that the file lacks are left out
/// of their ways; a loop of one way is cut where it meets itself.
class PlainRoads {
 public:
  struct Way {
    std::int64_t id = 0;
    std::vector<std::int64_t> refs;
    std::size_t num_nodes = 0;  ///< of refs that are in the file
    bool forward = true, backward = true;
    bool for_cars_by_class = false;
    bool lacks_nodes = false;  ///< of those that it names
    /// Has a tag that opens or closes it to some vehicle, or is of a kind that cars are not sent
    /// over: highway=road (nobody knows what it is), emergency accesses.
    bool has_access_tags = false;
  };

  explicit PlainRoads(const std::filesystem::path& map);

  /// Nodes and directed edges of the ways that are taken.
  std::pair<double, double> count(const std::function<bool(const Way&)>& takes) const;
  const std::vector<Way>& ways() const { return ways_; }

 private:
  std::vector<Way> ways_;
};

}  // namespace roadgnn::io
