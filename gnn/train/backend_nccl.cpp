// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#define USE_C10D_NCCL
#include <c10/cuda/CUDAFunctions.h>
#include <roadgnn/gnn/train/detail/backend.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace roadgnn::gnn::train::detail {

void add_nccl_backend(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store,
                      const Rank& rank, std::chrono::milliseconds timeout) {
  c10::cuda::set_device(static_cast<c10::DeviceIndex>(rank.local_rank));
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  const auto backend =
      c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank.rank, rank.world_size, options);
  group.setBackend(c10::DeviceType::CUDA, c10d::ProcessGroup::BackendType::NCCL, {backend});
  group.setDefaultBackend(c10d::ProcessGroup::BackendType::NCCL);
}

}  // namespace roadgnn::gnn::train::detail
