// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Opens a city as tensors: shows that COMPONENTS gnn of an installed tree compiles, links and runs.
#include <cstdio>

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/graph/graph_file.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto turns = roadgnn::gnn::make_turn_csr_graph(roadgnn::graph::open(argv[1]));
  std::printf("%lld edge-nodes, %lld turns as tensors\n", static_cast<long long>(turns.num_rows()),
              static_cast<long long>(turns.transpose().num_edges()));
}
