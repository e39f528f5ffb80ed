// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace roadgnn::io {

/// XXH3, 64 bits, seed 0.
std::uint64_t xxh3(std::string_view bytes);

}  // namespace roadgnn::io
