// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/train/rank.h>

namespace roadgnn::gnn::train {
namespace detail {
struct Group;  // c10d's, whose header is heavy
}

/// As torchrun and Kubernetes operators tell it: RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR,
/// MASTER_PORT. Where RANK is absent, as Slurm's srun does: SLURM_PROCID, SLURM_NTASKS,
/// SLURM_LOCALID. One process where both are absent. Throws InputError that names the variable,
/// what was expected and what was found.
Rank rank_from_environment();

/// PyTorch's process group: NCCL for tensors of a GPU, Gloo for those of the CPU. Copies share it.
/// Calls have to be made by all ranks in the same order; each throws Error where another rank is
/// gone or later than `timeout`; Gloo then needs a process that ignores SIGPIPE, as Python and
/// roadgnn do. To be used by one thread.
class ProcessGroup {
 public:
  /// Meets the others. Throws Error where they do not come within `timeout`, and where this build
  /// has no back end for the device.
  ProcessGroup(const Rank& rank, at::Device device,
               std::chrono::milliseconds timeout = std::chrono::minutes(10));

  /// From now on another one: a call may take longer than the meeting.
  void set_timeout(std::chrono::milliseconds timeout) const;

  int rank() const;
  int size() const;

  /// Makes `tensor` what it is on rank 0.
  void broadcast(at::Tensor& tensor) const;

  /// Makes `tensor` the sum over all ranks.
  void sum(at::Tensor& tensor) const;

  /// Returns when all ranks have called it.
  void barrier() const;

  const detail::Group& get() const { return *group_; }

 private:
  at::Device device_;
  std::shared_ptr<detail::Group> group_;
};

}  // namespace roadgnn::gnn::train
