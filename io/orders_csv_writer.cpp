// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include <roadgnn/io/number_text.h>
#include <roadgnn/io/orders_csv.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::io {
namespace {

void append_text(std::string& out, const std::string& text) {
  if (text.find_first_of(",;\t\"\r\n ") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_place(std::string& out, const std::optional<StopRow>& stop) {
  if (stop) append_number(out, stop->place.lat);
  out += ',';
  if (stop) append_number(out, stop->place.lon);
  out += ',';
}

// open, close and the column for several windows.
void append_windows(std::string& out, const std::optional<StopRow>& stop) {
  const std::size_t number = stop ? stop->windows.size() : 0;
  if (number == 1) {
    const decode::TimeWindow& window = stop->windows.front();
    out += format_time_of_day(window.open);
    out += ',';
    if (window.close != decode::kNoLimit) out += format_time_of_day(window.close);
    out += ",,";
    return;
  }
  out += ",,";
  for (std::size_t i = 0; i < number; ++i) {
    if (i > 0) out += ';';
    out += format_time_of_day(stop->windows[i].open) + "-" +
           format_time_of_day(stop->windows[i].close);
  }
  out += ',';
}

void append_service(std::string& out, const std::optional<StopRow>& stop) {
  if (stop) append_thousandths(out, stop->service_ms);
  out += ',';
}

bool has_wishes(const OrderRow& order) {
  return order.late_cost_per_hour > 0 || order.max_ride_ms != decode::kNoLimit ||
         order.release_ms || !order.prefer.empty() || !order.group.empty() || !order.lock.empty();
}

void append_wishes(std::string& out, const OrderRow& order) {
  out += ',';
  if (order.late_cost_per_hour > 0) append_number(out, order.late_cost_per_hour);
  out += ',';
  if (order.max_ride_ms != decode::kNoLimit)
    append_number(out, static_cast<double>(order.max_ride_ms) / 60'000);
  out += ',';
  if (order.release_ms) out += format_time_of_day(*order.release_ms);
  out += ',';
  std::string prefer;
  for (const std::string& type : order.prefer) prefer += (prefer.empty() ? "" : ";") + type;
  if (!prefer.empty()) {
    prefer += '=';
    append_number(prefer, order.prefer_cost);
  }
  append_text(out, prefer);
  out += ',';
  append_text(out, order.group);
  out += ',';
  append_text(out, order.lock);
}

}  // namespace

void write_orders_csv(std::ostream& out, const std::vector<OrderRow>& orders) {
  out << "id,pickup_lat,pickup_lon,delivery_lat,delivery_lon,pickup_open,pickup_close,pickup_"
         "windows,"
         "delivery_open,delivery_close,delivery_windows,pickup_service_s,delivery_service_s,volume_"
         "l,"
         "weight_kg,needs,priority";
  const bool wishes = std::any_of(orders.begin(), orders.end(), has_wishes);
  out << (wishes ? ",late_cost,max_ride_min,release,prefer,group,lock\n" : "\n");
  std::string line;
  for (const OrderRow& order : orders) {
    line.clear();
    append_text(line, order.id);
    line += ',';
    append_place(line, order.pickup);
    append_place(line, order.delivery);
    append_windows(line, order.pickup);
    append_windows(line, order.delivery);
    append_service(line, order.pickup);
    append_service(line, order.delivery);
    append_thousandths(line, order.volume_ml);
    line += ',';
    append_thousandths(line, order.weight_g);
    line += ',';
    std::string needs;
    for (const std::string& need : order.needs) needs += (needs.empty() ? "" : ";") + need;
    append_text(line, needs);
    line += ',' + std::to_string(order.priority);
    if (wishes) append_wishes(line, order);
    out << line << '\n';
  }
}

}  // namespace roadgnn::io
