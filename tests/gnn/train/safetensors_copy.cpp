// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Reads a safetensors file and writes it again: the C++ half of safetensors_python.py.
#include <cstdio>
#include <exception>

#include <roadgnn/gnn/train/safetensors.h>

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  roadgnn::gnn::train::write_safetensors(argv[2], roadgnn::gnn::train::read_safetensors(argv[1]));
} catch (const std::exception& error) {
  std::fprintf(stderr, "safetensors_copy: %s\n", error.what());
  return 1;
}
