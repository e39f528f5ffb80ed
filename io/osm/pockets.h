// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/road_network.h>

namespace roadgnn::io::detail {

/// Open streets that only ends-only streets join to the rest, such as the untagged lanes behind a
/// private drive, are for the ends of trips themselves: nobody passes through them, but were they
/// plainly open, nobody could reach them either, since that would pass the drive. For each profile,
/// every connected part of the open streets but the largest becomes ends-only where it touches an
/// ends-only street. Returns the number of directed edges changed, over all profiles.
std::int64_t mark_pockets(graph::RoadNetwork& network);

}  // namespace roadgnn::io::detail
