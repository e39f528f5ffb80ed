// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/way_evaluation.h>

#include <algorithm>
#include <iterator>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::io::detail {
namespace {

constexpr std::int64_t kWaysPerChunk = 512;

WayPassage passage_of(const WayVerdict& verdict) {
  WayPassage passage;
  passage.speed_kmh[0] = verdict.forward.speed_kmh;
  passage.speed_kmh[1] = verdict.backward.speed_kmh;
  passage.access[0] = verdict.forward.access;
  passage.access[1] = verdict.backward.access;
  passage.duration_s = verdict.duration_s;
  passage.startpoint = verdict.startpoint;
  return passage;
}

bool opens(const WayVerdict& verdict) {
  const auto open = [](const ConditionalPassage& when) {
    return when.passage.access != graph::Access::closed;
  };
  return verdict.forward.access != graph::Access::closed ||
         verdict.backward.access != graph::Access::closed ||
         std::any_of(verdict.forward_when.begin(), verdict.forward_when.end(), open) ||
         std::any_of(verdict.backward_when.begin(), verdict.backward_when.end(), open);
}

}  // namespace

EvaluatedWays evaluate_ways(const MapData& map, const std::vector<Profile>& profiles,
                            const Region& region, int threads) {
  EvaluatedWays result;
  const std::size_t num_ways = map.ways.size();
  result.num_profiles = profiles.size();
  result.attributes.resize(num_ways);
  result.passages.resize(num_ways * profiles.size());
  result.usable_by.assign(num_ways, 0);
  const auto count = static_cast<std::int64_t>(num_ways);
  std::vector<std::vector<EvaluatedWays::Conditional>> conditionals(
      static_cast<std::size_t>((count + kWaysPerChunk - 1) / kWaysPerChunk));

  graph::parallel_for(
      count, kWaysPerChunk, threads, [&](std::int64_t begin, std::int64_t end, int) {
        TagVector tags;
        auto& chunk = conditionals[static_cast<std::size_t>(begin / kWaysPerChunk)];
        for (std::int64_t i = begin; i < end; ++i) {
          const auto way = static_cast<std::size_t>(i);
          unpack_tags(map.tags_of(map.ways[way]), tags);
          result.attributes[way] = read_way_attributes(tags, region);
          for (std::size_t p = 0; p < profiles.size(); ++p) {
            const WayVerdict verdict = evaluate_way(profiles[p], tags, region);
            result.passages[way * profiles.size() + p] = passage_of(verdict);
            if (!opens(verdict)) continue;
            result.usable_by[way] |= 1U << p;
            for (const auto& when : verdict.forward_when) {
              chunk.push_back(
                  {static_cast<std::int32_t>(way), static_cast<std::int32_t>(p), 0, when});
            }
            for (const auto& when : verdict.backward_when) {
              chunk.push_back(
                  {static_cast<std::int32_t>(way), static_cast<std::int32_t>(p), 1, when});
            }
          }
        }
      });
  for (auto& chunk : conditionals) {
    std::move(chunk.begin(), chunk.end(), std::back_inserter(result.conditionals));
  }
  return result;
}

}  // namespace roadgnn::io::detail
