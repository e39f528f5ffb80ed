// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/edge_weights.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/scaling.h>
#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {
namespace {

class RowInstance {
 public:
  RowInstance(Instance& instance, const std::string& origin, const std::vector<NodeRow>& rows)
      : instance_(instance), origin_(origin), rows_(rows) {}

  void build(double capacity, std::int32_t num_vehicles) {
    if (rows_.empty()) {
      throw InputError(origin_ + ": expected a row for the depot, found no rows");
    }
    index();
    std::vector<double> loads{capacity};
    for (const NodeRow& row : rows_) loads.push_back(row.demand);
    load_scale_ = whole_scale(loads);
    decode::Problem& problem = instance_.problem;
    problem.units = decode::Units::plain;
    problem.num_locations = static_cast<std::int32_t>(rows_.size());
    problem.shown_unit = instance_.scale;
    problem.dimensions = {"demand"};
    problem.shown_load_units = {load_scale_};
    problem.depots.push_back({std::to_string(rows_[0].number), 0, window_of(rows_[0])});
    for (std::size_t i = 1; i < rows_.size(); ++i) add_order(i);
    decode::VehicleType type;
    type.id = "vehicle";
    type.count = num_vehicles;
    type.capacity = {scaled_down(capacity, load_scale_)};
    type.cost_per_distance = 1 / instance_.scale;
    problem.vehicle_types.push_back(std::move(type));
    problem.fewest_vehicles = instance_.objective == Objective::vehicles;
  }

 private:
  [[noreturn]] void fail(const NodeRow& row, const std::string& message) const {
    fail_at(origin_, row.line, "node " + std::to_string(row.number) + ": " + message);
  }

  void index() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!location_of_.emplace(rows_[i].number, i).second) {
        fail(rows_[i], "expected each number once, found it again");
      }
      instance_.numbers.push_back(rows_[i].number);
    }
  }

  decode::TimeWindow window_of(const NodeRow& row) const {
    const decode::TimeWindow window{scaled_up(row.open, instance_.scale),
                                    scaled_down(row.close, instance_.scale)};
    if (window.close >= window.open) return window;
    fail(row, "expected a closing after the opening, found a window from " +
                  std::to_string(row.open) + " to " + std::to_string(row.close));
  }

  decode::Stop stop_of(std::size_t i) const {
    return {static_cast<std::int32_t>(i),
            {window_of(rows_[i])},
            scaled_up(rows_[i].service, instance_.scale)};
  }

  // The row of a pair's other end, which has to agree.
  std::size_t other_end(const NodeRow& row, std::int64_t number) const {
    const auto found = location_of_.find(number);
    if (found == location_of_.end() || found->second == 0) {
      fail(row, "expected the number of the pair's other end, found " + std::to_string(number));
    }
    const NodeRow& other = rows_[found->second];
    const bool agrees = row.delivery == number ? other.pickup == row.number && other.delivery == 0
                                               : other.delivery == row.number && other.pickup == 0;
    if (!agrees) fail(row, "expected node " + std::to_string(number) + " to name it in return");
    if (row.demand + other.demand != 0) {
      fail(row, "expected a pair's demands to add up to 0, found " + std::to_string(row.demand) +
                    " and " + std::to_string(other.demand));
    }
    return found->second;
  }

  void add_order(std::size_t i) {
    const NodeRow& row = rows_[i];
    decode::Order order;
    order.id = std::to_string(row.number);
    if (row.pickup != 0 && row.delivery != 0) {
      fail(row, "expected a pickup or a delivery, found one that is both");
    }
    if (row.pickup != 0) {
      other_end(row, row.pickup);
      return;  // added with its pickup
    }
    if (row.delivery != 0) {
      const std::size_t delivery = other_end(row, row.delivery);
      order.id += " to " + std::to_string(row.delivery);
      order.pickup = stop_of(i);
      order.delivery = stop_of(delivery);
    } else {
      order.delivery = stop_of(i);
    }
    if (row.demand < 0) fail(row, "expected a demand of 0 or more");
    order.load = {scaled_up(row.demand, load_scale_)};
    instance_.problem.orders.push_back(std::move(order));
  }

  Instance& instance_;
  const std::string& origin_;
  const std::vector<NodeRow>& rows_;
  std::map<std::int64_t, std::size_t> location_of_;
  double load_scale_ = 1;
};

}  // namespace

void build_from_rows(Instance& instance, const std::string& origin,
                     const std::vector<NodeRow>& rows, const EdgeWeights& weights,
                     std::int32_t num_vehicles, double capacity) {
  instance.travel_times = weights.travel_times;
  instance.scale = weights.scale;
  instance.points = weights.points;
  RowInstance(instance, origin, rows).build(capacity, num_vehicles);
}

}  // namespace roadgnn::io
