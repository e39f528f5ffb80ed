// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <roadgnn/io/instances/edge_weights.h>
#include <roadgnn/io/instances/vrplib_file.h>

namespace roadgnn::io {

/// The objective that an EDGE_WEIGHT_TYPE itself asks for, if it does: EXACT_2D.
std::optional<Objective> objective_of_weights(const VrplibFile& file);

/// Travel by EDGE_WEIGHT_TYPE: EUC_2D, CEIL_2D, FLOOR_2D, EXACT_2D from coordinates at once;
/// EUC_3D, MAN_2D, MAN_3D, MAX_2D, MAX_3D, GEO, ATT and EXPLICIT (every EDGE_WEIGHT_FORMAT of
/// TSPLIB 95; asymmetric ones too) as a matrix, for which `dimension` is bounded.
EdgeWeights read_vrplib_weights(const VrplibFile& file, std::int32_t dimension,
                                Objective objective);

}  // namespace roadgnn::io
