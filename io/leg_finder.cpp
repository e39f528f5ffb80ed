// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/leg_finder.h>

#include <utility>

namespace roadgnn::io {

LegFinder legs_by_router(const graph::Router& router,
                         std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics) {
  return [&router, metrics = std::move(metrics)](
             int, std::int32_t profile, const graph::Position& from, const graph::Position& to) {
    return router.path(*metrics[static_cast<std::size_t>(profile)], from, to);
  };
}

}  // namespace roadgnn::io
