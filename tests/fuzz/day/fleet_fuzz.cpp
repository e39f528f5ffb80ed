// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a fleet JSON: either an InputError or a fleet that is written and read back the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/fleet_json.h>

namespace {

std::string written(const roadgnn::io::Fleet& fleet) {
  std::ostringstream out;
  roadgnn::io::write_fleet_json(out, fleet);
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  roadgnn::io::Fleet fleet;
  try {
    fleet = roadgnn::io::read_fleet_json({reinterpret_cast<const char*>(data), size}, "fleet.json");
  } catch (const roadgnn::InputError&) {
    return 0;
  }
  const std::string once = written(fleet);
  if (written(roadgnn::io::read_fleet_json(once, "again.json")) != once) std::abort();
  return 0;
}
