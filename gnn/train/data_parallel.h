// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <roadgnn/gnn/train/process_group.h>

namespace c10d {
class Logger;
class Reducer;
}  // namespace c10d

namespace torch::nn {
class Module;
}

namespace roadgnn::gnn::train {

struct DataParallelOptions {
  std::int64_t bucket_bytes = 25 << 20;       ///< gradients that travel together
  std::int64_t first_bucket_bytes = 1 << 20;  ///< less, so that the first leaves early
};

/// Trains one model in several processes, each on a part of every batch: gradients are averaged
/// over the ranks in buckets while backward still runs (Li et al., "PyTorch Distributed", VLDB
/// 2020; what Python calls DistributedDataParallel, on the same c10d::Reducer). Each rank then does
/// the same optimiser step, so that weights stay equal.
///
///     DataParallel parallel(*model, group);
///     auto loss = model->forward(...);
///     parallel.backward(loss);
///
/// loss.backward() without it stays on this rank: to accumulate gradients, take it for all parts
/// but the last. Clear gradients with `zero_grad`. Where ranks have unequal parts of a batch, a
/// mean over the whole is the local sum times size() over the number in the whole batch.
class DataParallel {
 public:
  /// Gives every rank the parameters and buffers of rank 0. `module` has to outlive it. Throws
  /// Error where the ranks' models differ in number, shape or type of parameters.
  DataParallel(torch::nn::Module& module, ProcessGroup group,
               const DataParallelOptions& options = {});
  ~DataParallel();
  DataParallel(const DataParallel&) = delete;
  DataParallel& operator=(const DataParallel&) = delete;

  /// loss.backward() whose gradients, with what has been accumulated before, end as the mean over
  /// all ranks. Parameters that had no part in any rank's loss keep the gradients they had. Throws
  /// Error where another rank is gone.
  void backward(const at::Tensor& loss);

 private:
  std::shared_ptr<c10d::Reducer> reducer_;
  std::shared_ptr<c10d::Logger> logger_;  // the Reducer takes for granted that there is one
};

}  // namespace roadgnn::gnn::train
