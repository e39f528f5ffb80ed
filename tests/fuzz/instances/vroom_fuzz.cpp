// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as VROOM's JSON: either an InputError or a valid problem with its travel times.
#include <cstddef>
#include <cstdint>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/vroom/vroom_problem.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace roadgnn;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const io::VroomProblem vroom = io::make_vroom_problem(io::read_vroom(text, "in"), "in");
    decode::validate(vroom.problem);
    if (vroom.input.has_matrices()) io::vroom_travel_times(vroom);
  } catch (const InputError&) {
  }
  return 0;
}
