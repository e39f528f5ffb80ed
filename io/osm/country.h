// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace roadgnn::io::detail {

/// ISO code of the country around a place, by a coarse table of boxes: of the boxes that hold the
/// place, the smallest. Near borders it may name the neighbour. Empty where no box fits.
std::string country_at(std::int32_t lat_e7, std::int32_t lon_e7);

/// Whether a country drives on the left.
bool drives_on_left(std::string_view country);

}  // namespace roadgnn::io::detail
