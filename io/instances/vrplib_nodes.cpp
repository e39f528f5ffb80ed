// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/vrplib_nodes.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/scaling.h>

namespace roadgnn::io {
namespace {

constexpr double kLargestLoad = 1e9, kLargestPrize = 1e12;

// LKH's types whose pickup and delivery columns are amounts; elsewhere they are nodes.
constexpr auto kAmountTypes = std::to_array<std::string_view>(
    {"1-PDTSP", "M-PDTSP", "M1-PDTSP", "VRPMPD", "VRPMPDTW", "VRPSPD", "VRPSPDTW"});

class NodesReader {
 public:
  NodesReader(const VrplibFile& file, std::int32_t dimension,
              const std::vector<std::int32_t>& depots, double scale)
      : file_(file), dimension_(dimension), depots_(depots), scale_(scale) {
    const auto n = static_cast<std::size_t>(dimension);
    is_depot_.assign(n, false);
    for (const std::int32_t depot : depots) is_depot_[static_cast<std::size_t>(depot)] = true;
    windows_.resize(n);
    has_window_.assign(n, false);
    pickup_of_.assign(n, -1);
    delivery_of_.assign(n, -1);
  }

  VrplibNodes read(const std::vector<std::vector<double>>& capacities) {
    read_windows();
    read_services();
    read_amounts();
    read_pairs();
    scale_amounts(capacities);
    for (const std::int32_t depot : depots_) {
      nodes_.depots.push_back(
          {std::to_string(depot), depot, windows_[static_cast<std::size_t>(depot)]});
    }
    nodes_.order_of.assign(static_cast<std::size_t>(dimension_), -1);
    for (std::int32_t node = 0; node < dimension_; ++node) add_order(node);
    read_releases();
    read_prizes();
    read_groups();
    return std::move(nodes_);
  }

 private:
  void for_each_node(std::string_view section,
                     const std::function<void(std::size_t, const RowReader&)>& row) const {
    file_.for_each_row(*file_.section(section), std::string(section) + "_SECTION", dimension_,
                       "node", [&](std::int64_t node, const RowReader& reader) {
                         row(static_cast<std::size_t>(node), reader);
                       });
  }

  void set_window(std::size_t node, std::string_view name, std::size_t field,
                  const RowReader& row) {
    const double open = row.number(field, "opening", -kEndless, 1e15);
    const double close = row.number(field + 1, "closing", -kEndless, 1e15);
    windows_[node] = {scaled_up(open, scale_), scaled_down(close, scale_)};
    has_window_[node] = true;
    if (windows_[node].close >= windows_[node].open) return;
    row.fail(name, "expected a closing after the opening, found one from " + std::to_string(open) +
                       " to " + std::to_string(close));
  }

  void read_windows() {
    if (!file_.has("TIME_WINDOW")) return;
    for_each_node("TIME_WINDOW", [&](std::size_t node, const RowReader& row) {
      set_window(node, "TIME_WINDOW_SECTION", 1, row);
    });
  }

  void read_services() {
    const double all = file_.number("SERVICE_TIME", 0, kEndless).value_or(0);
    services_.assign(static_cast<std::size_t>(dimension_), scaled_up(all, scale_));
    for (const std::int32_t depot : depots_) services_[static_cast<std::size_t>(depot)] = 0;
    if (!file_.has("SERVICE_TIME")) return;
    for_each_node("SERVICE_TIME", [&](std::size_t node, const RowReader& row) {
      services_[node] = scaled_up(row.number(1, "service time", 0, kEndless), scale_);
    });
  }

  using Amounts = std::vector<std::vector<double>>;  // [dimension][num_dimensions]

  Amounts read_section_amounts(std::string_view section) const {
    Amounts amounts(static_cast<std::size_t>(dimension_));
    for_each_node(section, [&](std::size_t node, const RowReader& row) {
      for (std::size_t i = 1; i < std::max<std::size_t>(2, row.size()); ++i) {
        amounts[node].push_back(row.number(i, section, 0, kLargestLoad));
      }
    });
    for (const auto& row : amounts) {
      if (row.size() == amounts.front().size()) continue;
      fail_at(file_.origin(), file_.section(section)->line,
              std::string(section) +
                  "_SECTION: expected as many values in every row, found another number of them");
    }
    return amounts;
  }

  void read_amounts() {
    if (file_.has("DEMAND") && file_.has("LINEHAUL")) {
      fail_at(file_.origin(), file_.section("LINEHAUL")->line,
              "LINEHAUL_SECTION: expected either this or DEMAND_SECTION, found both");
    }
    for (const std::string_view section : {"DEMAND", "LINEHAUL"}) {
      // Demands of pairs stand with the pairs; negative ones there are no deliveries.
      if (file_.has(section) && !has_pairs()) demands_ = read_section_amounts(section);
    }
    if (file_.has("BACKHAUL")) backhauls_ = read_section_amounts("BACKHAUL");
  }

  bool columns_are_amounts() const {
    const std::string type = file_.word("TYPE");
    return std::find(kAmountTypes.begin(), kAmountTypes.end(), type) != kAmountTypes.end();
  }

  bool has_pairs() const { return file_.has("PICKUP_AND_DELIVERY") && !columns_are_amounts(); }

  // PICKUP_AND_DELIVERY_SECTION: demand, opening, closing, service, pickup, delivery. The last two
  // are the nodes of the pair's other end, or amounts.
  void read_pairs() {
    if (!file_.has("PICKUP_AND_DELIVERY")) return;
    const auto n = static_cast<std::size_t>(dimension_);
    const bool amounts = columns_are_amounts();
    demands_.assign(n, {0});
    if (amounts) backhauls_.assign(n, {0});
    for_each_node("PICKUP_AND_DELIVERY", [&](std::size_t node, const RowReader& row) {
      set_window(node, "PICKUP_AND_DELIVERY_SECTION", 2, row);
      services_[node] = scaled_up(row.number(4, "service time", 0, kEndless), scale_);
      if (amounts) {
        backhauls_[node][0] = row.number(5, "pickup", 0, kLargestLoad);
        demands_[node][0] = row.number(6, "delivery", 0, kLargestLoad);
        return;
      }
      demands_[node][0] = row.number(1, "demand", -kLargestLoad, kLargestLoad);
      pickup_of_[node] = static_cast<std::int32_t>(row.whole(5, "pickup", 0, dimension_)) - 1;
      delivery_of_[node] = static_cast<std::int32_t>(row.whole(6, "delivery", 0, dimension_)) - 1;
      if (pickup_of_[node] >= 0 && delivery_of_[node] >= 0) {
        row.fail("pickup", "expected a pickup or a delivery, found a node that is both");
      }
    });
  }

  void scale_amounts(const std::vector<std::vector<double>>& capacities) {
    nodes_.num_dimensions = !demands_.empty()     ? demands_.front().size()
                            : !backhauls_.empty() ? backhauls_.front().size()
                            : !capacities.empty() ? capacities.front().size()
                                                  : 0;
    for (const Amounts* amounts : std::array<const Amounts*, 2>{&backhauls_, &capacities}) {
      if (amounts->empty() || amounts->front().size() == nodes_.num_dimensions) continue;
      throw InputError(file_.origin() + (amounts == &capacities ? ": CAPACITY" : ": BACKHAUL") +
                       ": expected " + std::to_string(nodes_.num_dimensions) +
                       " values, as demands have, found " +
                       std::to_string(amounts->front().size()));
    }
    for (std::size_t d = 0; d < nodes_.num_dimensions; ++d) {
      std::vector<double> values;
      for (const Amounts* amounts :
           std::array<const Amounts*, 3>{&demands_, &backhauls_, &capacities}) {
        for (const auto& row : *amounts) values.push_back(row[d]);
      }
      nodes_.load_scales.push_back(whole_scale(values));
    }
  }

  std::vector<std::int64_t> scaled_amounts(const Amounts& amounts, std::int32_t node) const {
    std::vector<std::int64_t> result(nodes_.num_dimensions);
    for (std::size_t d = 0; d < result.size() && !amounts.empty(); ++d) {
      result[d] = scaled_up(amounts[static_cast<std::size_t>(node)][d], nodes_.load_scales[d]);
    }
    return result;
  }

  decode::Stop stop_at(std::int32_t node) const {
    decode::Stop stop;
    stop.location = node;
    stop.service = services_[static_cast<std::size_t>(node)];
    if (has_window_[static_cast<std::size_t>(node)]) {
      stop.windows = {windows_[static_cast<std::size_t>(node)]};
    }
    return stop;
  }

  [[noreturn]] void fail_pair(std::int32_t node, const std::string& message) const {
    fail_at(file_.origin(), file_.section("PICKUP_AND_DELIVERY")->line,
            "PICKUP_AND_DELIVERY_SECTION: node " + std::to_string(node + 1) + ": " + message);
  }

  // The delivery of a pickup, which has to agree.
  std::int32_t delivery_of(std::int32_t node) const {
    const std::int32_t delivery = delivery_of_[static_cast<std::size_t>(node)];
    if (is_depot_[static_cast<std::size_t>(delivery)] ||
        pickup_of_[static_cast<std::size_t>(delivery)] != node) {
      fail_pair(node, "expected node " + std::to_string(delivery + 1) + " to name it in return");
    }
    return delivery;
  }

  void add_order(std::int32_t node) {
    const auto at = static_cast<std::size_t>(node);
    if (is_depot_[at]) return;
    if (pickup_of_[at] >= 0) {  // added with its pickup
      const std::int32_t pickup = pickup_of_[at];
      if (delivery_of_[static_cast<std::size_t>(pickup)] != node) {
        fail_pair(node, "expected node " + std::to_string(pickup + 1) + " to name it in return");
      }
      return;
    }
    decode::Order order;
    order.id = std::to_string(node);
    order.load = scaled_amounts(demands_, node);
    if (delivery_of_[at] >= 0) {
      const std::int32_t delivery = delivery_of(node);
      order.id += " to " + std::to_string(delivery);
      order.pickup = stop_at(node);
      order.delivery = stop_at(delivery);
      nodes_.order_of[static_cast<std::size_t>(delivery)] = next_order();
    } else {
      set_ends(order, node);
    }
    for (const std::int64_t amount : order.load) {
      if (amount < 0) fail_pair(node, "expected a demand of 0 or more");
    }
    nodes_.order_of[at] = next_order();
    nodes_.orders.push_back(std::move(order));
  }

  // A customer who only sends is a pickup for the depot; one who gets, or both, a delivery.
  void set_ends(decode::Order& order, std::int32_t node) const {
    const auto collected = scaled_amounts(backhauls_, node);
    const auto some = [](const std::vector<std::int64_t>& amounts) {
      return std::any_of(amounts.begin(), amounts.end(), [](std::int64_t a) { return a > 0; });
    };
    if (some(collected) && !some(order.load)) {
      order.load = collected;
      order.pickup = stop_at(node);
      return;
    }
    order.delivery = stop_at(node);
    if (some(collected)) order.collect = collected;
  }

  std::int32_t next_order() const { return static_cast<std::int32_t>(nodes_.orders.size()); }

  decode::Order* order_at(std::size_t node) {
    const std::int32_t order = nodes_.order_of[node];
    return order < 0 ? nullptr : &nodes_.orders[static_cast<std::size_t>(order)];
  }

  void read_releases() {
    const auto all = file_.number("RELEASE_TIME", 0, kEndless);
    const auto set = [&](decode::Order* order, double release) {
      if (order != nullptr && !order->pickup) order->release = scaled_up(release, scale_);
    };
    for (std::size_t node = 0; all && node < is_depot_.size(); ++node) set(order_at(node), *all);
    if (!file_.has("RELEASE_TIME")) return;
    for_each_node("RELEASE_TIME", [&](std::size_t node, const RowReader& row) {
      set(order_at(node), row.number(1, "release time", 0, kEndless));
    });
  }

  // A customer without a prize has to be visited.
  void read_prizes() {
    if (!file_.has("PRIZE")) return;
    for_each_node("PRIZE", [&](std::size_t node, const RowReader& row) {
      const double prize = row.number(1, "prize", 0, kLargestPrize);
      decode::Order* order = order_at(node);
      if (order != nullptr && prize > 0) order->prize = prize;
    });
  }

  void read_groups() {
    const auto* section = file_.section("MUTUALLY_EXCLUSIVE_GROUP");
    if (section == nullptr) return;
    constexpr std::string_view kName = "MUTUALLY_EXCLUSIVE_GROUP_SECTION";
    file_.for_each_row(*section, kName, file_.count_rows(*section), "group",
                       [&](std::int64_t, const RowReader& row) {
                         if (row.size() < 3) return;  // a group of one says nothing
                         const auto group = static_cast<std::int32_t>(nodes_.groups.size());
                         nodes_.groups.push_back("group " + std::to_string(group + 1));
                         for (std::size_t i = 1; i < row.size(); ++i) {
                           const auto node = row.whole(i, kName, 1, dimension_) - 1;
                           decode::Order* order = order_at(static_cast<std::size_t>(node));
                           if (order == nullptr || order->group >= 0) {
                             row.fail(kName, "expected customers, each in one group, found node " +
                                                 std::to_string(node + 1));
                           }
                           order->group = group;
                         }
                       });
  }

  const VrplibFile& file_;
  std::int32_t dimension_;
  const std::vector<std::int32_t>& depots_;
  double scale_;
  VrplibNodes nodes_;
  std::vector<bool> is_depot_, has_window_;
  std::vector<decode::TimeWindow> windows_;
  std::vector<std::int64_t> services_;
  Amounts demands_, backhauls_;
  std::vector<std::int32_t> pickup_of_, delivery_of_;  // nodes; -1: none
};

}  // namespace

std::vector<std::int32_t> read_vrplib_depots(const VrplibFile& file, std::int32_t dimension) {
  const auto* section = file.section("DEPOT");
  if (section == nullptr) return {0};
  std::vector<std::int32_t> depots;
  TextLines lines(section->text, section->line + 1);
  TextLine line;
  for (bool ended = false; !ended && lines.next(line);) {
    const RowReader row(file.origin(), line);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto node = row.whole(i, "DEPOT_SECTION", -1, dimension);
      ended = node == -1;
      if (ended) break;
      const auto depot = static_cast<std::int32_t>(node - 1);
      if (node == 0 || std::find(depots.begin(), depots.end(), depot) != depots.end()) {
        row.fail("DEPOT_SECTION",
                 "expected each depot's node once, from 1 on, found " + std::to_string(node));
      }
      depots.push_back(depot);
    }
  }
  if (!depots.empty()) return depots;
  fail_at(file.origin(), section->line, "DEPOT_SECTION: expected a depot, found none");
}

VrplibNodes read_vrplib_nodes(const VrplibFile& file, std::int32_t dimension,
                              const std::vector<std::int32_t>& depots, double scale,
                              const std::vector<std::vector<double>>& capacities) {
  return NodesReader(file, dimension, depots, scale).read(capacities);
}

std::vector<BackhaulRole> backhaul_roles(const VrplibNodes& nodes, std::int32_t dimension) {
  std::vector<BackhaulRole> roles(static_cast<std::size_t>(dimension), BackhaulRole::depot);
  for (std::size_t node = 0; node < roles.size(); ++node) {
    if (nodes.order_of[node] < 0) continue;
    const decode::Order& order = nodes.orders[static_cast<std::size_t>(nodes.order_of[node])];
    roles[node] = order.pickup ? BackhaulRole::backhaul : BackhaulRole::linehaul;
  }
  return roles;
}

}  // namespace roadgnn::io
