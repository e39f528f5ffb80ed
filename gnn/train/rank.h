// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace roadgnn::gnn::train {

/// Which process of how many this is, and where they meet.
struct Rank {
  int rank = 0, world_size = 1;
  int local_rank = 0;  ///< on its machine: the GPU to take
  std::string master_address = "127.0.0.1";
  std::uint16_t master_port = 29500;
  /// torchrun's agent serves the meeting place, and how often it has started the ranks anew.
  bool agent_serves = false;
  int restarts = 0;
};

}  // namespace roadgnn::gnn::train
