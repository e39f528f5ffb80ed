// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/data_parallel.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <roadgnn/gnn/train/detail/backend.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/module.h>
#include <torch/csrc/distributed/c10d/comm.hpp>
#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

namespace roadgnn::gnn::train {
namespace {

/// The Reducer prints advice where a step happens to use all parameters.
struct Silence final : c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

}  // namespace

DataParallel::DataParallel(torch::nn::Module& module, ProcessGroup group,
                           const DataParallelOptions& options) {
  std::vector<at::Tensor> parameters, state;
  std::unordered_map<std::size_t, std::string> names;
  for (const auto& parameter : module.named_parameters()) {
    state.push_back(parameter.value().detach());
    if (!parameter.value().requires_grad()) continue;
    names[parameters.size()] = parameter.key();
    parameters.push_back(parameter.value());
  }
  for (const auto& buffer : module.named_buffers()) state.push_back(buffer.value().detach());
  if (parameters.empty()) throw InputError("DataParallel: expected a module with parameters");
  detail::tell_in_one_line("the ranks' models differ", [&] {
    c10d::verify_params_across_processes(group.get().c10d, parameters, {});
  });
  const auto bucket = static_cast<std::size_t>(options.bucket_bytes);
  detail::tell_in_one_line("giving all ranks the same weights",
                           [&] { c10d::broadcast_coalesced(group.get().c10d, state, bucket); });
  auto [buckets, limits] = c10d::compute_bucket_assignment_by_size(
      parameters, {static_cast<std::size_t>(options.first_bucket_bytes), bucket});
  // Gradients are ready from the last layer to the first.
  buckets = {buckets.rbegin(), buckets.rend()};
  reducer_ = std::make_shared<c10d::Reducer>(
      parameters, std::move(buckets), group.get().c10d, std::vector<bool>(parameters.size(), false),
      options.bucket_bytes, /*find_unused_parameters=*/true, /*gradient_as_bucket_view=*/false,
      std::move(names), options.first_bucket_bytes, /*skip_all_reduce_unused_params=*/false,
      /*use_python_reducer=*/false, std::vector<std::int64_t>{});
  logger_ = std::make_shared<c10d::Logger>(reducer_);
  reducer_->set_logger(logger_);
}

DataParallel::~DataParallel() = default;

void DataParallel::backward(const at::Tensor& loss) {
  Silence silence;
  const c10::WarningUtils::WarningHandlerGuard no_warnings(&silence);
  detail::tell_in_one_line("averaging gradients, another rank may have ended", [&] {
    reducer_->prepare_for_forward();
    reducer_->prepare_for_backward({loss});
    loss.backward();
  });
}

}  // namespace roadgnn::gnn::train
