// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

/// A route's line with fewer points: no place of a leg moves by more than `tolerance_m`, and the
/// steps stay where they are. Douglas and Peucker's algorithm (1973), leg by leg.
RouteLine simplify(const RouteLine& line, double tolerance_m);

}  // namespace roadgnn::io
