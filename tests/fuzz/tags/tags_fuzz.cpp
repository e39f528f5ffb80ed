// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Tags, `key=value` a line, against the rules of every built-in profile.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include <roadgnn/io/osm/tag_rules.h>

namespace {

using roadgnn::graph::Access;
using roadgnn::io::Passage;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Passage& passage) {
  require(passage.access == Access::closed ? passage.speed_kmh == 0
                                           : passage.speed_kmh > 0 && passage.speed_kmh < 1e7);
}

std::vector<std::pair<std::string_view, std::string_view>> read_tags(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  while (!text.empty() && tags.size() < 64) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = std::min(line.find('='), line.size());
    tags.emplace_back(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return tags;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<roadgnn::io::Profile> profiles = roadgnn::io::Profile::builtin();
  const auto tags = read_tags({reinterpret_cast<const char*>(data), size});
  for (const roadgnn::io::Profile& profile : profiles) {
    const roadgnn::io::WayVerdict way = evaluate_way(profile, tags, {});
    check(way.forward);
    check(way.backward);
    for (const auto& entry : way.forward_when) check(entry.passage);
    for (const auto& entry : way.backward_when) check(entry.passage);
    require(!way.duration_s || *way.duration_s >= 1);
    require(evaluate_node(profile, tags).penalty_s >= 0);
    evaluate_restriction(profile, tags);
  }
  roadgnn::io::read_way_attributes(tags, {});
  return 0;
}
