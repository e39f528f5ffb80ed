// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <roadgnn/io/detail/json_output.h>
#include <roadgnn/io/detail/plan_names.h>
#include <roadgnn/io/number_text.h>
#include <roadgnn/io/plan_json.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {
namespace {

// Appends to a buffer that is handed to the stream when it has grown.
class Writer {
 public:
  Writer(std::ostream& out, const CityDay& day) : out_(out), day_(day) {}
  ~Writer() { flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void summary(const decode::Plan& plan) {
    text_ += "{\"summary\":{\"cost\":";
    append_number(text_, plan.cost);
    whole(",\"distance_m\":", plan.distance);
    seconds(",\"duration_s\":", plan.duration);
    whole(",\"vehicles\":", static_cast<std::int64_t>(plan.routes.size()));
    whole(",\"served\":",
          static_cast<std::int64_t>(day_.problem.orders.size() - plan.unserved.size()));
    whole(",\"unserved\":", static_cast<std::int64_t>(plan.unserved.size()));
    text_ += "},\n\"routes\":[";
  }

  void route(const decode::Route& route, bool first) {
    text_ += first ? "\n" : ",\n";
    text("{\"vehicle\":", vehicle_name(day_.problem, route));
    text(",\"type\":", type_of(route).id);
    text_ += ",\"cost\":";
    append_number(text_, route.cost);
    whole(",\"distance_m\":", route.distance);
    seconds(",\"duration_s\":", route.duration);
    seconds(",\"driving_s\":", route.driving);
    text_ += ",\"steps\":[";
    for (std::size_t i = 0; i < route.steps.size(); ++i) step(route, route.steps[i], i == 0);
    text_ += "\n]}";
    if (text_.size() > kFlushAt) flush();
  }

  void unserved(const decode::Unserved& unserved, bool first) {
    text_ += first ? "\n" : ",\n";
    text("{\"order\":", day_.problem.orders[static_cast<std::size_t>(unserved.order)].id);
    text(",\"constraint\":", kReasonNames[static_cast<std::size_t>(unserved.reason)]);
    text(",\"reason\":", unserved.detail);
    text_ += "}";
    if (text_.size() > kFlushAt) flush();
  }

  void record(const RunRecord& record) {
    text("\n],\n\"record\":{\"program\":", record.program);
    text(",\"compiler\":", record.compiler);
    text(",\"device\":", record.device);
    text(",\"instruction_set\":", record.instruction_set);
    input(",\n\"city\":", record.city);
    input(",\n\"orders\":", record.orders);
    input(",\n\"fleet\":", record.fleet);
    text(",\n\"coordinates\":", record.coordinates);
    text_ += ",\"max_snap_m\":";
    append_number(text_, record.max_snap_m);
    if (!record.date.empty()) text(",\"date\":", record.date);
    if (record.now) seconds(",\"now\":", *record.now);
    if (record.initial_plan) input(",\n\"initial_plan\":", *record.initial_plan);
    whole(",\"candidates_per_stop\":", record.candidates_per_stop);
    text(",\"scorer\":", record.search.scorer);
    if (record.weights) input(",\n\"weights\":", *record.weights);
    text_ += ",\"seed\":" + std::to_string(record.search.seed);
    whole(",\"iterations\":", record.search.iterations);
    text(",\"schedule\":", record.search.schedule);
    text_ += "}}\n";
  }

  void raw(const char* text) { text_ += text; }

 private:
  static constexpr std::size_t kFlushAt = 1 << 16;

  void flush() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }

  void text(const char* before, std::string_view value) {
    text_ += before;
    append_json_text(text_, value);
  }
  void whole(const char* before, std::int64_t value) {
    text_ += before;
    append_number(text_, value);
  }
  void seconds(const char* before, std::int64_t value) {
    text_ += before;
    append_thousandths(text_, value);
  }
  void input(const char* before, const InputFile& input) {
    char hash[24];
    std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(input.xxh3));
    text_ += before;
    text("{\"file\":", input.file);
    text(",\"xxh3\":", hash);
    text_ += "}";
  }

  const decode::VehicleType& type_of(const decode::Route& route) const {
    return day_.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
  }

  void step(const decode::Route& route, const decode::Step& step, bool first) {
    text_ += first ? "\n" : ",\n";
    text("{\"kind\":", kStepKindNames[static_cast<std::size_t>(step.kind)]);
    if (step.order >= 0) {
      text(",\"order\":", day_.problem.orders[static_cast<std::size_t>(step.order)].id);
    } else if (step.kind == decode::StepKind::rest) {
      whole(",\"break\":", step.index);
    } else if (const std::int32_t depot = depot_of(route, step); depot >= 0) {
      text(",\"depot\":", day_.problem.depots[static_cast<std::size_t>(depot)].id);
    }
    const Coordinate place = day_.places[static_cast<std::size_t>(step.location)];
    text_ += ",\"lat\":";
    append_number(text_, place.lat);
    text_ += ",\"lon\":";
    append_number(text_, place.lon);
    seconds(",\"arrival\":", step.arrival);
    seconds(",\"begin\":", step.begin);
    seconds(",\"departure\":", step.departure);
    seconds(",\"load\":{\"volume_l\":", step.load.at(0));
    seconds(",\"weight_kg\":", step.load.at(1));
    whole("},\"distance_m\":", step.distance);
    text_ += "}";
  }

  std::int32_t depot_of(const decode::Route& route, const decode::Step& step) const {
    if (step.kind == decode::StepKind::reload) return step.index;
    return step.kind == decode::StepKind::start ? type_of(route).start_depot
                                                : type_of(route).end_depot;
  }

  std::ostream& out_;
  const CityDay& day_;
  std::string text_;
};

}  // namespace

void write_plan_json(std::ostream& out, const CityDay& day, const decode::Plan& plan,
                     const RunRecord& record) {
  Writer writer(out, day);
  writer.summary(plan);
  for (const decode::Route& route : plan.routes)
    writer.route(route, &route == &plan.routes.front());
  writer.raw("\n],\n\"unserved\":[");
  for (const decode::Unserved& unserved : plan.unserved) {
    writer.unserved(unserved, &unserved == &plan.unserved.front());
  }
  writer.record(record);
}

}  // namespace roadgnn::io
