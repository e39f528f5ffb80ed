// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "small_city.h"

namespace roadgnn::conformance {

/// Compares columns of a row with answers. OSRM rounds the time of every piece of street to tenths
/// of a second, so times may differ by a tenth per edge, speeds by what that makes of them, and at
/// least by the row's own tolerance ("+-1",
/// "~5%"). Columns about instructions (turns, lanes, modes, ...) are not looked at.
struct Comparison {
  bool equal = true;
  std::string found;  ///< what there was instead, for people
};

Comparison compare_route(const std::map<std::string, std::string>& expect, const Answer& answer);

/// `forward` and `backward` are the answers from a to b and back; a route that does not begin on
/// `way` counts as none.
Comparison compare_routability(const std::map<std::string, std::string>& expect,
                               const std::string& way, const Answer& forward,
                               const Answer& backward);

}  // namespace roadgnn::conformance
