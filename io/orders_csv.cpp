// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/orders_csv.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include <roadgnn/io/csv_reader.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::io {
namespace {

enum Column : std::size_t {
  kId,
  kPickupLat,
  kPickupLon,
  kDeliveryLat,
  kDeliveryLon,
  kPickupOpen,
  kPickupClose,
  kDeliveryOpen,
  kDeliveryClose,
  kPickupWindows,
  kDeliveryWindows,
  kPickupService,
  kDeliveryService,
  kVolume,
  kWeight,
  kNeeds,
  kPriority,
  kLateCost,
  kMaxRide,
  kRelease,
  kPrefer,
  kGroup,
  kLock,
  kNumColumns
};

constexpr std::array<std::string_view, kNumColumns> kColumnNames = {"id",
                                                                    "pickup_lat",
                                                                    "pickup_lon",
                                                                    "delivery_lat",
                                                                    "delivery_lon",
                                                                    "pickup_open",
                                                                    "pickup_close",
                                                                    "delivery_open",
                                                                    "delivery_close",
                                                                    "pickup_windows",
                                                                    "delivery_windows",
                                                                    "pickup_service_s",
                                                                    "delivery_service_s",
                                                                    "volume_l",
                                                                    "weight_kg",
                                                                    "needs",
                                                                    "priority",
                                                                    "late_cost",
                                                                    "max_ride_min",
                                                                    "release",
                                                                    "prefer",
                                                                    "group",
                                                                    "lock"};

// The columns of one end of an order.
struct EndColumns {
  const char* name;
  Column lat, lon, open, close, windows, service;
};
constexpr EndColumns kPickup = {"pickup",     kPickupLat,     kPickupLon,    kPickupOpen,
                                kPickupClose, kPickupWindows, kPickupService};
constexpr EndColumns kDelivery = {"delivery",     kDeliveryLat,     kDeliveryLon,    kDeliveryOpen,
                                  kDeliveryClose, kDeliveryWindows, kDeliveryService};

constexpr double kMaxLoad = 1e6;  // litres or kilograms
constexpr double kMaxService_s = 86'400;
constexpr double kMaxRide_min = 2880, kMaxPrice = 1e9;
constexpr double kPreferCost = 10;

class OrdersParser {
 public:
  OrdersParser(std::string_view text, const std::string& origin, const OrdersCsvOptions& options)
      : options_(options),
        errors_(origin, options.max_errors),
        reader_(text, origin, kColumnNames) {}

  std::vector<OrderRow> run() {
    read_header();
    errors_.throw_if_any();
    std::vector<OrderRow> orders;
    while (reader_.next(fields_)) {
      if (!check_number_of_fields()) continue;
      orders.push_back(read_row());
    }
    report_swapped();
    errors_.throw_if_any();
    return orders;
  }

 private:
  struct Swapped {
    std::int64_t line;
    const EndColumns* end;
    Coordinate found;
  };

  void read_header() {
    column_at_.fill(-1);
    const auto& columns = reader_.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto found = std::find(kColumnNames.begin(), kColumnNames.end(), columns[i]);
      if (found == kColumnNames.end()) {
        // Spreadsheets leave empty columns behind; read_row refuses them where they hold something.
        if (!columns[i].empty()) {
          header_error("unknown column " + quote_for_error(columns[i]) +
                       (errors_.full() ? std::string() : did_you_mean(columns[i], kColumnNames)));
        }
        continue;
      }
      auto& at = column_at_[static_cast<std::size_t>(found - kColumnNames.begin())];
      if (at >= 0) header_error("the column '" + columns[i] + "' stands twice");
      at = static_cast<int>(i);
    }
    require_columns();
  }

  void require_columns() {
    if (!has(kId)) header_error("expected a column 'id', found none");
    if (!has(kPickupLat) && !has(kDeliveryLat) && !has(kPickupLon) && !has(kDeliveryLon)) {
      header_error(
          "expected the columns 'delivery_lat' and 'delivery_lon' or 'pickup_lat' and "
          "'pickup_lon', found none of them");
    }
    for (const EndColumns* end : {&kPickup, &kDelivery}) {
      for (const auto& [one, other] :
           {std::pair(end->lat, end->lon), std::pair(end->lon, end->lat)}) {
        if (has(one) && !has(other)) {
          header_error("expected a column '" + std::string(kColumnNames[other]) + "' beside '" +
                       std::string(kColumnNames[one]) + "', found none");
        }
      }
    }
  }

  bool check_number_of_fields() {
    const std::size_t expected = reader_.columns().size();
    const bool only_empty_ones_more =
        fields_.size() > expected &&
        std::all_of(fields_.begin() + static_cast<std::ptrdiff_t>(expected), fields_.end(),
                    [](std::string_view field) { return field.empty(); });
    if (std::all_of(fields_.begin(), fields_.end(), [](auto field) { return field.empty(); }))
      return false;
    if (fields_.size() == expected || only_empty_ones_more) return true;
    errors_.add(reader_.line(), "expected " + std::to_string(expected) +
                                    " fields as in the header, found " +
                                    std::to_string(fields_.size()));
    return false;
  }

  OrderRow read_row() {
    OrderRow row;
    row.line = reader_.line();
    row.id = field(kId);
    check_id(field(kId));
    refuse_unnamed();
    row.pickup = read_stop(kPickup);
    row.delivery = read_stop(kDelivery);
    if (!row.pickup && !row.delivery && bad_ends_ == 0) {
      error(has(kDeliveryLat) ? kDeliveryLat : kPickupLat,
            "expected a place to pick up or to deliver, found neither");
    }
    bad_ends_ = 0;
    row.volume_ml = read_thousandths(kVolume, kMaxLoad, "litres from 0 to 1000000");
    row.weight_g = read_thousandths(kWeight, kMaxLoad, "kilograms from 0 to 1000000");
    row.needs = read_needs();
    row.priority = read_priority();
    read_wishes(row);
    return row;
  }

  void check_id(std::string_view id) {
    if (id.empty()) return error(kId, "expected a name or number, found nothing");
    if (!is_utf8_text(id)) return error(kId, "expected UTF-8 text, found " + quote_for_error(id));
    const auto [first, is_new] = line_of_id_.emplace(id, reader_.line());
    if (!is_new) {
      error(kId, "expected each id once, found " + quote_for_error(id) + " again; first on line " +
                     std::to_string(first->second));
    }
  }

  void refuse_unnamed() {
    const auto& columns = reader_.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].empty() && !fields_[i].empty()) {
        errors_.add(reader_.line(), "expected nothing in column " + std::to_string(i + 1) +
                                        ", which has no name, found " +
                                        quote_for_error(fields_[i]));
      }
    }
  }

  std::optional<StopRow> read_stop(const EndColumns& end) {
    if (field(end.lat).empty() && field(end.lon).empty()) {
      refuse_values_without_place(end);
      return {};
    }
    StopRow stop;
    if (!read_place(end, stop.place)) ++bad_ends_;
    stop.windows = read_windows(end);
    stop.service_ms = read_thousandths(end.service, kMaxService_s, "seconds from 0 to 86400");
    return stop;
  }

  void refuse_values_without_place(const EndColumns& end) {
    for (const Column column : {end.open, end.close, end.windows, end.service}) {
      if (field(column).empty()) continue;
      if (column == end.service &&
          read_thousandths(column, kMaxService_s, "seconds from 0 to 86400") == 0) {
        continue;
      }
      error(column, "expected nothing, because the order has no " + std::string(end.name) +
                        " place, found " + quote_for_error(field(column)));
    }
  }

  bool read_place(const EndColumns& end, Coordinate& place) {
    ++num_places_;
    const auto lat = read_degrees(end.lat, "latitude"), lon = read_degrees(end.lon, "longitude");
    if (!lat || !lon) return false;
    place = to_wgs84({*lat, *lon}, options_.coordinates);
    const Coordinate exchanged = to_wgs84({*lon, *lat}, options_.coordinates);
    if (options_.city && !contains(*options_.city, place, kBoxMargin_deg) &&
        contains(*options_.city, exchanged, kBoxMargin_deg)) {
      swapped_.push_back({reader_.line(), &end, {*lat, *lon}});
      return false;
    }
    return check_range(end.lat, *lat, 90, "a latitude from -90 to 90") &&
           check_range(end.lon, *lon, 180, "a longitude from -180 to 180");
  }

  std::optional<double> read_degrees(Column column, const char* what) {
    const auto value = parse_number(field(column));
    if (!value) {
      error(column, "expected a " + std::string(what) + " in degrees, found " +
                        quote_for_error(field(column)));
    }
    return value;
  }

  bool check_range(Column column, double value, double limit, const char* expected) {
    if (std::abs(value) <= limit) return true;
    error(column,
          "expected " + std::string(expected) + ", found " + quote_for_error(field(column)));
    return false;
  }

  std::vector<decode::TimeWindow> read_windows(const EndColumns& end) {
    const std::string_view several = field(end.windows);
    const bool has_one = !field(end.open).empty() || !field(end.close).empty();
    if (!several.empty() && has_one) {
      error(end.windows, "expected either this or " + std::string(kColumnNames[end.open]) +
                             " and " + std::string(kColumnNames[end.close]) + ", found both");
      return {};
    }
    if (!several.empty()) return read_several_windows(end.windows, several);
    if (!has_one) return {};
    decode::TimeWindow window;
    if (!read_time(end.open, window.open) || !read_time(end.close, window.close)) return {};
    if (window.close == decode::kNoLimit) return {window};
    const auto made = make_window(window.open, window.close);
    if (!made) {
      error(end.close, "expected a time after " + std::string(field(end.open)) + ", found " +
                           quote_for_error(field(end.close)));
      return {};
    }
    return {*made};
  }

  // Leaves `ms` where the field is empty.
  bool read_time(Column column, std::int64_t& ms) {
    if (field(column).empty()) return true;
    const auto time = parse_time_of_day(with_decimal_point(field(column)));
    if (time) {
      ms = *time;
    } else {
      error(column, std::string("expected ") + kTimeOfDayForm + ", found " +
                        quote_for_error(field(column)));
    }
    return time.has_value();
  }

  std::vector<decode::TimeWindow> read_several_windows(Column column, std::string_view text) {
    std::vector<decode::TimeWindow> windows;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(";|"), rest.size());
      const std::string_view one = trimmed_field(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (one.empty()) continue;
      const auto window = parse_window(one);
      if (!window) {
        error(column,
              "expected windows such as 08:00-10:00;13:00-15:00, found " + quote_for_error(one));
        return {};
      }
      windows.push_back(*window);
    }
    return merged(std::move(windows));
  }

  static std::optional<decode::TimeWindow> parse_window(std::string_view text) {
    constexpr std::string_view kEnDash = "\xE2\x80\x93";
    std::size_t dash = text.find('-'), dash_size = 1;
    if (dash == std::string_view::npos) {
      dash = text.find(kEnDash);
      dash_size = kEnDash.size();
    }
    if (dash == std::string_view::npos) return {};
    const auto open = parse_time_of_day(trimmed_field(text.substr(0, dash)));
    const auto close = parse_time_of_day(trimmed_field(text.substr(dash + dash_size)));
    if (!open || !close) return {};
    return make_window(*open, *close);
  }

  static std::vector<decode::TimeWindow> merged(std::vector<decode::TimeWindow> windows) {
    std::sort(windows.begin(), windows.end(), [](const auto& a, const auto& b) {
      return std::pair(a.open, a.close) < std::pair(b.open, b.close);
    });
    std::vector<decode::TimeWindow> result;
    for (const decode::TimeWindow& window : windows) {
      if (!result.empty() && window.open <= result.back().close) {
        result.back().close = std::max(result.back().close, window.close);
      } else {
        result.push_back(window);
      }
    }
    return result;
  }

  // A number from 0 to `limit` in thousandths of its unit; 0 where the field is empty.
  std::int64_t read_thousandths(Column column, double limit, const char* expected) {
    if (field(column).empty()) return 0;
    const auto value = parse_number(field(column));
    if (!value || *value < 0 || *value > limit) {
      error(column,
            "expected " + std::string(expected) + ", found " + quote_for_error(field(column)));
      return 0;
    }
    return std::llround(*value * 1000);
  }

  void read_wishes(OrderRow& row) {
    row.late_cost_per_hour = read_amount(kLateCost, kMaxPrice, "a price per hour").value_or(0);
    if (const auto ride = read_amount(kMaxRide, kMaxRide_min, "minutes from 0 to 2880"))
      row.max_ride_ms = std::llround(*ride * 60'000);
    std::int64_t release = 0;
    if (!field(kRelease).empty() && read_time(kRelease, release)) {
      if (row.pickup) {
        error(kRelease, "expected nothing for an order with a pickup, found " +
                            quote_for_error(field(kRelease)));
      } else {
        row.release_ms = release;
      }
    }
    read_preference(row);
    row.group = read_name(kGroup);
    row.lock = read_name(kLock);
  }

  std::string read_name(Column column) {
    std::string name(field(column));
    if (!is_utf8_text(name)) error(column, "expected UTF-8 text, found " + quote_for_error(name));
    return name;
  }

  void read_preference(OrderRow& row) {
    const std::string_view text = field(kPrefer);
    const std::size_t equals = text.find('=');
    row.prefer = read_list(kPrefer, text.substr(0, equals));
    if (row.prefer.empty() && equals == std::string_view::npos) return;
    row.prefer_cost = kPreferCost;
    if (equals == std::string_view::npos) return;
    const auto cost = parse_number(trimmed_field(text.substr(equals + 1)));
    if (row.prefer.empty() || !cost || *cost < 0 || *cost > kMaxPrice) {
      error(kPrefer,
            "expected vehicle types such as van;truck or, with a price, van;truck=7.5, found " +
                quote_for_error(text));
    } else {
      row.prefer_cost = *cost;
    }
  }

  // Nothing where the field is empty or wrong.
  std::optional<double> read_amount(Column column, double limit, const char* expected) {
    if (field(column).empty()) return {};
    const auto value = parse_number(field(column));
    if (value && *value >= 0 && *value <= limit) return value;
    error(column,
          "expected " + std::string(expected) + ", found " + quote_for_error(field(column)));
    return {};
  }

  std::vector<std::string> read_needs() { return read_list(kNeeds, field(kNeeds)); }

  std::vector<std::string> read_list(Column column, std::string_view rest) {
    std::vector<std::string> needs;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(";|,"), rest.size());
      const std::string_view need = trimmed_field(rest.substr(0, end));
      if (!is_utf8_text(need)) error(column, "expected UTF-8 text, found " + quote_for_error(need));
      if (!need.empty()) needs.emplace_back(need);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return needs;
  }

  int read_priority() {
    if (field(kPriority).empty()) return 0;
    const auto value = parse_number(field(kPriority));
    if (value && *value >= 0 && *value <= 100 && *value == std::floor(*value))
      return static_cast<int>(*value);
    error(kPriority,
          "expected a whole number from 0 to 100, found " + quote_for_error(field(kPriority)));
    return 0;
  }

  // With another separator than the comma, one comma is a decimal comma.
  std::string with_decimal_point(std::string_view text) const {
    std::string result(text);
    if (reader_.separator() != ',' && result.find('.') == std::string::npos) {
      const std::size_t comma = result.find(',');
      if (comma != std::string::npos) result[comma] = '.';
    }
    return result;
  }

  std::optional<double> parse_number(std::string_view text) const {
    std::string converted;
    if (text.find(',') != std::string_view::npos) {
      converted = with_decimal_point(text);
      text = converted;
    }
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      return {};
    return value;
  }

  // One exchanged row is a slip of that row; when most are, the columns are exchanged and one line
  // says so.
  void report_swapped() {
    if (swapped_.size() > 1 && 2 * swapped_.size() > num_places_) {
      errors_.add(swapped_.front().line, "latitude and longitude look swapped in " +
                                             std::to_string(swapped_.size()) + " of " +
                                             std::to_string(num_places_) + " places: first in " +
                                             describe(swapped_.front()));
      return;
    }
    for (const Swapped& place : swapped_) {
      errors_.add(place.line,
                  "latitude and longitude look swapped: expected a place in the city, found " +
                      describe(place));
    }
  }

  static std::string describe(const Swapped& place) {
    return std::string(place.end->name) + "_lat " + std::to_string(place.found.lat) + ", " +
           place.end->name + "_lon " + std::to_string(place.found.lon);
  }

  bool has(Column column) const { return column_at_[column] >= 0; }
  std::string_view field(Column column) const {
    return has(column) ? fields_[static_cast<std::size_t>(column_at_[column])] : std::string_view();
  }
  void error(Column column, const std::string& message) {
    errors_.add(reader_.line(), std::string(kColumnNames[column]) + ": " + message);
  }
  void header_error(const std::string& message) { errors_.add(reader_.header_line(), message); }

  static constexpr double kBoxMargin_deg = 0.05;

  const OrdersCsvOptions& options_;
  ErrorList errors_;
  CsvReader reader_;
  std::array<int, kNumColumns> column_at_{};
  std::vector<std::string_view> fields_;
  std::unordered_map<std::string_view, std::int64_t> line_of_id_;
  std::vector<Swapped> swapped_;
  std::size_t num_places_ = 0;
  int bad_ends_ = 0;
};

}  // namespace

std::vector<OrderRow> read_orders_csv(std::string_view text, const std::string& origin,
                                      const OrdersCsvOptions& options) {
  return OrdersParser(text, origin, options).run();
}

}  // namespace roadgnn::io
