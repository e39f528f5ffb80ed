// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The only source that sees Gloo's headers: the wheel holds the library without them, and those of
// Debian stand in. ROADGNN_HAS_GLOO, ROADGNN_HAS_NCCL say what there is.
#include <roadgnn/gnn/train/detail/backend.h>

#ifdef ROADGNN_HAS_GLOO
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif

namespace roadgnn::gnn::train::detail {

void add_backend(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store,
                 const Rank& rank, at::Device device, std::chrono::milliseconds timeout) {
  if (device.is_cuda()) {
#ifdef ROADGNN_HAS_NCCL
    return add_nccl_backend(group, store, rank, timeout);
#else
    throw Error("this build of roadgnn has no NCCL: several processes can train on CPUs only");
#endif
  }
#ifdef ROADGNN_HAS_GLOO
  const auto backend = c10::make_intrusive<c10d::ProcessGroupGloo>(
      store, rank.rank, rank.world_size, c10d::ProcessGroupGloo::Options::create_default(timeout));
  group.setBackend(c10::DeviceType::CPU, c10d::ProcessGroup::BackendType::GLOO, {backend});
  group.setDefaultBackend(c10d::ProcessGroup::BackendType::GLOO);
#else
  throw Error("this build of roadgnn has no Gloo (libgloo-dev): one process can train only");
#endif
}

}  // namespace roadgnn::gnn::train::detail
