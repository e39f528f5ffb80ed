// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace roadgnn::io::detail {

/// Refuses a PBF file's blob of objects whose coordinates stand in impossible units, or are so far
/// from any place that libosmium, which multiplies and adds unchecked and keeps 32 bits, would make
/// some other place of them. `unpacked` is the size that the blob promises to unpack to. Throws
/// InputError.
void check_units(std::string_view packed_blob, std::uint64_t unpacked);

}  // namespace roadgnn::io::detail
