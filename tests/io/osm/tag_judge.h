// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io {

using TagList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Asks the rules about tags written down in a test.
class TagJudge {
 public:
  explicit TagJudge(std::string_view profile) : profile_(Profile::builtin(profile)) {}

  WayVerdict way(TagList tags) const { return evaluate_way(profile_, span(tags), {}); }
  NodeVerdict node(TagList tags) const { return evaluate_node(profile_, span(tags)); }
  RestrictionVerdict restriction(TagList tags) const {
    return evaluate_restriction(profile_, span(tags));
  }

  /// "both", "forward", "backward" or "none"; ways for trip ends count, marked by a `*`.
  std::string directions(TagList tags) const {
    const WayVerdict verdict = way(tags);
    const auto open = [](const Passage& passage) {
      return passage.access != graph::Access::closed;
    };
    const bool ends = verdict.forward.access == graph::Access::ends_only ||
                      verdict.backward.access == graph::Access::ends_only;
    std::string result = "none";
    if (open(verdict.forward) && open(verdict.backward))
      result = "both";
    else if (open(verdict.forward))
      result = "forward";
    else if (open(verdict.backward))
      result = "backward";
    return ends ? result + "*" : result;
  }

  double forward_kmh(TagList tags) const { return way(tags).forward.speed_kmh; }

 private:
  static Tags span(TagList tags) { return {tags.begin(), tags.size()}; }

  Profile profile_;
};

}  // namespace roadgnn::io
