// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Profile definitions: JSON that is accepted or refused with an InputError.

#include <cstdint>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/profile.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    roadgnn::io::Profile::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  } catch (const roadgnn::InputError&) {
    // Refused, as it should be.
  }
  return 0;
}
