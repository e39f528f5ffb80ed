// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/scc.h>

#include <algorithm>

namespace roadgnn::graph {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

Components strong_components(std::span<const std::int64_t> first_out,
                             std::span<const std::int32_t> head,
                             std::span<const std::uint8_t> closed) {
  struct Frame {
    std::int32_t node;
    std::int64_t arc;
  };
  const auto num_nodes = static_cast<std::int32_t>(first_out.size()) - 1;
  Components result;
  result.component.assign(index(num_nodes), -1);
  std::vector<std::int32_t> lowest(index(num_nodes), -1);  // -1: not visited
  std::vector<std::int32_t> open;
  std::vector<Frame> path;
  std::int32_t visited = 0;
  std::vector<std::int32_t> number(index(num_nodes));

  const auto enter = [&](std::int32_t node) {
    number[index(node)] = lowest[index(node)] = visited++;
    open.push_back(node);
    path.push_back({node, first_out[index(node)]});
  };
  for (std::int32_t root = 0; root < num_nodes; ++root) {
    if (lowest[index(root)] != -1) continue;
    enter(root);
    while (!path.empty()) {
      Frame& frame = path.back();
      const std::size_t node = index(frame.node);
      if (frame.arc < first_out[node + 1]) {
        const std::int64_t arc = frame.arc++;
        if (!closed.empty() && closed[index(arc)] != 0) continue;
        const std::int32_t next = head[index(arc)];
        if (lowest[index(next)] == -1) {
          enter(next);
        } else if (result.component[index(next)] == -1) {
          lowest[node] = std::min(lowest[node], number[index(next)]);
        }
        continue;
      }
      if (lowest[node] == number[node]) {
        std::int32_t member;
        do {
          member = open.back();
          open.pop_back();
          result.component[index(member)] = result.num_components;
        } while (index(member) != node);
        ++result.num_components;
      }
      path.pop_back();
      if (!path.empty()) {
        std::int32_t& above = lowest[index(path.back().node)];
        above = std::min(above, lowest[node]);
      }
    }
  }
  return result;
}

}  // namespace roadgnn::graph
