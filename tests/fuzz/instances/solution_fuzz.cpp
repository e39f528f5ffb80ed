// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a solution of a small instance: either an InputError or a plan that the checker can
// judge.
#include <cstddef>
#include <cstdint>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/solution_file.h>

namespace {

constexpr std::string_view kInstance =
    "25 200 1\n0 0 0 0 0 1236 0 0 0\n1 3 4 10 100 900 90 0 2\n2 6 8 -10 10 990 90 1 0\n"
    "3 0 5 20 0 900 10 0 4\n4 0 9 -20 0 990 10 3 0\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace roadgnn;
  static const io::Instance instance = io::read_instance(kInstance, "instance.txt");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const decode::Plan plan =
        io::plan_of_solution(instance, io::read_solution(text, "a.sol"), "a.sol");
    decode::check(instance.problem, *instance.travel_times, plan);
  } catch (const InputError&) {
  }
  return 0;
}
