// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace roadgnn::io {

/// How plan.json calls the values of decode::StepKind and decode::Reason, in their order.
inline constexpr std::array<std::string_view, 4> kStepKindNames = {"start", "pickup", "delivery",
                                                                   "end"};
inline constexpr std::array<std::string_view, 8> kReasonNames = {
    "impossible", "unreachable", "capacity", "skills", "window", "shift", "limits", "fleet"};

}  // namespace roadgnn::io
