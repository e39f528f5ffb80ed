// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/opening_hours.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace roadgnn::graph {
namespace {

constexpr int kDay = 24 * 60;
constexpr std::array<std::string_view, 7> kWeekdays = {"mo", "tu", "we", "th", "fr", "sa", "su"};
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<int, 12> kDaysOfMonth = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Event {
  std::string_view name;
  int minute;
};
// The sun's times where the place and the date are not known, as opening_hours evaluators assume
// them.
constexpr std::array<Event, 4> kEvents = {
    Event{"sunrise", 6 * 60}, {"sunset", 18 * 60}, {"dawn", 5 * 60 + 30}, {"dusk", 18 * 60 + 30}};

Holds holds_if(bool holds) {
  return holds ? Holds::yes : Holds::no;
}
bool between(int value, int from, int to) {
  return from <= to ? from <= value && value <= to : value >= from || value <= to;
}

// A day as the selectors see it.
struct Day {
  int weekday;
  std::optional<int> date;  // month * 32 + day of the month
};

Day day_of(const Departure& departure) {
  const int weekday = ((departure.minute_of_week / kDay) % 7 + 7) % 7;
  if (!departure.month || !departure.day) return {weekday, {}};
  return {weekday, std::clamp(*departure.month, 1, 12) * 32 + std::clamp(*departure.day, 1, 31)};
}

Day day_before(const Day& day) {
  Day before{(day.weekday + 6) % 7, {}};
  if (!day.date) return before;
  const int month = *day.date / 32, of_month = *day.date % 32;
  const int month_before = month == 1 ? 12 : month - 1;
  before.date = of_month > 1
                    ? *day.date - 1
                    : month_before * 32 + kDaysOfMonth[static_cast<std::size_t>(month_before - 1)];
  return before;
}

// Reads one rule after the other and keeps what they say about the moment: index 0 for the moment's
// own day, 1 for the hours past midnight of the day before.
class Evaluator {
 public:
  Evaluator(std::string_view text, const Departure& departure)
      : text_(text), minute_((departure.minute_of_week % kDay + kDay) % kDay) {
    days_[0] = day_of(departure);
    days_[1] = day_before(days_[0]);
  }

  Holds run() {
    Holds result = Holds::no;
    bool additional = false;
    while (true) {
      rule_ = {};
      if (!read_selectors()) return Holds::no;
      if (!rule_.empty) result = apply(result, additional);
      skip_spaces();
      if (at_ == text_.size()) return result;
      if (accept("||") || accept(",")) {
        additional = true;
      } else if (accept(";")) {
        additional = false;
      } else {
        return Holds::no;
      }
    }
  }

 private:
  using Both = std::array<Holds, 2>;
  struct Rule {
    bool empty = true, off = false, has_times = false;
    Both day = {Holds::yes, Holds::yes};
    std::array<bool, 2> time = {false, false};
  };

  Holds apply(Holds before, bool additional) const {
    const Holds today = rule_.day[0];
    const bool time_today = !rule_.has_times || rule_.time[0];
    const Holds now = std::max(time_today ? today : Holds::no,
                               rule_.has_times && rule_.time[1] ? rule_.day[1] : Holds::no);
    if (rule_.off) {
      if (now == Holds::yes) return Holds::no;
      return now == Holds::unknown ? std::min(before, Holds::unknown) : before;
    }
    if (additional || today == Holds::no) return std::max(before, now);
    if (today == Holds::yes) return now;
    return now == before ? before : Holds::unknown;
  }

  bool read_selectors() {
    while (true) {
      skip_spaces();
      if (at_ == text_.size()) return true;
      const char c = text_[at_];
      if (c == ';' || c == ',' || c == '|') return true;
      if (c == '(' || c == ')' || c == ':') {
        ++at_;
        continue;
      }
      if (c == '"') {
        const std::size_t end = text_.find('"', at_ + 1);
        if (end == std::string_view::npos) return false;
        at_ = end + 1;
        continue;
      }
      rule_.empty = false;
      if (accept("24/7") || accept_word("open") || accept_word("yes")) continue;
      if (accept_word("off") || accept_word("closed")) {
        rule_.off = true;
      } else if (peek_month()) {
        if (!read_dates()) return false;
      } else if (peek_day()) {
        if (!read_days()) return false;
      } else if (!read_times()) {
        return false;
      }
    }
  }

  bool read_dates() {
    Both found = {Holds::no, Holds::no};
    do {
      int from = 0, to = 0;
      if (!read_date_range(from, to)) return false;
      for (std::size_t i = 0; i < 2; ++i) {
        const Holds here =
            days_[i].date ? holds_if(between(*days_[i].date, from, to)) : Holds::unknown;
        found[i] = std::max(found[i], here);
      }
    } while (accept_list_comma([&] { return peek_month(); }));
    restrict_days(found);
    return true;
  }

  // `Nov`, `Nov-Mar`, `May 1`, `May 1-7`, `Dec 24-Jan 6`.
  bool read_date_range(int& from, int& to) {
    const int month = read_name(kMonths) + 1;
    if (month == 0) return false;
    const std::optional<int> day = read_day_of_month();
    from = month * 32 + day.value_or(1);
    to = month * 32 + day.value_or(31);
    skip_spaces();
    if (!accept("-")) return true;
    skip_spaces();
    const int last_month = peek_month() ? read_name(kMonths) + 1 : 0;
    const std::optional<int> last_day = read_day_of_month();
    if (last_month == 0 && !(day && last_day)) return false;
    to = (last_month != 0 ? last_month : month) * 32 + last_day.value_or(31);
    return true;
  }

  std::optional<int> read_day_of_month() {
    skip_spaces();
    std::size_t end = at_;
    while (end < text_.size() && end < at_ + 2 && is_digit(text_[end])) ++end;
    if (end == at_ || (end < text_.size() && (text_[end] == ':' || is_digit(text_[end]))))
      return {};
    int value = 0;
    while (at_ < end) value = value * 10 + (text_[at_++] - '0');
    return std::min(value, 31);
  }

  bool read_days() {
    Both found = {Holds::no, Holds::no};
    do {
      skip_spaces();
      if (accept_word("ph") || accept_word("sh")) continue;
      const int from = read_name(kWeekdays);
      if (from < 0) return false;
      int to = from;
      skip_spaces();
      if (accept("-")) {
        skip_spaces();
        to = read_name(kWeekdays);
        if (to < 0) return false;
      }
      const bool nth_of_month = accept("[");
      if (nth_of_month) {
        const std::size_t end = text_.find(']', at_);
        if (end == std::string_view::npos) return false;
        at_ = end + 1;
      }
      for (std::size_t i = 0; i < 2; ++i) {
        const bool in = between(days_[i].weekday, from, to);
        found[i] = std::max(found[i], in && nth_of_month ? Holds::unknown : holds_if(in));
      }
    } while (accept_list_comma([&] { return peek_day(); }));
    restrict_days(found);
    return true;
  }

  void restrict_days(const Both& found) {
    for (std::size_t i = 0; i < 2; ++i) rule_.day[i] = std::min(rule_.day[i], found[i]);
  }

  bool read_times() {
    rule_.has_times = true;
    do {
      const std::optional<int> from = read_time();
      if (!from) return false;
      int to = 0;
      skip_spaces();
      if (accept("+")) {
        to = std::max(*from, kDay);
      } else {
        if (!accept("-")) return false;
        const std::optional<int> end = read_time();
        if (!end) return false;
        accept("+");
        to = *end > *from ? *end : *end + kDay;
      }
      rule_.time[0] |= *from <= minute_ && minute_ < to;
      rule_.time[1] |= *from <= minute_ + kDay && minute_ + kDay < to;
    } while (accept_list_comma([&] { return peek_time(); }));
    return true;
  }

  std::optional<int> read_time() {
    skip_spaces();
    for (const Event& event : kEvents) {
      if (accept_word(event.name)) return event.minute;
    }
    const std::optional<int> hours = read_two_digits();
    if (!hours || !accept(":")) return {};
    const std::optional<int> minutes = read_two_digits();
    if (!minutes || *hours > 48 || *minutes > 59) return {};
    return *hours * 60 + *minutes;
  }

  std::optional<int> read_two_digits() {
    if (at_ == text_.size() || !is_digit(text_[at_])) return {};
    int value = text_[at_++] - '0';
    if (at_ < text_.size() && is_digit(text_[at_])) value = value * 10 + (text_[at_++] - '0');
    return value;
  }

  // Takes a comma only where the list goes on behind it.
  template <class Peek>
  bool accept_list_comma(const Peek& peek) {
    const std::size_t before = at_;
    skip_spaces();
    if (accept(",")) {
      skip_spaces();
      if (peek()) return true;
    }
    at_ = before;
    return false;
  }

  template <std::size_t N>
  int read_name(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; i < N; ++i) {
      if (accept_word(names[i])) return static_cast<int>(i);
    }
    return -1;
  }
  template <std::size_t N>
  bool peek_name(const std::array<std::string_view, N>& names) {
    const std::size_t before = at_;
    const bool found = read_name(names) >= 0;
    at_ = before;
    return found;
  }
  bool peek_month() { return peek_name(kMonths); }
  bool peek_day() {
    constexpr std::array<std::string_view, 2> holidays = {"ph", "sh"};
    return peek_name(kWeekdays) || peek_name(holidays);
  }
  bool peek_time() const {
    return at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == 's' || text_[at_] == 'd');
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool accept(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  // A whole word, in any case.
  bool accept_word(std::string_view word) {
    const std::string_view found = text_.substr(at_, word.size());
    const bool same =
        std::equal(word.begin(), word.end(), found.begin(), found.end(), [](char a, char b) {
          return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
        });
    const std::size_t end = at_ + word.size();
    if (!same || (end < text_.size() && is_letter(text_[end]))) return false;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int minute_;
  std::array<Day, 2> days_;
  Rule rule_;
};

}  // namespace

Holds evaluate_opening_hours(std::string_view expression, const Departure& departure) {
  return Evaluator(expression, departure).run();
}

}  // namespace roadgnn::graph
