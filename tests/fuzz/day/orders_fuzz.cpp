// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as an orders CSV: either an InputError or rows that are written and read back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/generate_orders.h>
#include <roadgnn/io/orders_csv.h>

namespace {

std::string written(const std::vector<roadgnn::io::OrderRow>& orders) {
  std::ostringstream out;
  roadgnn::io::write_orders_csv(out, orders);
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  roadgnn::io::OrdersCsvOptions options;
  options.city = roadgnn::io::BoundingBox{-71.4, -30.1, -71.1, -29.8};
  std::vector<roadgnn::io::OrderRow> orders;
  try {
    orders = roadgnn::io::read_orders_csv(text, "orders.csv", options);
  } catch (const roadgnn::InputError&) {
  }
  try {
    roadgnn::io::read_zones_csv(text, "zones.csv");
  } catch (const roadgnn::InputError&) {
  }
  const std::string once = written(orders);
  if (written(roadgnn::io::read_orders_csv(once, "again.csv")) != once) std::abort();
  return 0;
}
