// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace roadgnn::io {

/// Names and definitions of data/profiles/*.json, sorted by name; made by CMake.
std::span<const std::pair<std::string_view, std::string_view>> builtin_profiles();

}  // namespace roadgnn::io
