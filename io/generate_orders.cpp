// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/generate_orders.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/csv_reader.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/street_sampler.h>

namespace roadgnn::io {
namespace {

constexpr std::int64_t kMinute_ms = 60'000;

// A kind of order and what it usually looks like.
struct Kind {
  std::int64_t percent;  // of all orders
  std::int64_t volume_min_l, volume_max_l;
  std::int64_t weight_min_g, weight_max_g;
  std::int64_t service_min_s, service_max_s;
  std::int64_t chilled_percent;
};
constexpr std::array kKinds = {
    Kind{65, 1, 30, 100, 6'000, 60, 120, 0},        // parcels
    Kind{22, 20, 90, 3'000, 15'000, 150, 270, 30},  // groceries
    Kind{6, 5, 40, 1'000, 10'000, 90, 180, 100},    // chilled goods
    Kind{7, 80, 350, 8'000, 40'000, 240, 480, 0},   // bulky goods
};

constexpr std::int64_t kWindowPercent = 30, kPairPercent = 10, kReturnPercent = 2;
constexpr std::int64_t kOrdersPerShop = 200;

const Kind& draw_kind(Dice& dice) {
  std::int64_t ticket = dice.between(1, 100);
  for (const Kind& kind : kKinds) {
    if (ticket <= kind.percent) return kind;
    ticket -= kind.percent;
  }
  return kKinds.back();
}

// Two hours, beginning on a full or half hour from 9:00 to 17:00.
decode::TimeWindow draw_window(Dice& dice) {
  const std::int64_t open = 9 * 60 * kMinute_ms + dice.between(0, 16) * 30 * kMinute_ms;
  return {open, open + 120 * kMinute_ms};
}

int draw_priority(Dice& dice) {
  const std::int64_t ticket = dice.between(1, 100);
  return ticket <= 3 ? 100 : ticket <= 15 ? 50 : 0;
}

OrderRow draw_order(const StreetSampler& streets, const std::vector<Coordinate>& shops,
                    Dice& dice) {
  OrderRow order;
  const Kind& kind = draw_kind(dice);
  order.volume_ml = 500 * dice.low_between(2 * kind.volume_min_l, 2 * kind.volume_max_l);
  order.weight_g = 100 * dice.low_between(kind.weight_min_g / 100, kind.weight_max_g / 100);
  if (dice.percent(kind.chilled_percent)) order.needs = {"chilled"};
  order.priority = draw_priority(dice);

  StopRow customer;
  customer.place = streets.draw(dice);
  customer.service_ms = 10'000 * dice.between(kind.service_min_s / 10, kind.service_max_s / 10);
  if (dice.percent(kWindowPercent)) customer.windows = {draw_window(dice)};

  const std::int64_t ticket = dice.between(1, 100);
  if (ticket <= kPairPercent) {
    StopRow shop;
    shop.place = shops[static_cast<std::size_t>(
        dice.between(0, static_cast<std::int64_t>(shops.size()) - 1))];
    shop.service_ms = 10'000 * dice.between(6, 12);
    order.pickup = shop;
    order.delivery = customer;
  } else if (ticket <= kPairPercent + kReturnPercent) {
    order.pickup = customer;
  } else {
    order.delivery = customer;
  }
  return order;
}

}  // namespace

std::vector<PopulationZone> read_zones_csv(std::string_view text, const std::string& origin) {
  constexpr std::array<std::string_view, 4> kColumns = {"lat", "lon", "population", "radius_m"};
  CsvReader reader(text, origin, kColumns);
  ErrorList errors(origin, 20);
  std::array<std::size_t, kColumns.size()> at{};
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    const auto found = std::find(reader.columns().begin(), reader.columns().end(), kColumns[c]);
    at[c] = static_cast<std::size_t>(found - reader.columns().begin());
    if (found == reader.columns().end()) {
      errors.add(reader.header_line(),
                 "expected a column '" + std::string(kColumns[c]) + "', found none");
    }
  }
  errors.throw_if_any();

  constexpr std::array<double, 4> kMin = {-90, -180, 0, 1}, kMax = {90, 180, 1e9, 1e6};
  std::vector<PopulationZone> zones;
  std::vector<std::string_view> fields;
  while (reader.next(fields)) {
    std::array<double, 4> values{};
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      const std::string_view field = at[c] < fields.size() ? fields[at[c]] : std::string_view();
      const auto [end, status] =
          std::from_chars(field.data(), field.data() + field.size(), values[c]);
      if (status != std::errc() || end != field.data() + field.size() ||
          !(values[c] >= kMin[c] && values[c] <= kMax[c])) {
        char expected[64];
        std::snprintf(expected, sizeof expected, "expected a number from %g to %g, found ", kMin[c],
                      kMax[c]);
        errors.add(reader.line(),
                   std::string(kColumns[c]) + ": " + expected + quote_for_error(field));
      }
    }
    zones.push_back({{values[0], values[1]},
                     static_cast<std::int64_t>(values[2]),
                     static_cast<std::int64_t>(values[3])});
  }
  if (zones.empty()) errors.add(0, "expected at least one zone, found none");
  errors.throw_if_any();
  return zones;
}

std::vector<OrderRow> generate_orders(const graph::RoadGraph& graph,
                                      const std::vector<PopulationZone>& zones,
                                      const GenerateOptions& options) {
  const StreetSampler streets(graph, zones);
  Dice dice(options.seed);
  std::vector<Coordinate> shops(static_cast<std::size_t>(options.count / kOrdersPerShop + 3));
  for (Coordinate& shop : shops) shop = streets.draw(dice);

  std::vector<OrderRow> orders;
  orders.reserve(static_cast<std::size_t>(options.count));
  for (std::int32_t i = 0; i < options.count; ++i) {
    OrderRow order = draw_order(streets, shops, dice);
    char id[24];
    std::snprintf(id, sizeof id, "O%06d", i + 1);
    order.id = id;
    order.line = i + 2;
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace roadgnn::io
