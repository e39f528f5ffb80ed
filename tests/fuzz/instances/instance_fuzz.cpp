// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a benchmark instance: either an InputError or a valid problem, whatever the
// objective.
#include <cstddef>
#include <cstdint>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/instance.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace roadgnn;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto objective = static_cast<io::Objective>(size % io::kObjectiveNames.size());
  try {
    const io::Instance instance = io::read_instance(text, "instance", objective);
    decode::validate(instance.problem);
  } catch (const InputError&) {
  }
  return 0;
}
