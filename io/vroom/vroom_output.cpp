// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_output.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <roadgnn/io/detail/plan_names.h>

namespace roadgnn::io {
namespace {

using decode::Route, decode::Step, decode::StepKind;
using OutputJson = nlohmann::ordered_json;

// What is summed up over a route, and over the routes.
struct Totals {
  std::vector<std::int64_t> delivery, pickup;
  std::int64_t setup = 0, service = 0, duration = 0, waiting = 0, priority = 0, distance = 0;
  std::int64_t rest = 0;  // of `service`, what breaks take
  std::int64_t cost = 0;

  explicit Totals(std::size_t num_amounts) : delivery(num_amounts), pickup(num_amounts) {}

  void add(const Totals& other) {
    for (std::size_t i = 0; i < delivery.size(); ++i) {
      delivery[i] += other.delivery[i];
      pickup[i] += other.pickup[i];
    }
    setup += other.setup;
    service += other.service;
    duration += other.duration;
    waiting += other.waiting;
    priority += other.priority;
    distance += other.distance;
    cost += other.cost;
  }
};

// One task of the input: a job or a shipment's end.
struct Task {
  const VroomTask* task = nullptr;
  const char* type = "job";
};

class Output {
 public:
  Output(const VroomProblem& vroom, const decode::Plan& plan)
      : vroom_(vroom), plan_(plan), sum_(vroom.input.num_amounts) {
    for (const Route& route : plan.routes) routes_.push_back(write_route(route));
  }

  const Totals& sum() const { return sum_; }

  OutputJson write(const VroomTimes& times) const {
    OutputJson unassigned = OutputJson::array();
    for (const decode::Unserved& unserved : plan_.unserved) {
      for (const Task& task : tasks_of(unserved.order)) {
        unassigned.push_back(write_unassigned(task, unserved));
      }
    }
    OutputJson summary = {
        {"cost", sum_.cost}, {"routes", plan_.routes.size()}, {"unassigned", unassigned.size()}};
    add_totals(summary, sum_);
    summary["violations"] = OutputJson::array();
    summary["computing_times"] = {
        {"loading", times.loading}, {"solving", times.solving}, {"routing", 0}};
    summary["solver"] = "roadgnn";
    return {{"code", 0},
            {"summary", std::move(summary)},
            {"unassigned", std::move(unassigned)},
            {"routes", routes_}};
  }

 private:
  // As VROOM, without fractions.
  std::int64_t seconds(std::int64_t time) const { return time / vroom_.time_scale; }

  // Roads always have lengths.
  bool has_distances() const {
    if (!vroom_.input.has_matrices()) return true;
    for (const std::string& profile : vroom_.profiles) {
      if (vroom_.input.matrices.at(profile).distances.empty()) return false;
    }
    return true;
  }

  bool is_job(std::int32_t order) const {
    return static_cast<std::size_t>(order) < vroom_.input.jobs.size();
  }
  const VroomJob& job_at(std::int32_t order) const {
    return vroom_.input.jobs[static_cast<std::size_t>(order)];
  }
  const VroomShipment& shipment_at(std::int32_t order) const {
    return vroom_.input.shipments[static_cast<std::size_t>(order) - vroom_.input.jobs.size()];
  }

  Task task_of(const Step& step) const {
    if (is_job(step.order)) return {&job_at(step.order).task, "job"};
    const VroomShipment& shipment = shipment_at(step.order);
    return step.kind == StepKind::pickup ? Task{&shipment.pickup, "pickup"}
                                         : Task{&shipment.delivery, "delivery"};
  }

  std::vector<Task> tasks_of(std::int32_t order) const {
    if (is_job(order)) return {{&job_at(order).task, "job"}};
    return {{&shipment_at(order).pickup, "pickup"}, {&shipment_at(order).delivery, "delivery"}};
  }

  static void add_place(OutputJson& json, const VroomPlace& place) {
    if (place.location) json["location"] = {place.location->lon, place.location->lat};
    if (place.index) json["location_index"] = *place.index;
  }

  static OutputJson write_unassigned(const Task& task, const decode::Unserved& unserved) {
    OutputJson json = {{"id", task.task->id}};
    add_place(json, task.task->place);
    json["type"] = task.type;
    if (!task.task->description.empty()) json["description"] = task.task->description;
    json["constraint"] = kReasonNames[static_cast<std::size_t>(unserved.reason)];
    json["reason"] = unserved.detail;
    return json;
  }

  void add_totals(OutputJson& json, const Totals& totals) const {
    if (!totals.delivery.empty()) {
      json["delivery"] = totals.delivery;
      json["amount"] = totals.delivery;  // its old name
      json["pickup"] = totals.pickup;
    }
    json["setup"] = seconds(totals.setup);
    json["service"] = seconds(totals.service);
    json["duration"] = seconds(totals.duration);
    json["waiting_time"] = seconds(totals.waiting);
    json["priority"] = totals.priority;
    if (has_distances()) json["distance"] = totals.distance;
  }

  void count_task(const Step& step, Totals& totals) const {
    const auto add = [](std::vector<std::int64_t>& sums, const std::vector<std::int64_t>& amounts) {
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += amounts[i];
    };
    if (is_job(step.order)) {
      add(totals.delivery, job_at(step.order).delivery);
      add(totals.pickup, job_at(step.order).pickup);
      totals.priority += job_at(step.order).priority;
    } else {
      const VroomShipment& shipment = shipment_at(step.order);
      add(step.kind == StepKind::pickup ? totals.pickup : totals.delivery, shipment.amount);
      totals.priority += shipment.priority;
    }
  }

  // Metres, also where the search's lengths are costs.
  std::int64_t metres(const Route& route, const Step& from, const Step& to) const {
    if (!vroom_.input.has_matrices()) return to.distance - from.distance;
    const auto& type = vroom_.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
    const VroomMatrices& matrices =
        vroom_.input.matrices.at(vroom_.profiles[static_cast<std::size_t>(type.profile)]);
    if (matrices.distances.empty() || from.location == to.location) return 0;
    return matrices.distances[static_cast<std::size_t>(from.location) *
                                  static_cast<std::size_t>(vroom_.input.matrix_size) +
                              static_cast<std::size_t>(to.location)];
  }

  // Whole units of travel and of tasks each, as VROOM counts; it counts breaks among the tasks.
  std::int64_t cost_of(const Route& route, const Totals& totals) const {
    const auto& type = vroom_.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
    const auto whole = [](double cost) { return static_cast<std::int64_t>(cost + 1e-6); };
    const double tasks = type.cost_per_service * static_cast<double>(totals.setup + totals.service);
    const double its_tasks = tasks - type.cost_per_service * static_cast<double>(totals.rest);
    return whole(type.cost_fixed) + whole(route.cost - type.cost_fixed - its_tasks) + whole(tasks);
  }

  OutputJson write_route(const Route& route) {
    const VroomVehicle& vehicle = vroom_.vehicle_of(route);
    Totals totals(vroom_.input.num_amounts);
    OutputJson steps = OutputJson::array();
    const Step* before = nullptr;   // the step before
    const Step* stopped = nullptr;  // the last one that has a place of its own
    for (const Step& step : route.steps) {
      if (before != nullptr) {
        totals.duration += step.arrival - before->departure;
        totals.waiting += step.begin - step.arrival;
      }
      if (step.location >= 0) {
        if (stopped != nullptr) totals.distance += metres(route, *stopped, step);
        stopped = &step;
      }
      steps.push_back(write_step(route, step, totals));
      before = &step;
    }
    totals.cost = cost_of(route, totals);
    sum_.add(totals);
    OutputJson json = {{"vehicle", vehicle.id}, {"cost", totals.cost}};
    if (!vehicle.description.empty()) json["description"] = vehicle.description;
    add_totals(json, totals);
    json["steps"] = std::move(steps);
    json["violations"] = OutputJson::array();
    return json;
  }

  // Where a vehicle without a start or an end of its own begins or ends: at a task.
  VroomPlace place_of_task(const Route& route, bool first) const {
    const auto is_task = [](const Step& step) { return step.order >= 0; };
    const auto& steps = route.steps;
    const Step& task = first ? *std::find_if(steps.begin(), steps.end(), is_task)
                             : *std::find_if(steps.rbegin(), steps.rend(), is_task);
    return task_of(task).task->place;
  }

  OutputJson write_step(const Route& route, const Step& step, Totals& totals) const {
    const VroomVehicle& vehicle = vroom_.vehicle_of(route);
    OutputJson json;
    std::int64_t setup = 0, service = 0;
    switch (step.kind) {
      case StepKind::start:
        json["type"] = "start";
        add_place(json, vehicle.start ? *vehicle.start : place_of_task(route, true));
        break;
      case StepKind::end:
        json["type"] = "end";
        add_place(json, vehicle.end ? *vehicle.end : place_of_task(route, false));
        break;
      case StepKind::rest: {
        const VroomBreak& rest = vehicle.breaks[static_cast<std::size_t>(step.index)];
        json["type"] = "break";
        if (!rest.description.empty()) json["description"] = rest.description;
        json["id"] = rest.id;
        service = step.departure - step.begin;
        totals.rest += service;
        break;
      }
      default: {
        const Task task = task_of(step);
        json["type"] = task.type;
        if (!task.task->description.empty()) json["description"] = task.task->description;
        add_place(json, task.task->place);
        json["id"] = task.task->id;
        service = task.task->service_of(vehicle.type) * vroom_.time_scale;
        setup = step.departure - step.begin - service;
        count_task(step, totals);
      }
    }
    totals.setup += setup;
    totals.service += service;
    json["setup"] = seconds(setup);
    json["service"] = seconds(service);
    json["waiting_time"] = seconds(step.begin - step.arrival);
    if (step.order >= 0) json["job"] = json["id"];  // the id's old name
    if (vroom_.input.num_amounts > 0) json["load"] = step.load;
    json["arrival"] = seconds(step.arrival);
    json["duration"] = seconds(totals.duration);
    json["violations"] = OutputJson::array();
    if (has_distances()) json["distance"] = totals.distance;
    return json;
  }

  const VroomProblem& vroom_;
  const decode::Plan& plan_;
  Totals sum_;
  OutputJson routes_ = OutputJson::array();
};

// Descriptions may hold any bytes.
void dump(std::ostream& out, const OutputJson& json) {
  out << json.dump(-1, ' ', false, OutputJson::error_handler_t::replace) << '\n';
}

}  // namespace

void write_vroom(std::ostream& out, const VroomProblem& vroom, const decode::Plan& plan,
                 const VroomTimes& times) {
  dump(out, Output(vroom, plan).write(times));
}

void write_vroom_error(std::ostream& out, int code, std::string_view message) {
  dump(out, {{"code", code}, {"error", message}});
}

std::int64_t vroom_cost(const VroomProblem& vroom, const decode::Plan& plan) {
  return Output(vroom, plan).sum().cost;
}

}  // namespace roadgnn::io
