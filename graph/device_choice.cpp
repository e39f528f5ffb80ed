// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/device_choice.h>

#include <roadgnn/graph/device.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::graph {

bool use_device(DeviceChoice choice) {
  if (choice == DeviceChoice::cpu) return false;
  const bool found = find_device().has_value();
  if (!found && choice == DeviceChoice::cuda) {
    throw Error(built_with_cuda() ? "a GPU was asked for, but there is no CUDA device"
                                  : "a GPU was asked for, but this build has no CUDA kernels");
  }
  return found;
}

}  // namespace roadgnn::graph
