// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/host_device.h>

namespace roadgnn::graph {

/// Place of a coordinate along the Hilbert curve of order 32 over the whole range of both: close on
/// the curve is close on the ground. J. K. Lawder's state-free form: from the highest bit down,
/// each quadrant turns and mirrors the rest.
ROADGNN_HOST_DEVICE inline std::uint64_t hilbert_key(std::int32_t lat_e7, std::int32_t lon_e7) {
  std::uint32_t x = static_cast<std::uint32_t>(lon_e7) ^ 0x80000000U;
  std::uint32_t y = static_cast<std::uint32_t>(lat_e7) ^ 0x80000000U;
  std::uint64_t key = 0;
  for (std::uint32_t bit = 0x80000000U; bit != 0; bit >>= 1) {
    const std::uint32_t right = (x & bit) != 0 ? 1 : 0;
    const std::uint32_t upper = (y & bit) != 0 ? 1 : 0;
    key = key << 2 | ((3 * right) ^ upper);
    if (upper == 0) {
      if (right == 1) {
        x = ~x;
        y = ~y;
      }
      const std::uint32_t swapped = x;
      x = y;
      y = swapped;
    }
  }
  return key;
}

}  // namespace roadgnn::graph
