// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/plan_page.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/page/backdrop.h>
#include <roadgnn/io/page/embedded_files.h>
#include <roadgnn/io/page/encoding.h>
#include <roadgnn/io/page/plan_data.h>

namespace roadgnn::io {
namespace {

using page::embedded_file;

// A file of Leaflet's without the note at its end that sends developer tools looking for another
// file.
std::string_view leaflet_file(std::string_view name) {
  const std::string_view text = embedded_file(name);
  const auto note = text.find("# sourceMappingURL");
  return note == text.npos ? text : text.substr(0, note - 2);
}

// Leaflet's style sheet with its images inside.
std::string leaflet_css() {
  static constexpr std::string_view kImage = "url(images/";
  std::string_view css = leaflet_file("leaflet.css");
  std::string text;
  for (auto at = css.find(kImage); at != css.npos; at = css.find(kImage)) {
    const auto end = css.find(')', at);
    const auto name = css.substr(at + 4, end - at - 4);
    text += css.substr(0, at);
    text += "url(data:image/png;base64," + page::base64(embedded_file(name)) + ")";
    css.remove_prefix(end + 1);
  }
  return text += css;
}

std::string joined(std::initializer_list<const char*> names) {
  std::string text;
  for (const char* name : names) text += embedded_file(name);
  return text;
}

std::string style() {
  return joined({"plan.css", "lists.css", "map.css", "phone.css"});
}

std::string script() {
  return joined({"format.js", "decode.js", "layers.js", "overlay.js", "lists.js", "timeline.js",
                 "details.js", "model.js", "map_view.js", "app.js"});
}

std::string json_text(const nlohmann::ordered_json& json) {
  return page::safe_in_script(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Writes the template with each {{name}} in its place; what is filled in is not looked at again.
void fill_in(std::ostream& out, std::string_view text,
             const std::map<std::string_view, std::function<std::string()>>& parts) {
  for (auto at = text.find("{{"); at != text.npos; at = text.find("{{")) {
    const auto end = text.find("}}", at);
    out << text.substr(0, at) << parts.at(text.substr(at + 2, end - at - 2))();
    text.remove_prefix(end + 2);
  }
  out << text;
}

}  // namespace

void write_plan_page(std::ostream& out, const graph::RoadGraph& graph,
                     const decode::Problem& problem, const decode::Plan& plan,
                     std::span<const RouteLine> lines, std::span<const Coordinate> places,
                     const PlanPageOptions& options) {
  if (lines.size() != plan.routes.size()) {
    throw Error("plan.html: " + std::to_string(plan.routes.size()) + " routes but " +
                std::to_string(lines.size()) + " lines");
  }
  std::vector<std::string> names;
  const std::string roads = page::encode_backdrop(page::streets_of(graph), graph, names);
  nlohmann::ordered_json about = page::describe_plan(problem, plan, places);
  about["title"] = options.title;
  about["streets"] = names;
  about["scorer"] = options.scorer;

  fill_in(out, embedded_file("plan.html"),
          {{"title", [&] { return page::escape_html(options.title); }},
           {"leaflet.css", leaflet_css},
           {"plan.css", style},
           {"plan", [&] { return json_text(about); }},
           {"roads", [&] { return page::base64(roads); }},
           {"routes", [&] { return page::base64(page::encode_routes(problem, plan, lines)); }},
           {"reasons", [&] { return page::base64(page::encode_reasons(options.reasons)); }},
           {"leaflet.js", [] { return std::string(leaflet_file("leaflet.js")); }},
           {"plan.js", script}});
}

}  // namespace roadgnn::io
