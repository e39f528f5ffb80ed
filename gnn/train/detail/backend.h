// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <string>

#include <c10/util/Exception.h>
#include <c10/util/intrusive_ptr.h>
#include <roadgnn/gnn/train/process_group.h>
#include <roadgnn/graph/error.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

namespace roadgnn::gnn::train::detail {

struct Group {
  c10::intrusive_ptr<c10d::ProcessGroup> c10d;
};

/// Gives the group what serves tensors of `device`. Throws Error where this build has nothing that
/// does.
void add_backend(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store,
                 const Rank& rank, at::Device device, std::chrono::milliseconds timeout);

/// NCCL's part of it, in a source of its own that needs CUDA and nccl.h.
void add_nccl_backend(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store,
                      const Rank& rank, std::chrono::milliseconds timeout);

/// The first line of a message.
inline std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Calls `act`; what LibTorch throws becomes an Error of one line, `what` before it.
template <typename Act>
void tell_in_one_line(const std::string& what, Act act) {
  try {
    act();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    throw Error(what + ": " + first_line(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    throw Error(what + ": " + first_line(error.what()));
  }
}

}  // namespace roadgnn::gnn::train::detail
