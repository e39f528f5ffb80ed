// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace roadgnn::graph {

/// Where a user wants work to be done.
enum class DeviceChoice {
  cpu,
  cuda,       ///< on the GPU, or not at all
  automatic,  ///< on the GPU where there is one
};

/// Whether to work on the GPU. Throws Error where it is asked for and there is none, or this build
/// has no CUDA kernels.
bool use_device(DeviceChoice choice);

}  // namespace roadgnn::graph
