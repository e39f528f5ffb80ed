// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/solution_file.h>

#include <algorithm>
#include <charconv>
#include <string>

#include <roadgnn/io/error_list.h>
#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {
namespace {

constexpr std::string_view kRoute = "route", kCost = "cost";

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

std::int64_t whole_number(std::string_view text, std::string_view what, const std::string& origin,
                          std::int64_t line) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) {
    fail_at(origin, line,
            std::string(what) + ": expected a whole number, found " + quote_for_error(text));
  }
  return value;
}

// "Route #3: 1 2", "Route 3 : 1 2", "Route#3 : 1 2".
SolutionFile::Route read_route(const TextLine& line, const std::string& origin) {
  const std::size_t colon = line.text.find(':');
  if (colon == std::string_view::npos) {
    fail_at(origin, line.number, "expected 'Route #k: ...', found " + quote_for_error(line.text));
  }
  std::string_view number = line.text.substr(kRoute.size(), colon - kRoute.size());
  number.remove_prefix(std::min(number.find_first_not_of(" \t#"), number.size()));
  number = number.substr(0, number.find_last_not_of(" \t") + 1);
  SolutionFile::Route route;
  route.line = line.number;
  route.number = whole_number(number, "Route", origin, line.number);
  TextLines rest(line.text.substr(colon + 1));
  for (TextLine stops; rest.next(stops);) {
    for (const std::string_view field : stops.fields) {
      route.stops.push_back(whole_number(field, "Route", origin, line.number));
    }
  }
  return route;
}

}  // namespace

SolutionFile read_solution(std::string_view text, const std::string& origin) {
  SolutionFile solution;
  TextLines lines(text);
  for (TextLine line; lines.next(line);) {
    if (begins_with(line.text, kRoute)) {
      solution.routes.push_back(read_route(line, origin));
    } else if (begins_with(line.text, kCost)) {
      std::string_view value = line.text.substr(kCost.size());
      value.remove_prefix(std::min(value.find_first_not_of(" \t:"), value.size()));
      solution.cost = parse_number(value);
      if (!solution.cost) {
        fail_at(origin, line.number, "Cost: expected a number, found " + quote_for_error(value));
      }
    }
  }
  return solution;
}

void write_solution(std::ostream& out, const Instance& instance, const decode::Plan& plan) {
  std::vector<const decode::Route*> numbered;
  for (const decode::Route& route : plan.routes) {
    std::size_t number = numbered.size();
    if (!instance.vehicles.empty()) {
      number =
          static_cast<std::size_t>(instance.vehicles[static_cast<std::size_t>(route.vehicle_type)]
                                                    [static_cast<std::size_t>(route.vehicle)]);
    }
    if (number >= numbered.size()) numbered.resize(number + 1, nullptr);
    numbered[number] = &route;
  }
  for (std::size_t i = 0; i < numbered.size(); ++i) {
    out << "Route #" << i + 1 << ":";
    if (numbered[i] != nullptr) {
      const auto& steps = numbered[i]->steps;
      for (std::size_t s = 1; s + 1 < steps.size(); ++s) {
        if (steps[s].kind == decode::StepKind::rest) continue;
        out << ' ' << instance.numbers[static_cast<std::size_t>(steps[s].location)];
      }
    }
    out << '\n';
  }
  out << "Cost " << format_cost(instance, evaluate(instance, plan).cost) << '\n';
}

}  // namespace roadgnn::io
