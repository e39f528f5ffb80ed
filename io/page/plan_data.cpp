// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/page/plan_data.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include <roadgnn/io/detail/plan_names.h>
#include <roadgnn/io/page/encoding.h>
#include <roadgnn/io/simplify_line.h>

namespace roadgnn::io::page {
namespace {

using nlohmann::ordered_json;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

std::int64_t seconds(std::int64_t ms) {
  return ms >= 0 ? (ms + 500) / 1000 : -((-ms + 500) / 1000);
}

const decode::Stop* stop_of(const decode::Problem& problem, const decode::Step& step) {
  if (step.order < 0) return nullptr;
  const decode::Order& order = problem.orders[index(step.order)];
  const auto& stop = step.kind == decode::StepKind::pickup ? order.pickup : order.delivery;
  return stop ? &*stop : nullptr;
}

bool on_time(const decode::Stop& stop, std::int64_t begin) {
  return std::any_of(stop.windows.begin(), stop.windows.end(),
                     [&](const decode::TimeWindow& window) {
                       return window.open <= begin && begin <= window.close;
                     });
}

ordered_json types_of(const decode::Problem& problem) {
  ordered_json types = ordered_json::array();
  for (const decode::VehicleType& type : problem.vehicle_types) {
    types.push_back({{"id", type.id},
                     {"count", type.count == decode::kUnlimitedCount ? ordered_json()
                                                                     : ordered_json(type.count)},
                     {"capacity", type.capacity}});
  }
  return types;
}

ordered_json unserved_of(const decode::Problem& problem, const decode::Plan& plan,
                         std::span<const Coordinate> places) {
  ordered_json all = ordered_json::array();
  for (const decode::Unserved& unserved : plan.unserved) {
    const decode::Order& order = problem.orders[index(unserved.order)];
    ordered_json entry = {{"order", unserved.order},
                          {"reason", kReasonNames[static_cast<std::size_t>(unserved.reason)]},
                          {"detail", unserved.detail}};
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (!*stop || (*stop)->location < 0) continue;
      const Coordinate place = places[index((*stop)->location)];
      entry[stop == &order.pickup ? "pickup" : "delivery"] = {place.lat, place.lon};
    }
    all.push_back(std::move(entry));
  }
  return all;
}

ordered_json totals_of(const decode::Problem& problem, const decode::Plan& plan) {
  std::int64_t driving = 0, with_window = 0, in_window = 0;
  for (const decode::Route& route : plan.routes) {
    driving += route.driving;
    for (const decode::Step& step : route.steps) {
      const decode::Stop* stop = stop_of(problem, step);
      if (stop == nullptr || stop->windows.empty()) continue;
      ++with_window;
      if (on_time(*stop, step.begin)) ++in_window;
    }
  }
  return {{"cost", plan.cost},
          {"distance_m", plan.distance},
          {"duration_s", seconds(plan.duration)},
          {"driving_s", seconds(driving)},
          {"vehicles", plan.routes.size()},
          {"served", problem.orders.size() - plan.unserved.size()},
          {"unserved", plan.unserved.size()},
          {"with_window", with_window},
          {"in_window", in_window}};
}

class RouteEncoder {
 public:
  RouteEncoder(const decode::Problem& problem, ByteWriter& out) : problem_(problem), out_(out) {}

  void add(const decode::Route& route, const RouteLine& line) {
    out_.unsigned_number(index(route.vehicle_type));
    out_.unsigned_number(index(route.vehicle));
    out_.signed_number(std::llround(route.cost * 100));
    out_.unsigned_number(index(route.distance));
    out_.unsigned_number(index(seconds(route.duration)));
    out_.unsigned_number(index(seconds(route.driving)));
    out_.unsigned_number(route.steps.size());
    now_ = metres_ = 0;
    load_.assign(problem_.dimensions.size(), 0);
    std::int32_t first = 0;
    for (std::size_t s = 0; s < route.steps.size(); ++s) {
      add_step(route.steps[s]);
      // The first point of a leg is the last one of the leg before.
      const std::int32_t begin = s == 0 ? 0 : first + 1, end = line.first_point[s] + 1;
      out_.unsigned_number(index(end - begin));
      out_.points(std::span(line.points).subspan(index(begin), index(end - begin)));
      first = line.first_point[s];
    }
  }

 private:
  void add_step(const decode::Step& step) {
    out_.unsigned_number(static_cast<std::uint64_t>(step.kind));
    out_.unsigned_number(index(std::int64_t{step.order} + 1));
    for (const std::int64_t moment : {step.arrival, step.begin, step.departure}) {
      out_.signed_number(seconds(moment) - now_);
      now_ = seconds(moment);
    }
    for (std::size_t d = 0; d < load_.size(); ++d) {
      const std::int64_t load = d < step.load.size() ? step.load[d] : 0;
      out_.signed_number(load - load_[d]);
      load_[d] = load;
    }
    out_.signed_number(step.distance - metres_);
    metres_ = step.distance;
    add_windows(stop_of(problem_, step));
  }

  void add_windows(const decode::Stop* stop) {
    out_.unsigned_number(stop != nullptr ? stop->windows.size() : 0);
    if (stop == nullptr) return;
    for (const decode::TimeWindow& window : stop->windows) {
      out_.signed_number(seconds(window.open));
      const bool endless = window.close >= decode::kNoLimit;
      out_.unsigned_number(
          endless ? 0
                  : index(std::max<std::int64_t>(1, seconds(window.close) - seconds(window.open))));
    }
  }

  const decode::Problem& problem_;
  ByteWriter& out_;
  std::int64_t now_ = 0, metres_ = 0;
  std::vector<std::int64_t> load_;
};

}  // namespace

ordered_json describe_plan(const decode::Problem& problem, const decode::Plan& plan,
                           std::span<const Coordinate> places) {
  ordered_json orders = ordered_json::array();
  for (const decode::Order& order : problem.orders) orders.push_back(order.id);
  std::vector<double> units = problem.shown_load_units;
  units.resize(problem.dimensions.size(), 1);
  return {{"dimensions", problem.dimensions}, {"load_units", units},
          {"types", types_of(problem)},       {"totals", totals_of(problem, plan)},
          {"orders", std::move(orders)},      {"unserved", unserved_of(problem, plan, places)}};
}

std::string encode_routes(const decode::Problem& problem, const decode::Plan& plan,
                          std::span<const RouteLine> lines) {
  std::vector<RouteLine> simple;
  std::uint64_t steps = 0, points = 0;
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    simple.push_back(simplify(lines[r], kToleranceM));
    steps += plan.routes[r].steps.size();
    points += simple.back().points.size();
  }
  ByteWriter out;
  out.unsigned_number(plan.routes.size());
  out.unsigned_number(steps);
  out.unsigned_number(points);
  RouteEncoder encoder(problem, out);
  for (std::size_t r = 0; r < plan.routes.size(); ++r) encoder.add(plan.routes[r], simple[r]);
  return out.bytes();
}

std::string encode_reasons(std::span<const std::vector<LegReason>> reasons) {
  ByteWriter out;
  const auto score = [&](float value) {
    out.signed_number(std::isfinite(value) ? std::llround(double{value} * 100) : 0);
  };
  for (const std::vector<LegReason>& route : reasons) {
    for (const LegReason& reason : route) {
      out.unsigned_number(index(reason.candidates));
      if (reason.candidates == 0) continue;
      out.unsigned_number(index(reason.rank));
      if (reason.rank > 0) score(reason.score);
      out.unsigned_number(index(std::int64_t{reason.other} + 1));
      if (reason.other < 0) continue;
      score(reason.other_score);
      out.unsigned_number(index(seconds(reason.other_duration)));
    }
  }
  return out.bytes();
}

}  // namespace roadgnn::io::page
