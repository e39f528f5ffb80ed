// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <roadgnn/io/osm/conditional.h>
#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

using When = VehicleCondition::When;

constexpr std::size_t kMostClauses = 16;

/// Without one pair of parentheses that spans the whole text, as often as there is one.
std::string_view without_parentheses(std::string_view text) {
  for (text = trimmed(text); text.size() >= 2 && text.front() == '(' && text.back() == ')';
       text = trimmed(text)) {
    int depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')') --depth;
      if (depth == 0) return text;
    }
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

/// Where `word`, between blanks and outside parentheses, begins; npos where it does not.
std::size_t find_and(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0 && i > 0 && i + 4 < text.size() && text[i - 1] == ' ' && text[i + 3] == ' ' &&
        equals_ignoring_case(text.substr(i, 3), "and")) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool compare(double left, std::string_view op, double right) {
  if (op == ">") return left > right;
  if (op == ">=") return left >= right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  return left == right;
}

/// "weight>7.5": true or false for the vehicle, nothing where the text is no comparison that is
/// known.
std::optional<bool> evaluate_comparison(const Profile::Rules::Vehicle& vehicle,
                                        std::string_view term) {
  const std::size_t at = term.find_first_of("<>=");
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const std::size_t op_size = at + 1 < term.size() && term[at + 1] == '=' ? 2 : 1;
  const std::string_view what = trimmed(term.substr(0, at)), op = term.substr(at, op_size);
  const std::string_view text = trimmed(term.substr(at + op_size));
  std::optional<double> limit;
  double own = 0;
  if (is_one_of(what, {"weight", "maxweight", "weightrating", "maxweightrating", "gvw", "gvwr"})) {
    limit = parse_weight_kg(text);
    own = vehicle.weight_kg;
  } else if (is_one_of(what, {"axleload", "maxaxleload"})) {
    limit = parse_weight_kg(text);
    own = vehicle.axle_load_kg;
  } else {
    limit = parse_length_m(text);
    if (is_one_of(what, {"height", "maxheight"}))
      own = vehicle.height_m;
    else if (is_one_of(what, {"width", "maxwidth"}))
      own = vehicle.width_m;
    else if (is_one_of(what, {"length", "maxlength"}))
      own = vehicle.length_m;
    else
      return false;
  }
  return limit && compare(own, op, *limit);
}

/// A clock time, a weekday, a month or a word of the opening-hours syntax at the beginning.
bool looks_like_hours(std::string_view term) {
  static constexpr std::array<std::string_view, 28> kWords = {
      "mo",  "tu",      "we",     "th",   "fr",   "sa",   "su",     "ph",  "sh",  "jan",
      "feb", "mar",     "apr",    "may",  "jun",  "jul",  "aug",    "sep", "oct", "nov",
      "dec", "sunrise", "sunset", "dawn", "dusk", "week", "easter", "24/7"};
  if (term.empty()) return false;
  if (term.front() == '(') term = trimmed(term.substr(1));
  if (!term.empty() && std::isdigit(static_cast<unsigned char>(term.front())) != 0) {
    return term.find(':') != std::string_view::npos || term == "24/7" ||
           std::any_of(term.begin(), term.end(),
                       [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; });
  }
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    if (term.size() < word.size() || !equals_ignoring_case(term.substr(0, word.size()), word))
      return false;
    return term.size() == word.size() ||
           std::isalpha(static_cast<unsigned char>(term[word.size()])) == 0;
  });
}

VehicleCondition evaluate_term(const Profile::Rules& rules, std::string_view term) {
  if (const auto result = evaluate_comparison(rules.vehicle, term)) {
    return {*result ? When::always : When::never, {}};
  }
  if (term == "hazmat") return {rules.vehicle.hazmat ? When::always : When::never, {}};
  if (is_one_of(term, {"destination", "delivery", "customers", "private", "residents", "permit",
                       "loading", "unloading"})) {
    return {When::at_ends, {}};
  }
  const auto names = mode_names();
  const auto mode = std::find(names.begin(), names.end(), term);
  if (mode != names.end()) {
    return {rules.has_mode(static_cast<Mode>(mode - names.begin())) ? When::always : When::never,
            {}};
  }
  if (looks_like_hours(term)) return {When::timed, std::string(term)};
  return {};
}

}  // namespace

std::vector<ConditionalClause> parse_conditional(std::string_view text) {
  std::vector<ConditionalClause> clauses;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size()) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')') --depth;
      if (text[i] != ';' || depth > 0) continue;
    }
    const std::string_view part = text.substr(begin, i - begin);
    const std::size_t at = part.find('@');
    if (at != std::string_view::npos) {
      if (clauses.size() == kMostClauses) break;
      clauses.push_back({trimmed(part.substr(0, at)), trimmed(part.substr(at + 1))});
    } else if (!clauses.empty() && !trimmed(part).empty()) {
      const char* start = clauses.back().condition.data();
      clauses.back().condition = {start,
                                  static_cast<std::size_t>(part.data() + part.size() - start)};
    }
    begin = i + 1;
  }
  for (ConditionalClause& clause : clauses)
    clause.condition = without_parentheses(clause.condition);
  return clauses;
}

VehicleCondition evaluate_condition(const Profile::Rules& rules, std::string_view condition) {
  VehicleCondition result{When::always, {}};
  condition = without_parentheses(condition);
  if (condition.empty()) return {};
  while (!condition.empty()) {
    const std::size_t end = find_and(condition);
    const bool last = end == std::string_view::npos;
    const VehicleCondition term =
        evaluate_term(rules, without_parentheses(last ? condition : condition.substr(0, end)));
    condition = last ? std::string_view() : condition.substr(end + 3);
    if (term.when == When::never) return {};
    if (term.when == When::timed) {
      result.hours += (result.hours.empty() ? "" : " ") + term.hours;
      if (result.when != When::at_ends) result.when = When::timed;
    }
    if (term.when == When::at_ends) result.when = When::at_ends;
  }
  return result;
}

}  // namespace roadgnn::io
