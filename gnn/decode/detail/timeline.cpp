// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/timeline.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace roadgnn::decode::detail {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

}  // namespace

TimelineFigures Timeline::evaluate(std::int32_t type, std::span<const std::int32_t> visits) {
  type_ = &model_->type(type);
  type_number_ = type;
  visits_ = visits;
  arena_.clear();
  pieces_.clear();
  finals_.clear();
  built_ = false;
  best_ = {};
  best_.cost = kNone;
  best_label_ = -1;
  rides_ = several_windows_ = soft_ = false;
  for (const std::int32_t number : visits) {
    const Visit& visit = model_->visit(number);
    const Order& order = model_->problem().orders[static_cast<std::size_t>(visit.order)];
    rides_ |= order.max_ride < kNoLimit;
    several_windows_ |= !visit.single_window;
    soft_ |= visit.soft;
  }
  driven_matters_ = max_load_ = false;
  hourly_.reset();
  if (!type_->slices.empty()) hourly_.emplace(type_->slices, *travel_);
  timetable_.hourly = hourly_ ? &*hourly_ : nullptr;
  for (const Break& rest : type_->source->breaks) {
    several_windows_ |= rest.windows.size() > 1;
    driven_matters_ |= rest.max_driving < kNoLimit;
    max_load_ |= !rest.max_load.empty();
  }
  place();
  choose();
  return best_;
}

const Timetable& Timeline::timetable() {
  if (!built_) {
    build(best_label_);
    timetable_.run();
    built_ = true;
  }
  return timetable_;
}

Leg Timeline::leave(const Label& label, std::int32_t to) {
  if (label.location < 0 || to < 0 || label.location == to) return {label.depart, {0, 0}};
  if (!hourly_) return {label.depart, travel_->into(type_->profile, label.location, to)};
  const std::int64_t until = label.kind == StepKind::start ? type_->start.close : kNoLimit;
  return hourly_->leave(label.location, to, label.depart, until);
}

// Trip after trip: which visits it ends after, and with which labels.
void Timeline::place() {
  const auto trips = static_cast<std::size_t>(std::max(1, type_->trips));
  const std::size_t most = std::min(trips, std::max<std::size_t>(1, visits_.size()));
  done_.resize(std::max(done_.size(), most + 1));
  for (std::size_t trip = 0; trip <= most; ++trip) {
    done_[trip].resize(std::max(done_[trip].size(), visits_.size() + 1));
    for (std::size_t i = 0; i <= visits_.size(); ++i) done_[trip][i].clear();
  }
  if (visits_.empty()) {
    begin_trip(0, 0, -kNoLimit, done_[1][0]);
  } else {
    for (std::size_t trip = 0; trip < most; ++trip) {
      for (std::size_t first = trip; first < visits_.size(); ++first) {
        if (trip == 0 ? first == 0 : !done_[trip][first].empty())
          trips_from(first, trip, trip + 1 == most);
      }
    }
  }
  for (std::size_t trip = 1; trip <= most; ++trip) finish(done_[trip][visits_.size()]);
}

// All trips that begin before visit `first`; the last one has to serve all that is left.
void Timeline::trips_from(std::size_t first, std::size_t trip, bool is_last) {
  load_.assign(model_->num_dimensions(), 0);
  add_on_board(first, trip);
  most_ = load_;
  ends_.clear();
  std::int64_t release = -kNoLimit;
  for (std::size_t next = first; next < visits_.size(); ++next) {
    if (!extend_trip(next, trip, release)) break;
    ends_.push_back(release);
  }
  if (is_last && first + ends_.size() < visits_.size()) return;
  for (std::size_t end = is_last ? ends_.size() - 1 : 0; end < ends_.size(); ++end) {
    const std::size_t last = first + end;
    // What a break may have on board depends on all that the trip takes along.
    if (is_last || end == 0 || ends_[end] != ends_[end - 1] || max_load_) {
      begin_trip(first, trip, ends_[end], current_);
      trip_end_ = last + 1;
      for (std::size_t i = first; i <= last; ++i) visit(i);
    } else {
      visit(last);
    }
    for (const std::int32_t label : current_) keep(arena_[at(label)], done_[trip + 1][last + 1]);
  }
}

// What is on board whatever the trip takes along.
void Timeline::add_on_board(std::size_t first, std::size_t trip) {
  const auto add = [&](const std::int64_t* amount, std::int64_t sign) {
    for (std::size_t d = 0; d < load_.size(); ++d) load_[d] += sign * amount[d];
  };
  if (trip == 0 && !type_->base_load.empty()) {
    add(type_->base_load.data(), 1);
  } else {
    for (const std::int32_t order : type_->on_board) add(model_->load(order), 1);
  }
  for (std::size_t i = 0; i < first; ++i) {
    const Visit& visit = model_->visit(visits_[i]);
    if (model_->on_board_of(visit.order) >= 0) {
      add(model_->load(visit.order), -1);
    } else if (visit.partner >= 0) {
      add(model_->load(visit.order), visit.is_pickup ? 1 : -1);
    }
  }
}

// Takes a visit into the trip; false where its load does not fit.
bool Timeline::extend_trip(std::size_t next, std::size_t trip, std::int64_t& release) {
  const Visit& visit = model_->visit(visits_[next]);
  const std::int64_t* amount = model_->load(visit.order);
  const std::int64_t* collect = model_->collect(visit.order);
  const bool from_depot = is_from_depot(visit);
  if (from_depot) {
    if (trip == 0 && type_->away) return false;
    release =
        std::max(release, model_->problem().orders[static_cast<std::size_t>(visit.order)].release);
  }
  const std::int64_t* capacity = model_->capacity(type_number_);
  for (std::size_t d = 0; d < load_.size(); ++d) {
    if (from_depot) {
      most_[d] += amount[d];
    } else {
      load_[d] += visit.is_pickup ? amount[d] : -amount[d];
    }
    if (collect != nullptr) load_[d] += collect[d];
    most_[d] = std::max(most_[d], load_[d]);
    if (most_[d] > capacity[d]) return false;
  }
  return true;
}

bool Timeline::is_from_depot(const Visit& visit) const {
  return !visit.is_pickup && visit.partner < 0 && model_->on_board_of(visit.order) < 0;
}

// Whether little enough is on board for a break before visit `next_`.
bool Timeline::load_allows(const Break& rest, const Label& label) {
  if (rest.max_load.empty()) return true;
  load_.assign(model_->num_dimensions(), 0);
  add_on_board(label.trip_first, label.trip_first == 0 ? 0 : 1);
  for (std::size_t i = label.trip_first; i < trip_end_; ++i) {
    const Visit& visit = model_->visit(visits_[i]);
    const std::int64_t* amount = model_->load(visit.order);
    const std::int64_t* collect = model_->collect(visit.order);
    for (std::size_t d = 0; d < load_.size(); ++d) {
      if (is_from_depot(visit)) {
        if (i >= next_) load_[d] += amount[d];
      } else if (i < next_) {
        load_[d] += visit.is_pickup ? amount[d] : -amount[d];
      }
      if (collect != nullptr && i < next_) load_[d] += collect[d];
    }
  }
  return std::equal(load_.begin(), load_.end(), rest.max_load.begin(), std::less_equal<>());
}

void Timeline::begin_trip(std::size_t first, std::size_t trip, std::int64_t release,
                          Labels& labels) {
  labels.clear();
  if (trip == 0) {
    Label label;
    label.location = type_->start_location;
    label.release = release;
    label.depart = std::max(type_->start.open, release);
    label.latest_start = type_->start.close;
    label.driven = type_->driven;
    label.moved = type_->moved;
    label.rest = type_->first_rest;
    if (label.depart <= label.latest_start) keep(label, labels);
    return;
  }
  from_ = done_[trip][first];
  next_ = trip_end_ = first;
  const auto reload_at = [&](std::int32_t number) {
    const Depot& depot = model_->problem().depots[at(number)];
    Label target;
    target.kind = StepKind::reload;
    target.index = number;
    target.location = depot.location;
    target.service = type_->source->reload_service;
    target.release = release;
    target.trip_first = first;
    go_to(from_, target, {}, {std::max(depot.window.open, release), depot.window.close}, 0, labels);
  };
  if (type_->source->reload_depots.empty()) return reload_at(type_->source->start_depot);
  for (const std::int32_t depot : type_->source->reload_depots) reload_at(depot);
}

// On from the labels in current_ to a visit.
void Timeline::visit(std::size_t i) {
  const Visit& visit = model_->visit(visits_[i]);
  const Stop& stop = model_->stop(visit);
  Label target;
  target.kind = visit.is_pickup ? StepKind::pickup : StepKind::delivery;
  target.index = visits_[i];
  target.location = visit.location;
  next_ = i;
  from_.swap(current_);
  current_.clear();
  go_to(from_, target, stop.windows, {-kNoLimit, model_->deadline(visit)},
        visit.soft ? stop.late_cost : 0, current_);
}

void Timeline::go_to(const Labels& from, const Label& target, std::span<const TimeWindow> windows,
                     TimeWindow within, double late_cost, Labels& to) {
  before_ = from;
  take_rests_here(before_);
  for (const std::int32_t start : before_) {
    const std::int32_t origin = arena_[at(start)].location;
    const Leg leg = leave(arena_[at(start)], target.location);
    if (!leg.travel.reachable()) continue;
    after_.clear();
    if (target.location >= 0 && (leg.travel.time_ms > 0 || origin < 0)) {
      take_rest(start, leg, target.location, after_);
      take_rests_here(after_);
    }
    arrive(start, leg, target, windows, within, late_cost, to);
    for (const std::int32_t rested : after_) {
      const Label& label = arena_[at(rested)];
      if (label.location == target.location)
        arrive(rested, {label.depart, {0, 0}}, target, windows, within, late_cost, to);
    }
  }
}

void Timeline::arrive(std::int32_t from, const Leg& leg, const Label& target,
                      std::span<const TimeWindow> windows, TimeWindow within, double late_cost,
                      Labels& to) {
  Label label = arena_[at(from)];
  label.moved |= label.location != target.location;
  label.parent = from;
  label.kind = target.kind;
  label.index = target.index;
  label.location = target.location;
  label.release = target.release;
  if (target.kind == StepKind::reload) label.trip_first = target.trip_first;
  label.depart = leg.departure;
  label.leg = leg.travel;
  label.service = target.service;
  label.on_the_way = false;
  if (target.kind == StepKind::pickup || target.kind == StepKind::delivery) {
    const Stop& stop = model_->stop(model_->visit(target.index));
    label.service = service_time(stop, type_->source_type, label.moved);
    label.setup += label.service - service_time(stop, type_->source_type, false);
  }
  label.moved = false;
  if (pass(label, windows, within, 0, late_cost)) keep(label, to);
}

// Lets every label take its next break where it is, or at the break's place, again and again.
void Timeline::take_rests_here(Labels& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Label& label = arena_[at(labels[i])];
    if (label.rest >= type_->source->breaks.size() || label.location < 0) continue;
    const std::int32_t place = type_->source->breaks[label.rest].location;
    const std::int32_t to = place >= 0 ? place : label.location;
    const Leg leg = leave(label, to);
    if (leg.travel.reachable()) take_rest(labels[i], leg, to, labels);
  }
}

// The next break on arrival after a leg, if it has no other place.
void Timeline::take_rest(std::int32_t from, const Leg& leg, std::int32_t location, Labels& labels) {
  Label label = arena_[at(from)];
  if (label.rest >= type_->source->breaks.size()) return;
  const Break& rest = type_->source->breaks[label.rest];
  if (rest.location >= 0 && rest.location != location) return;
  label.moved |= label.location != location;
  label.parent = from;
  label.kind = StepKind::rest;
  label.index = static_cast<std::int32_t>(label.rest);
  label.location = location;
  label.depart = leg.departure;
  label.leg = leg.travel;
  label.service = rest.duration;
  label.on_the_way = rest.on_the_way;
  const std::int64_t extend = rest.on_the_way ? leg.travel.time_ms : 0;
  if (!load_allows(rest, label)) return;
  if (!hourly_ && label.driven + leg.travel.time_ms > rest.max_driving) return;
  if (!pass(label, rest.windows, {-kNoLimit, kNoLimit}, extend, 0)) return;
  label.driven = extend;  // at most
  ++label.rest;
  if (hopeless(label)) return;
  labels.push_back(static_cast<std::int32_t>(arena_.size()));
  arena_.push_back(label);
}

// Drives the label's leg and serves it; false where it comes too late.
bool Timeline::pass(Label& label, std::span<const TimeWindow> windows, TimeWindow within,
                    std::int64_t extend, double late_cost) {
  Station station;
  station.windows = windows;
  station.window = within;
  station.extend = extend;
  station.late_cost = late_cost;
  const std::int64_t begin = station.earliest_begin(label.depart + label.leg.time_ms);
  if (begin > kNoLimit) return false;
  label.pure += label.leg.time_ms;
  if (label.num_pieces == 0 && windows.size() <= 1) {
    // Later starts are not to be later at a soft end.
    std::int64_t close = within.close;
    if (!windows.empty()) {
      const std::int64_t last = windows.front().close;
      close = std::min(close, late_cost > 0 ? std::max(last, begin) : last + extend);
    }
    label.latest_start = std::min(label.latest_start, close - label.pure);
    label.depart = begin + label.service;
  } else {
    pass_piecewise(label, station, begin);
  }
  label.late += station.lateness(begin);
  label.pure += label.service;
  label.distance += label.leg.length_m;
  label.driving += label.leg.time_ms;
  label.driven += label.leg.time_ms;
  return true;
}

// The same for the departure as a function of the start; `begin` is the earliest one.
void Timeline::pass_piecewise(Label& label, const Station& station, std::int64_t begin) {
  const TimeWindow always[]{{-kNoLimit, kNoLimit}};
  const std::span<const TimeWindow> windows =
      station.windows.empty() ? std::span<const TimeWindow>(always) : station.windows;
  const std::size_t first = label.first_piece, num = label.num_pieces;
  Piece piece{label.depart, label.latest_start};
  label.first_piece = pieces_.size();
  label.num_pieces = 0;
  std::optional<std::int64_t> covered;  // the starts up to here
  for (std::size_t k = 0; k <= num; ++k) {
    if (k > 0) piece = pieces_[first + k - 1];
    const std::int64_t arrival = std::max(piece.depart + label.leg.time_ms, station.window.open);
    for (const TimeWindow& window : windows) {
      const bool soft = station.late_cost > 0 && &window == &windows.back();
      const std::int64_t close =
          std::min(station.window.close,
                   soft ? std::max(window.close, begin) : window.close + station.extend);
      const std::int64_t latest = std::min(piece.latest_start, close - label.pure);
      if (arrival > close || window.open > close || (covered && latest <= *covered)) continue;
      const Piece next{std::max(arrival, window.open) + label.service, latest};
      if (!covered) {
        label.depart = next.depart;
        label.latest_start = latest;
      } else if (!add_piece(label, next)) {
        return;
      }
      covered = latest;
      if (latest == piece.latest_start) break;
    }
    if (!covered || *covered < piece.latest_start) return;
  }
}

// Puts a piece behind a label's last; false where there are too many.
bool Timeline::add_piece(Label& label, Piece piece) {
  const bool further = label.num_pieces > 0;
  std::int64_t& latest = further ? pieces_.back().latest_start : label.latest_start;
  const std::int64_t depart = further ? pieces_.back().depart : label.depart;
  if (piece.depart <= std::max(depart, latest + label.pure + label.service)) {
    latest = piece.latest_start;
    return true;
  }
  if (label.num_pieces == kMostPieces) return false;
  pieces_.push_back(piece);
  ++label.num_pieces;
  return true;
}

// Limits are exceeded for good.
bool Timeline::hopeless(const Label& label) const {
  const bool too_far = label.driving > type_->max_driving || label.distance > type_->max_distance;
  if (too_far && !hourly_) return true;
  const auto& breaks = type_->source->breaks;
  if (label.rest >= breaks.size()) return false;
  const Break& rest = breaks[label.rest];
  return (label.driven > rest.max_driving && !hourly_) ||
         (!rest.windows.empty() && label.depart > rest.windows.back().close);
}

double Timeline::base_cost(const Label& label) const {
  return label.late + setup_cost(label) +
         type_->cost_per_distance * static_cast<double>(label.distance) +
         type_->cost_per_driving * static_cast<double>(label.driving);
}

double Timeline::setup_cost(const Label& label) const {
  return type_->source->cost_per_service * static_cast<double>(label.setup);
}

// Whatever the start, where `a` is known to leave no later at the earliest one and to be on the way
// no longer: then only where its pieces begin can it be behind.
bool Timeline::leaves_no_later(const Label& a, const Label& b) const {
  const auto piece = [&](const Label& label, std::size_t k) {
    return k == 0 ? Piece{label.depart, label.latest_start} : pieces_[label.first_piece + k - 1];
  };
  if (piece(a, a.num_pieces).latest_start < piece(b, b.num_pieces).latest_start) return false;
  std::size_t k = 0;
  for (std::size_t i = 1; i <= a.num_pieces; ++i) {
    const std::int64_t start = piece(a, i - 1).latest_start + 1;
    while (k <= b.num_pieces && piece(b, k).latest_start < start) ++k;
    if (k > b.num_pieces) return true;
    if (piece(a, i).depart > std::max(piece(b, k).depart, start + b.pure)) return false;
  }
  return true;
}

bool Timeline::dominates(const Label& a, const Label& b) const {
  if (a.rest != b.rest || a.location != b.location || a.moved > b.moved) return false;
  if (a.depart > b.depart || base_cost(a) > base_cost(b)) return false;
  if (type_->time_matters && (a.pure > b.pure || !leaves_no_later(a, b))) return false;
  // Routes end as early as can be: with several windows even where a later end would be a shorter
  // day.
  if (type_->time_matters && several_windows_ && a.depart < b.depart) return false;
  if (max_load_ && a.trip_first != b.trip_first) return false;
  if (driven_matters_ && a.driven > b.driven) return false;
  if (type_->max_driving < kNoLimit / 2 && a.driving > b.driving) return false;
  return type_->max_distance >= kNoLimit / 2 || a.distance <= b.distance;
}

void Timeline::keep(const Label& label, Labels& labels) {
  if (hopeless(label)) return;
  // What dominates another may still be worse for a load's riding time or drive at worse hours.
  const bool keep_all = rides_ || hourly_;
  if (!keep_all) {
    for (const std::int32_t other : labels) {
      if (dominates(arena_[at(other)], label)) return;
    }
    std::erase_if(labels, [&](std::int32_t other) { return dominates(label, arena_[at(other)]); });
  }
  labels.push_back(static_cast<std::int32_t>(arena_.size()));
  arena_.push_back(label);
  if (labels.size() <= (keep_all ? kMostWithRides : kMostLabels)) return;
  const auto latest = std::max_element(
      labels.begin(), labels.end(),
      [&](std::int32_t a, std::int32_t b) { return arena_[at(a)].depart < arena_[at(b)].depart; });
  *latest = labels.back();
  labels.pop_back();
}

// What labels make of the duration is not even a bound.
bool Timeline::timetable_decides() const {
  return hourly_ || (rides_ && (several_windows_ || soft_));
}

// On from the last visit to the end.
void Timeline::finish(const Labels& labels) {
  if (labels.empty()) return;
  Label target;
  target.kind = StepKind::end;
  target.location = type_->end_location;
  ended_.clear();
  from_ = labels;
  next_ = trip_end_ = visits_.size();
  go_to(from_, target, {}, type_->end, 0, ended_);
  const auto& breaks = type_->source->breaks;
  for (const std::int32_t number : ended_) {
    const Label& label = arena_[at(number)];
    bool allowed = label.rest >= breaks.size() || !type_->source->breaks_always;
    for (std::size_t b = label.rest; allowed && b < breaks.size(); ++b) {
      allowed = (hourly_ || label.driven <= breaks[b].max_driving) &&
                (breaks[b].windows.empty() || label.depart <= breaks[b].windows.back().close);
    }
    if (!allowed) continue;
    const std::int64_t start = std::min(label.depart - label.pure, label.latest_start);
    if (label.depart - start > type_->max_duration && !timetable_decides()) continue;
    finals_.push_back({label.late + setup_cost(label) +
                           route_cost(*type_, label.distance, label.driving, label.depart - start),
                       number});
  }
}

// The cheapest complete placement.
void Timeline::choose() {
  std::stable_sort(finals_.begin(), finals_.end(),
                   [](const Final& a, const Final& b) { return a.cost < b.cost; });
  for (const Final& final : finals_) {
    if (final.cost >= best_.cost && !timetable_decides()) return;
    const Label& label = arena_[at(final.label)];
    TimelineFigures figures;
    figures.feasible = true;
    figures.distance = label.distance;
    figures.driving = label.driving;
    figures.end = label.depart;
    figures.start = std::min(label.depart - label.pure, label.latest_start);
    figures.late = label.late;
    if (rides_ || hourly_) {
      build(final.label);
      if (!timetable_.run()) continue;
      figures.start = timetable_.start();
      figures.end = timetable_.end();
      figures.late = timetable_.late();
      if (hourly_) {
        figures.distance = timetable_.distance();
        figures.driving = timetable_.driving();
        if (!hours_keep_limits(label)) continue;
      }
      if (figures.end - figures.start > type_->max_duration || !rests_may_be_left_out(label))
        continue;
    }
    figures.cost =
        figures.late + setup_cost(label) +
        route_cost(*type_, figures.distance, figures.driving, figures.end - figures.start);
    if (figures.cost >= best_.cost) continue;
    best_ = figures;
    best_label_ = final.label;
  }
}

bool Timeline::rests_may_be_left_out(const Label& label) const {
  const auto& breaks = type_->source->breaks;
  for (std::size_t b = label.rest; b < breaks.size(); ++b) {
    if (!breaks[b].windows.empty() && timetable_.end() > breaks[b].windows.back().close)
      return false;
  }
  return true;
}

// Limits on driving, at the hours that the schedule has come to.
bool Timeline::hours_keep_limits(const Label& label) const {
  if (timetable_.driving() > type_->max_driving || timetable_.distance() > type_->max_distance)
    return false;
  const auto& breaks = type_->source->breaks;
  std::int64_t driven = type_->driven;
  for (const Station& station : timetable_.stations) {
    driven += station.leg.time_ms;
    if (station.kind != StepKind::rest) continue;
    if (driven > breaks[at(station.index)].max_driving) return false;
    driven = 0;
  }
  return std::all_of(breaks.begin() + static_cast<std::ptrdiff_t>(label.rest), breaks.end(),
                     [&](const Break& rest) { return driven <= rest.max_driving; });
}

}  // namespace roadgnn::decode::detail
