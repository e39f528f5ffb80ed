// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a plan.json of a small day: either an InputError or a plan within the day's bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/plan_json.h>

namespace {

roadgnn::io::CityDay small_day() {
  roadgnn::io::CityDay day;
  day.places = {{-29.9, -71.2}, {-29.91, -71.21}, {-29.92, -71.22}};
  day.problem.dimensions = {"volume_ml", "weight_g"};
  day.problem.depots = {{"D", 0, {}}};
  day.problem.orders.resize(1);
  day.problem.orders[0].id = "A";
  day.problem.orders[0].pickup = roadgnn::decode::Stop{1, {}, 0};
  day.problem.orders[0].delivery = roadgnn::decode::Stop{2, {}, 0};
  day.problem.vehicle_types.resize(2);
  day.problem.vehicle_types[0].id = "v";
  day.problem.vehicle_types[1].id = "open";
  day.problem.vehicle_types[1].end_depot = -1;
  day.problem.num_locations = 3;
  return day;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roadgnn::io::CityDay day = small_day();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto reading = roadgnn::io::read_plan_json(text, "plan.json", day);
    for (const auto& route : reading.plan.routes) {
      for (const auto& step : route.steps) {
        if (step.location < 0 || step.location >= day.problem.num_locations || step.order >= 1)
          std::abort();
      }
    }
  } catch (const roadgnn::InputError&) {
  }
  try {
    roadgnn::io::read_plan_record(text, "plan.json");
  } catch (const roadgnn::InputError&) {
  }
  return 0;
}
