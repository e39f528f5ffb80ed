// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace roadgnn::io {

/// Appends a JSON string, quotes included. A text that is not UTF-8 has the bytes from 0x80 on
/// replaced by U+FFFD.
void append_json_text(std::string& out, std::string_view text);

}  // namespace roadgnn::io
