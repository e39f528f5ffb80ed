// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/plan_json.h>

namespace roadgnn::io {
namespace {

constexpr std::array<std::string_view, 18> kRecordKeys = {"weights",    "date",
                                                          "now",        "initial_plan",
                                                          "program",    "compiler",
                                                          "device",     "instruction_set",
                                                          "city",       "orders",
                                                          "fleet",      "coordinates",
                                                          "max_snap_m", "candidates_per_stop",
                                                          "scorer",     "seed",
                                                          "iterations", "schedule"};
constexpr std::array<std::string_view, 2> kInputKeys = {"file", "xxh3"};

InputFile read_input(const JsonObject& record, std::string_view key, ErrorList& errors) {
  InputFile input;
  const Json* value = record.find(key);
  if (value == nullptr) {
    record.error(key, "expected an object, found nothing");
    return input;
  }
  const JsonObject object(*value, record.path_of(key), kInputKeys, errors);
  input.file = object.text("file").value_or("");
  const std::string hash = object.text("xxh3").value_or("");
  const char* end = hash.data() + hash.size();
  const auto [stop, status] = std::from_chars(hash.data(), end, input.xxh3, 16);
  if (hash.size() != 16 || status != std::errc() || stop != end) {
    object.error("xxh3", "expected 16 hexadecimal digits, found " + quote_for_error(hash));
  }
  return input;
}

}  // namespace

RunRecord read_plan_record(std::string_view text, const std::string& origin) {
  const Json document = parse_json(text, origin, [](int depth, std::string_view key, Json&) {
    return depth < 2 || (key != "routes" && key != "unserved");
  });
  ErrorList errors(origin, 20);
  if (!document.is_object() || !document.contains("record")) {
    throw InputError(origin + ": record: expected an object, found nothing");
  }
  const JsonObject object(document["record"], "record", kRecordKeys, errors);
  RunRecord record;
  record.program = object.text("program").value_or("");
  record.compiler = object.text("compiler").value_or("");
  record.device = object.text("device").value_or("");
  record.instruction_set = object.text("instruction_set").value_or("");
  record.city = read_input(object, "city", errors);
  record.orders = read_input(object, "orders", errors);
  record.fleet = read_input(object, "fleet", errors);
  record.coordinates = object.text("coordinates").value_or("");
  record.max_snap_m = object.number("max_snap_m", 0, 1e7, true).value_or(0);
  record.date = object.text("date", false).value_or("");
  if (object.has("now"))
    record.now = std::llround(object.number("now", -1e9, 1e9, true).value_or(0) * 1000);
  if (object.has("initial_plan")) record.initial_plan = read_input(object, "initial_plan", errors);
  record.candidates_per_stop = static_cast<std::int32_t>(
      object.whole_number("candidates_per_stop", 1, 10'000, true).value_or(1));
  if (object.has("weights")) record.weights = read_input(object, "weights", errors);
  record.search.scorer = object.text("scorer").value_or("");
  record.search.schedule = object.text("schedule", false).value_or("");
  record.search.iterations = object.whole_number("iterations", 0, INT64_MAX / 2, true).value_or(0);
  if (const Json* seed = object.find("seed"); seed != nullptr && seed->is_number_unsigned()) {
    record.search.seed = seed->get<std::uint64_t>();
  } else {
    object.error("seed", "expected a whole number, found " +
                             (seed == nullptr ? "nothing" : describe_json(*seed)));
  }
  errors.throw_if_any();
  return record;
}

}  // namespace roadgnn::io
