// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace roadgnn::io {

/// Number of insertions, deletions, substitutions of bytes and swaps of neighbours that turn one
/// text into the other, no byte touched twice (Damerau, 1964). Only the first 64 bytes of either
/// count: longer names are not typing errors of known ones.
int edit_distance(std::string_view a, std::string_view b);

/// The known name that the user probably meant, or an empty view where none is near: at most a
/// third of the longer name may differ. Upper and lower case and `-`, `_` and blanks are not told
/// apart. Ties go to the first.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

/// What to append to an error about an unknown name: `; did you mean "speed"?` or, where nothing is
/// near, an empty text.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace roadgnn::io
