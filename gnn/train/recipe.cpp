// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/recipe.h>

#include <algorithm>
#include <array>
#include <optional>

#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/nearest_name.h>

namespace roadgnn::gnn::train {
namespace {

using io::Json;
using io::JsonObject;

constexpr std::array<std::string_view, 5> kRecipeKeys = {
    "seed", "plans_per_problem", "iterations_per_stop", "problems_per_shard", "sources"};
constexpr std::array<std::string_view, 5> kPlaneKeys = {"kind", "style", "count", "least_stops",
                                                        "most_stops"};
constexpr std::array<std::string_view, 5> kCityKeys = {"kind", "city", "count", "least_orders",
                                                       "most_orders"};
constexpr std::array<std::string_view, 6> kInstanceKeys = {"kind",      "instances", "solutions",
                                                           "objective", "prefix",    "most_stops"};
constexpr std::array<std::string_view, 3> kStyles = {"mixed", "uchoa", "long_routes"};
constexpr std::array<std::string_view, 3> kKinds = {"plane", "city", "instances"};

constexpr std::int64_t kMostProblems = 10'000'000, kMostStops = 100'000;

void read_number(const JsonObject& object, std::string_view key, std::int64_t min, std::int64_t max,
                 std::int32_t& value, bool required = false) {
  if (!required && !object.has(key)) return;
  if (const auto found = object.whole_number(key, min, max, required))
    value = static_cast<std::int32_t>(*found);
}

/// The place of one of `names`, the text at `key`.
template <std::size_t size>
std::optional<std::size_t> read_name(const JsonObject& object, std::string_view key,
                                     const std::array<std::string_view, size>& names) {
  if (!object.has(key)) return {};
  const auto text = object.text(key);
  if (!text) return {};
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string list;
  for (const std::string_view name : names)
    list += (list.empty() ? "" : name == names.back() ? " or " : ", ") + std::string(name);
  object.error(key,
               "expected " + list + ", found '" + *text + "'" + io::did_you_mean(*text, names));
  return {};
}

void require_order(const JsonObject& object, std::string_view key, std::int32_t least,
                   std::int32_t most) {
  if (least > most) {
    object.error(key,
                 "expected at least " + std::to_string(least) + ", found " + std::to_string(most));
  }
}

PlaneSource read_plane(const Json& value, const std::string& path, io::ErrorList& errors) {
  const JsonObject object(value, path, kPlaneKeys, errors);
  PlaneSource source;
  if (const auto style = read_name(object, "style", kStyles))
    source.options.style = static_cast<PlaneStyle>(*style);
  read_number(object, "count", 1, kMostProblems, source.count, true);
  read_number(object, "least_stops", 10, kMostStops, source.options.least_stops);
  read_number(object, "most_stops", 10, kMostStops, source.options.most_stops);
  require_order(object, "most_stops", source.options.least_stops, source.options.most_stops);
  return source;
}

CitySource read_city(const Json& value, const std::string& path, io::ErrorList& errors) {
  const JsonObject object(value, path, kCityKeys, errors);
  CitySource source;
  source.city = object.text("city").value_or("");
  read_number(object, "count", 1, kMostProblems, source.count, true);
  read_number(object, "least_orders", 1, kMostStops, source.least_orders);
  read_number(object, "most_orders", 1, kMostStops, source.most_orders);
  require_order(object, "most_orders", source.least_orders, source.most_orders);
  return source;
}

InstanceSource read_instances(const Json& value, const std::string& path, io::ErrorList& errors) {
  const JsonObject object(value, path, kInstanceKeys, errors);
  InstanceSource source;
  source.instances = object.text("instances").value_or("");
  if (object.has("solutions")) source.solutions = object.text("solutions").value_or("");
  if (object.has("prefix")) source.prefix = object.text("prefix").value_or("");
  if (const auto objective = read_name(object, "objective", io::kObjectiveNames))
    source.objective = static_cast<io::Objective>(*objective);
  read_number(object, "most_stops", 1, kMostStops, source.most_stops);
  return source;
}

void read_source(const Json& value, const std::string& path, Recipe& recipe,
                 io::ErrorList& errors) {
  const std::string kind = value.is_object() && value.contains("kind") && value["kind"].is_string()
                               ? value["kind"].get<std::string>()
                               : "";
  if (kind == "plane") {
    recipe.sources.emplace_back(read_plane(value, path, errors));
  } else if (kind == "city") {
    recipe.sources.emplace_back(read_city(value, path, errors));
  } else if (kind == "instances") {
    recipe.sources.emplace_back(read_instances(value, path, errors));
  } else {
    errors.add(0, path + ".kind: expected plane, city or instances, found '" + kind + "'" +
                      io::did_you_mean(kind, kKinds));
  }
}

}  // namespace

Recipe read_recipe(std::string_view text, const std::string& origin) {
  const Json document = io::parse_json(text, origin);
  io::ErrorList errors(origin, 20);
  const JsonObject object(document, "", kRecipeKeys, errors);
  Recipe recipe;
  if (object.has("seed")) {
    recipe.seed =
        static_cast<std::uint64_t>(object.whole_number("seed", 0, INT64_MAX / 2).value_or(1));
  }
  read_number(object, "plans_per_problem", 1, 100, recipe.plans_per_problem);
  if (object.has("iterations_per_stop")) {
    recipe.iterations_per_stop =
        object.number("iterations_per_stop", 0, 1e9).value_or(recipe.iterations_per_stop);
  }
  read_number(object, "problems_per_shard", 1, 4096, recipe.problems_per_shard);
  const Json* sources = object.find("sources");
  if (sources == nullptr || !sources->is_array() || sources->empty()) {
    object.error("sources", "expected a list of sources, found " +
                                (sources == nullptr ? "nothing" : io::describe_json(*sources)));
  } else {
    for (std::size_t i = 0; i < sources->size(); ++i)
      read_source((*sources)[i], "sources[" + std::to_string(i) + "]", recipe, errors);
  }
  errors.throw_if_any();
  return recipe;
}

}  // namespace roadgnn::gnn::train
