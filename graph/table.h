// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <roadgnn/graph/position.h>
#include <roadgnn/graph/router.h>

namespace roadgnn::graph::detail {

/// Fills a table in blocks of rows and hands each to `sink`, in order, from the calling thread.
/// Restricted sweeps (RPHAST: Delling, Goldberg and Werneck, 2011): what lies above the targets is
/// selected once, then swept from the top down for a batch of sources at a time, one SIMD lane
/// each.
void stream_table(const PreparedMetric& metric, std::span<const Position> sources,
                  std::span<const Position> targets, bool with_lengths, int threads,
                  const std::function<void(const TableBlock&)>& sink);

}  // namespace roadgnn::graph::detail
