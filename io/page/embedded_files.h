// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace roadgnn::io::page {

/// A file built into the library: those of io/page, and Leaflet's as leaflet.js, leaflet.css and
/// images/NAME.png. Throws Error for a name that was not built in.
std::string_view embedded_file(std::string_view name);

}  // namespace roadgnn::io::page
