// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/process_group.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/train/detail/backend.h>
#include <roadgnn/graph/error.h>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace roadgnn::gnn::train {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

int number(const char* name, int least, int most) {
  const auto text = variable(name);
  const auto wrong = [&](const std::string& found) {
    return InputError(std::string(name) + ": expected a number from " + std::to_string(least) +
                      " to " + std::to_string(most) + ", found " + found);
  };
  if (!text) throw wrong("nothing");
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < least || value > most) {
    throw wrong("'" + *text + "'");
  }
  return value;
}

c10::intrusive_ptr<c10d::Store> meeting_place(const Rank& rank, std::chrono::milliseconds timeout) {
  if (rank.world_size == 1) return c10::make_intrusive<c10d::HashStore>();
  c10d::TCPStoreOptions options;
  options.port = rank.master_port;
  options.isServer = rank.rank == 0 && !rank.agent_serves;
  options.numWorkers = static_cast<std::size_t>(rank.world_size);
  options.waitWorkers = !rank.agent_serves;
  options.timeout = timeout;
  // A place of its own for every start: what the ranks before have left there does not count.
  return c10::make_intrusive<c10d::PrefixStore>(
      "roadgnn/" + std::to_string(rank.restarts),
      c10::make_intrusive<c10d::TCPStore>(rank.master_address, options));
}

}  // namespace

Rank rank_from_environment() {
  constexpr int kMany = 1 << 20;
  Rank rank;
  const bool by_rank = variable("RANK").has_value();
  if (!by_rank && !variable("SLURM_PROCID")) return rank;
  const char* const size = by_rank ? "WORLD_SIZE" : "SLURM_NTASKS";
  const char* const local = by_rank ? "LOCAL_RANK" : "SLURM_LOCALID";
  rank.world_size = number(size, 1, kMany);
  rank.rank = number(by_rank ? "RANK" : "SLURM_PROCID", 0, rank.world_size - 1);
  if (variable(local)) rank.local_rank = number(local, 0, rank.world_size - 1);
  if (rank.world_size == 1) return rank;
  const auto address = variable("MASTER_ADDR");
  if (!address) throw InputError("MASTER_ADDR: expected the address of rank 0, found nothing");
  rank.master_address = *address;
  if (variable("MASTER_PORT")) {
    rank.master_port = static_cast<std::uint16_t>(number("MASTER_PORT", 1, 65535));
  }
  rank.agent_serves = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  if (variable("TORCHELASTIC_RESTART_COUNT")) {
    rank.restarts = number("TORCHELASTIC_RESTART_COUNT", 0, kMany);
  }
  return rank;
}

ProcessGroup::ProcessGroup(const Rank& rank, at::Device device, std::chrono::milliseconds timeout)
    : device_(device), group_(std::make_shared<detail::Group>()) {
  const std::string what = "rank " + std::to_string(rank.rank) + " of " +
                           std::to_string(rank.world_size) + " could not meet the others at " +
                           rank.master_address + ":" + std::to_string(rank.master_port);
  detail::tell_in_one_line(what, [&] {
    const auto store = meeting_place(rank, timeout);
    group_->c10d = c10::make_intrusive<c10d::ProcessGroup>(store, rank.rank, rank.world_size);
    detail::add_backend(*group_->c10d, store, rank, device, timeout);
  });
}

void ProcessGroup::set_timeout(std::chrono::milliseconds timeout) const {
  group_->c10d->getBackend(device_.type())->setTimeout(timeout);
}

int ProcessGroup::rank() const {
  return group_->c10d->getRank();
}

int ProcessGroup::size() const {
  return group_->c10d->getSize();
}

void ProcessGroup::broadcast(at::Tensor& tensor) const {
  std::vector<at::Tensor> tensors = {tensor};
  detail::tell_in_one_line("broadcast among the ranks", [&] {
    group_->c10d->getBackend(device_.type())->broadcast(tensors)->wait();
  });
}

void ProcessGroup::sum(at::Tensor& tensor) const {
  std::vector<at::Tensor> tensors = {tensor};
  detail::tell_in_one_line("sum over the ranks", [&] {
    group_->c10d->getBackend(device_.type())->allreduce(tensors)->wait();
  });
}

void ProcessGroup::barrier() const {
  at::Tensor nothing = at::zeros({1}, at::TensorOptions().device(device_));
  sum(nothing);
  if (device_.is_cuda()) nothing.item<float>();
}

}  // namespace roadgnn::gnn::train
