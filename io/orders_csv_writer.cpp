// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

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

}  // namespace

void write_orders_csv(std::ostream& out, const std::vector<OrderRow>& orders) {
  out << "id,pickup_lat,pickup_lon,delivery_lat,delivery_lon,pickup_open,pickup_close,pickup_"
         "windows,"
         "delivery_open,delivery_close,delivery_windows,pickup_service_s,delivery_service_s,volume_"
         "l,"
         "weight_kg,needs,priority\n";
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
    line += ',' + std::to_string(order.priority) + '\n';
    out << line;
  }
}

}  // namespace roadgnn::io
