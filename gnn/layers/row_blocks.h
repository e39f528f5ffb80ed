// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include <c10/core/Device.h>

namespace roadgnn::gnn::layers {

/// Calls body(begin, end) on consecutive blocks of [0, rows), on the CPU `block` rows each and in
/// parallel, elsewhere a million rows at a time: what is computed row by row then keeps its hidden
/// values in a core's cache, and never needs much memory. Guards of the calling thread (gradients,
/// autocast, inference mode) hold in body.
void for_row_blocks(std::int64_t rows, std::int64_t block, c10::Device device,
                    const std::function<void(std::int64_t begin, std::int64_t end)>& body);

}  // namespace roadgnn::gnn::layers
