// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a safetensors file: either an InputError or a layout whose tensors fill the data
// without gap or overlap, each with as many bytes as its shape asks for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <roadgnn/gnn/train/detail/safetensors_layout.h>
#include <roadgnn/graph/error.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace roadgnn;
  using namespace roadgnn::gnn::train::detail;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const SafetensorsLayout layout = parse_safetensors_layout(bytes, "in");
    std::uint64_t end = 0;
    for (const SafetensorsEntry& entry : layout.entries) {
      std::uint64_t needed = kSafetensorsTypes[entry.type].bytes;
      for (const std::int64_t extent : entry.shape) needed *= static_cast<std::uint64_t>(extent);
      if (entry.begin != end || entry.end - entry.begin != needed) std::abort();
      end = entry.end;
    }
    if (end != layout.data.size()) std::abort();
  } catch (const InputError&) {
  }
  return 0;
}
