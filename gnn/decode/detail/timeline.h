// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/model.h>
#include <roadgnn/gnn/decode/detail/timetable.h>
#include <roadgnn/gnn/decode/detail/travel_cache.h>

namespace roadgnn::decode::detail {

/// What the cheapest placement of breaks and reloads makes of a route.
struct TimelineFigures {
  bool feasible = false;
  std::int64_t distance = 0, driving = 0, start = 0, end = 0;
  double late = 0;
  double cost = 0;  ///< without Model::serving_cost
};

/// Exact evaluation of a sequence of visits with everything that the constant-time figures of
/// RouteState leave out: breaks, reloads, release times, soft ends, set-up times, riding times.
/// Breaks and reloads are no part of the search's sequences: they are placed here, by a
/// label-setting algorithm over the sequence (Goel, "Vehicle Scheduling and Routing with Drivers'
/// Working Hours", Transportation Science 43(1), 2009, places rests in the same manner). A label
/// holds the departure as a function of the start, as Node does, and what limits and costs depend
/// on, in as many pieces as several windows make of it; dominated labels are dropped. Where that
/// does not tell all (riding times, travel times by the hour), Timetable computes each promising
/// complete placement.
///
/// Exact but for labels beyond kMostLabels a visit, of which the earliest are kept, and for starts
/// later than kMostPieces windows ask for. Takes time
/// linear in the visits of a trip times the placements worth keeping. One per thread.
class Timeline {
 public:
  Timeline(const Model& model, TravelCache& travel) : model_(&model), travel_(&travel) {}

  /// `visits` fit the type (Model::compatible). Infinite cost where infeasible.
  TimelineFigures evaluate(std::int32_t type, std::span<const std::int32_t> visits);

  /// The stations of the last sequence that was evaluated, if feasible, with their times.
  const Timetable& timetable();

  /// What is on board on leaving each of them, [stations][num_dimensions].
  std::vector<std::vector<std::int64_t>> station_loads() const;

 private:
  static constexpr std::size_t kMostLabels = 48, kMostWithRides = 256, kMostPieces = 64;

  // With several windows, the departure is a function of the start in pieces: where a start is too
  // late for a window and waits for the next. `depart` and `latest_start` are the first one's.
  struct Piece {
    std::int64_t depart = 0, latest_start = 0;
  };

  // A station reached, and how.
  struct Label {
    std::int64_t depart = 0, pure = 0, latest_start = 0;  // as in Node
    std::int64_t distance = 0, driving = 0, driven = 0;
    std::int64_t service = 0, release = -kNoLimit;
    std::int64_t setup = 0;  // of all stops up to here
    double late = 0;
    std::size_t rest = 0;                         // breaks passed
    std::size_t trip_first = 0;                   // its trip's first visit
    std::size_t first_piece = 0, num_pieces = 0;  // further ones, in pieces_
    std::int32_t location = -1, parent = -1, index = -1;
    StepKind kind = StepKind::start;
    bool moved = false;  // since the last stop
    bool on_the_way = false;
    graph::Travel leg{0, 0};
  };
  using Labels = std::vector<std::int32_t>;  // into arena_

  struct Final {
    double cost = 0;
    std::int32_t label = -1;
  };

  static std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }
  Leg leave(const Label& label, std::int32_t to);

  void place();
  void trips_from(std::size_t first, std::size_t trip, bool is_last);
  void add_on_board(std::size_t first, std::size_t trip);
  bool extend_trip(std::size_t next, std::size_t trip, std::int64_t& release);
  bool is_from_depot(const Visit& visit) const;
  bool load_allows(const Break& rest, const Label& label);
  void begin_trip(std::size_t first, std::size_t trip, std::int64_t release, Labels& labels);
  void visit(std::size_t i);
  void finish(const Labels& labels);
  bool timetable_decides() const;

  void go_to(const Labels& from, const Label& target, std::span<const TimeWindow> windows,
             TimeWindow within, double late_cost, Labels& to);
  void arrive(std::int32_t from, const Leg& leg, const Label& target,
              std::span<const TimeWindow> windows, TimeWindow within, double late_cost, Labels& to);
  void take_rests_here(Labels& labels);
  void take_rest(std::int32_t from, const Leg& leg, std::int32_t location, Labels& labels);
  bool pass(Label& label, std::span<const TimeWindow> windows, TimeWindow within,
            std::int64_t extend, double late_cost);
  void pass_piecewise(Label& label, const Station& station, std::int64_t begin);
  bool add_piece(Label& label, Piece piece);
  bool hopeless(const Label& label) const;
  bool leaves_no_later(const Label& a, const Label& b) const;
  bool dominates(const Label& a, const Label& b) const;
  void keep(const Label& label, Labels& labels);
  double base_cost(const Label& label) const;
  double setup_cost(const Label& label) const;

  void choose();
  bool rests_may_be_left_out(const Label& label) const;
  bool hours_keep_limits(const Label& label) const;
  void build(std::int32_t label);
  void add_rides();

  const Model* model_;
  TravelCache* travel_;
  const TypeView* type_ = nullptr;
  std::int32_t type_number_ = 0;
  std::span<const std::int32_t> visits_;
  bool rides_ = false, several_windows_ = false, soft_ = false;
  bool driven_matters_ = false, max_load_ = false;
  std::optional<HourlyTravel> hourly_;  // legs depend on the hour; labels know the earliest start's

  std::vector<Label> arena_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<Labels>> done_;  // [trips done][visits done]
  Labels from_, current_, before_, after_, ended_;
  std::vector<std::int64_t> load_, most_;  // of the trip at hand, [num_dimensions]
  std::size_t next_ = 0, trip_end_ = 0;    // visits made, and those of the trip at hand, too
  std::vector<std::int64_t> ends_;         // releases, by the trip's last visit
  std::vector<Final> finals_;
  TimelineFigures best_;
  std::int32_t best_label_ = -1;
  Timetable timetable_;
  bool built_ = false;
};

}  // namespace roadgnn::decode::detail
