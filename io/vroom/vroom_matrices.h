// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/vroom/vroom_input.h>

namespace roadgnn::io {

/// Reads `matrices` (or the old `matrix`) of VROOM's root object into `input`.
void read_matrices(const JsonObject& root, VroomInput& input, ErrorList& errors);

}  // namespace roadgnn::io
