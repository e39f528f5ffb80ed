// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/opening_hours.h>

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const int minute : {0, 500, 10'079}) {
    roadgnn::graph::evaluate_opening_hours(text, {minute, {}, {}});
    roadgnn::graph::evaluate_opening_hours(text, {minute, 1, 1});
  }
  return 0;
}
