// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace roadgnn::io {

/// How plan.json calls the values of decode::StepKind and decode::Reason, in their order.
inline constexpr std::array<std::string_view, 6> kStepKindNames = {"start", "pickup", "delivery",
                                                                   "end",   "break",  "reload"};
inline constexpr std::array<std::string_view, 12> kReasonNames = {
    "impossible", "unreachable", "capacity", "skills", "window", "shift",
    "limits",     "fleet",       "price",    "group",  "ride",   "locked"};

}  // namespace roadgnn::io
