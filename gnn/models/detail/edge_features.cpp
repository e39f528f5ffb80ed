// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <roadgnn/gnn/models/detail/day_features.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::gnn::models::detail {

namespace {

/// What ranks and ratios compare.
struct Keys {
  std::vector<double> near;    ///< [m] proximity: time + 0.2 waiting + lateness
  std::vector<double> saving;  ///< [m]
  std::vector<double> wait;    ///< [m] time + waiting after the earliest arrival + lateness
};

/// The least waiting and lateness between the windows of two places, and where they lie.
struct Meeting {
  double waiting = 0, lateness = 0;
  double slack = 0, early_waiting = 0, overlap = 0;
  double late_slack = 0, centre_gap = 0;
};

struct Interval {
  double open, close;
};

/// Service begins within `from`, then `spent` later within `to`.
Meeting meet(const Interval& from, const Interval& to, double spent) {
  const double first = from.open + spent, last = from.close + spent;
  return {std::max(0.0, to.open - last),
          std::max(0.0, first - to.close),
          to.close - first,
          std::max(0.0, to.open - first),
          std::max(0.0, std::min(last, to.close) - std::max(first, to.open)),
          to.close - last,
          (to.open + to.close - first - last) / 2};
}

double penalty(const Meeting& meeting) {
  return 0.2 * meeting.waiting + meeting.lateness;
}

/// The windows of a place, cut to what can be reached from a depot and gets back to one.
class Windows {
 public:
  explicit Windows(const DaySummary& day) : day_(day) {}

  std::int32_t size(std::size_t place) const {
    return std::max(1, day_.first_window[place + 1] - day_.first_window[place]);
  }

  Interval at(std::size_t place, std::int32_t i) const {
    const Place& figures = day_.places[place];
    const std::int32_t first = day_.first_window[place];
    if (day_.first_window[place + 1] - first < 2) return {figures.reach_open, figures.reach_close};
    const auto& window = day_.windows[static_cast<std::size_t>(first + i)];
    return {std::max(figures.reach_open, static_cast<double>(window.open)),
            std::min(figures.reach_close, static_cast<double>(window.close))};
  }

  /// The pair of windows with the least penalty.
  Meeting best(std::size_t tail, std::size_t head, double spent) const {
    Meeting best = meet(at(tail, 0), at(head, 0), spent);
    for (std::int32_t i = 0; i < size(tail); ++i) {
      for (std::int32_t j = 0; j < size(head); ++j) {
        const Meeting one = meet(at(tail, i), at(head, j), spent);
        if (penalty(one) < penalty(best)) best = one;
      }
    }
    return best;
  }

 private:
  const DaySummary& day_;
};

class EdgeWriter {
 public:
  EdgeWriter(const DayView& view, std::span<float> out)
      : view_(view), day_(view.day), scale_(view.day.scale), windows_(view.day), out_(out) {
    keys_.near.resize(view.candidates.head.size());
    keys_.saving.resize(view.candidates.head.size());
    keys_.wait.resize(view.candidates.head.size());
    opposite_.assign(view.candidates.head.size(), kNone);
    for (std::size_t i = 0; i < log_rank_.size(); ++i)
      log_rank_[i] = std::log1p(static_cast<float>(i)) / std::log(33.0F);
  }

  void run() {
    const std::int64_t n = view_.candidates.num_stops();
    graph::parallel_for(n, 256, view_.threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t v = begin; v < end; ++v) {
        const auto first = view_.candidates.first_out[static_cast<std::size_t>(v)];
        const auto last = view_.candidates.first_out[static_cast<std::size_t>(v) + 1];
        for (std::int64_t e = first; e < last; ++e) write_edge(static_cast<std::size_t>(e));
      }
    });
    graph::parallel_for(n, 256, view_.threads, [&](std::int64_t begin, std::int64_t end, int) {
      Scratch scratch;
      for (std::int64_t v = begin; v < end; ++v) write_ranks(static_cast<std::size_t>(v), scratch);
    });
  }

 private:
  using Ranked = std::pair<double, std::size_t>;  // key, edge
  struct Scratch {
    std::vector<std::size_t> out, in;
    std::vector<Ranked> ranked;
    std::vector<std::pair<std::int32_t, std::size_t>> by_head;
    std::vector<std::size_t> near_place;  ///< [out] places by proximity
  };
  static constexpr auto kNone = static_cast<std::size_t>(-1);

  void set(std::size_t edge, EdgeFeature feature, double value) {
    out_[edge * static_cast<std::size_t>(kEdgeFeatures) + static_cast<std::size_t>(feature)] =
        static_cast<float>(value);
  }

  float in_median(double time) const { return bounded(time / scale_.time); }
  double of_day(double time) const { return scale_.horizon > 0 ? time / scale_.horizon : 0; }
  double time(std::size_t edge) const { return view_.candidates.travel[edge].time_ms; }
  std::size_t tail(std::size_t edge) const { return static_cast<std::size_t>(day_.tail[edge]); }
  std::size_t head(std::size_t edge) const {
    return static_cast<std::size_t>(view_.candidates.head[edge]);
  }

  void write_edge(std::size_t edge) {
    const double length = view_.candidates.travel[edge].length_m;
    const double time_ratio = time(edge) / scale_.time, length_ratio = length / scale_.length;
    set(edge, EdgeFeature::time, bounded(time_ratio));
    set(edge, EdgeFeature::log_time, log_above(time_ratio, 1e-2));
    set(edge, EdgeFeature::length, bounded(length_ratio));
    set(edge, EdgeFeature::pace, log_above((time_ratio + 1e-2) / (length_ratio + 1e-2)));
    write_windows(edge);
    write_depot(edge);
    write_pair(edge);
    write_fit(edge);
  }

  void write_windows(std::size_t edge) {
    const Place& from = day_.places[tail(edge)];
    const double spent = (from.depot ? 0 : from.service) + time(edge);
    Meeting meeting;
    if (scale_.horizon > 0) meeting = windows_.best(tail(edge), head(edge), spent);
    keys_.near[edge] = time(edge) + penalty(meeting);
    keys_.wait[edge] = time(edge) + meeting.early_waiting + meeting.lateness;
    const bool bounded_day = scale_.horizon > 0;
    set(edge, EdgeFeature::waiting, in_median(meeting.waiting));
    set(edge, EdgeFeature::waiting_of_day, of_day(meeting.waiting));
    set(edge, EdgeFeature::lateness, in_median(meeting.lateness));
    set(edge, EdgeFeature::lateness_of_day, of_day(meeting.lateness));
    set(edge, EdgeFeature::slack, bounded_day ? in_median(meeting.slack) : 7);
    set(edge, EdgeFeature::slack_of_day, bounded_day ? of_day(meeting.slack) : 1);
    set(edge, EdgeFeature::early_waiting, in_median(meeting.early_waiting));
    set(edge, EdgeFeature::overlap, bounded_day ? of_day(meeting.overlap) : 1);
    set(edge, EdgeFeature::in_time, meeting.lateness <= 0);
    set(edge, EdgeFeature::centre_gap, in_median(meeting.centre_gap));
    set(edge, EdgeFeature::centre_gap_of_day, of_day(meeting.centre_gap));
    set(edge, EdgeFeature::late_slack, bounded_day ? in_median(meeting.late_slack) : 7);
    set(edge, EdgeFeature::late_slack_of_day, bounded_day ? of_day(meeting.late_slack) : 1);
  }

  void write_depot(std::size_t edge) {
    const Place &from = day_.places[tail(edge)], &to = day_.places[head(edge)];
    const double saving = from.to_depot + to.from_depot - time(edge);
    keys_.saving[edge] = saving;
    set(edge, EdgeFeature::saving, in_median(saving));
    set(edge, EdgeFeature::saving_share,
        std::max(-2.0, saving / (from.to_depot + to.from_depot + 1e-3 * scale_.time)));
    set(edge, EdgeFeature::outward, in_median(to.from_depot - from.from_depot));
    const double a = from.from_depot, b = to.from_depot, c = time(edge);
    set(edge, EdgeFeature::depot_angle,
        a > 0 && b > 0 ? std::clamp((a * a + b * b - c * c) / (2 * a * b), -1.0, 1.0) : 0);
  }

  double travel(std::int32_t from, std::int32_t to) const {
    const graph::Travel leg = view_.travel_times.at(view_.profile, from, to);
    return leg.reachable() ? leg.time_ms : kFar * scale_.time;
  }

  void write_pair(std::size_t edge) {
    const Place &from = day_.places[tail(edge)], &to = day_.places[head(edge)];
    const std::int32_t u = day_.tail[edge], v = view_.candidates.head[edge];
    const bool linked = from.partner == v && to.partner == u;
    set(edge, EdgeFeature::link, linked && from.pair_pickup && to.pair_delivery);
    set(edge, EdgeFeature::wrong_link, linked && from.pair_delivery && to.pair_pickup);
    set(edge, EdgeFeature::tail_partner,
        from.partner >= 0 && from.partner != v ? in_median(travel(from.partner, v)) : 0);
    double head_partner = 0, tail_detour = 0, head_detour = 0;
    if (to.partner >= 0 && to.partner != u) {
      head_partner = travel(u, to.partner);
      if (to.pair_delivery) head_detour = travel(to.partner, u) + time(edge) - to.partner_travel;
    }
    if (from.pair_pickup && from.partner >= 0 && from.partner != v)
      tail_detour = time(edge) + travel(v, from.partner) - from.partner_travel;
    set(edge, EdgeFeature::head_partner, in_median(head_partner));
    set(edge, EdgeFeature::tail_pair_detour, in_median(tail_detour));
    set(edge, EdgeFeature::head_pair_detour, in_median(head_detour));
  }

  void write_fit(std::size_t edge) {
    const std::size_t dimensions = scale_.largest.size();
    double fit = 0;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double both =
          day_.load[tail(edge) * dimensions + d] + day_.load[head(edge) * dimensions + d];
      fit = std::max(fit, both / scale_.largest[d]);
    }
    set(edge, EdgeFeature::load_fit, bounded(fit));
    const std::size_t types = view_.problem.vehicle_types.size();
    int common = 0;
    for (std::size_t t = 0; t < types; ++t)
      common += day_.fits[tail(edge) * types + t] & day_.fits[head(edge) * types + t];
    set(edge, EdgeFeature::common_types,
        types > 0 ? static_cast<double>(common) / static_cast<double>(types) : 0);
  }

  // Writes for each edge of `edges` the number of them with a smaller key, equal ones alike.
  template <class Key, class Write>
  void rank(const std::vector<std::size_t>& edges, const Key& key, Scratch& scratch,
            const Write& write) {
    scratch.ranked.clear();
    for (const std::size_t edge : edges) scratch.ranked.emplace_back(key(edge), edge);
    if (!std::is_sorted(scratch.ranked.begin(), scratch.ranked.end()))
      std::sort(scratch.ranked.begin(), scratch.ranked.end());
    std::size_t place = 0;
    for (std::size_t i = 0; i < scratch.ranked.size(); ++i) {
      if (scratch.ranked[i].first > scratch.ranked[place].first) place = i;
      write(scratch.ranked[i].second, place, scratch.ranked.front().first);
    }
  }

  float log_rank(std::size_t place) const {
    return place < log_rank_.size() ? log_rank_[place]
                                    : std::log1p(static_cast<float>(place)) / std::log(33.0F);
  }

  void set_rank(std::size_t edge, EdgeFeature log, EdgeFeature share, std::size_t place) {
    set(edge, log, log_rank(place));
    set(edge, share, 1.0 / (1.0 + static_cast<double>(place)));
  }

  double log_ratio(double value, double least) const {
    return log_above((value + 1e-2 * scale_.time) / (least + 1e-2 * scale_.time));
  }

  void write_ranks(std::size_t v, Scratch& scratch) {
    scratch.out.clear();
    scratch.in.clear();
    for (auto e = view_.candidates.first_out[v]; e < view_.candidates.first_out[v + 1]; ++e)
      scratch.out.push_back(static_cast<std::size_t>(e));
    for (auto i = day_.first_in[v]; i < day_.first_in[v + 1]; ++i)
      scratch.in.push_back(static_cast<std::size_t>(day_.in_edge[static_cast<std::size_t>(i)]));
    const auto by_time = [&](std::size_t edge) { return time(edge); };
    const auto by_near = [&](std::size_t edge) { return keys_.near[edge]; };
    const auto by_saving = [&](std::size_t edge) { return -keys_.saving[edge]; };
    const auto by_wait = [&](std::size_t edge) { return keys_.wait[edge]; };
    for (const std::size_t edge : scratch.out)
      set(edge, EdgeFeature::reverse_head_rank, log_rank(scratch.in.size()));
    write_reverse(scratch);
    rank(scratch.out, by_time, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set_rank(edge, EdgeFeature::tail_rank, EdgeFeature::tail_share, place);
      set(edge, EdgeFeature::tail_ratio, log_ratio(time(edge), least));
    });
    rank(scratch.in, by_time, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set_rank(edge, EdgeFeature::head_rank, EdgeFeature::head_share, place);
      set(edge, EdgeFeature::head_ratio, log_ratio(time(edge), least));
      if (opposite_[edge] != kNone)
        set(opposite_[edge], EdgeFeature::reverse_head_rank, log_rank(place));
    });
    scratch.near_place.resize(scratch.out.size());
    rank(scratch.out, by_near, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set_rank(edge, EdgeFeature::tail_near_rank, EdgeFeature::tail_near_share, place);
      set(edge, EdgeFeature::tail_near_ratio, log_ratio(keys_.near[edge], least));
      scratch.near_place[edge - scratch.out.front()] = place;
    });
    for (const std::size_t edge : scratch.in) write_reverse_nearness(edge, scratch);
    rank(scratch.in, by_near, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set_rank(edge, EdgeFeature::head_near_rank, EdgeFeature::head_near_share, place);
      set(edge, EdgeFeature::head_near_ratio, log_ratio(keys_.near[edge], least));
    });
    rank(scratch.out, by_saving, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set(edge, EdgeFeature::tail_saving_rank, log_rank(place));
      set(edge, EdgeFeature::tail_saving_gap, in_median(-keys_.saving[edge] - least));
    });
    rank(scratch.in, by_saving, scratch, [&](std::size_t edge, std::size_t place, double least) {
      set(edge, EdgeFeature::head_saving_rank, log_rank(place));
      set(edge, EdgeFeature::head_saving_gap, in_median(-keys_.saving[edge] - least));
    });
    rank(scratch.out, by_wait, scratch, [&](std::size_t edge, std::size_t place, double) {
      set(edge, EdgeFeature::tail_wait_rank, log_rank(place));
    });
    rank(scratch.in, by_wait, scratch, [&](std::size_t edge, std::size_t place, double) {
      set(edge, EdgeFeature::head_wait_rank, log_rank(place));
    });
  }

  // Of an edge that enters a place, beside the opposite one of those that leave it.
  void write_reverse_nearness(std::size_t edge, const Scratch& scratch) {
    const std::size_t opposite = opposite_[edge];
    const bool found = opposite != kNone;
    const std::size_t place =
        found ? scratch.near_place[opposite - scratch.out.front()] : scratch.out.size();
    set(edge, EdgeFeature::reverse_near_rank, log_rank(place));
    set(edge, EdgeFeature::reverse_near_ratio,
        found ? log_ratio(keys_.near[edge], keys_.near[opposite]) : 0);
  }

  // Pairs the edges that enter a place with those that leave it: both lists by the other end.
  void write_reverse(Scratch& scratch) {
    auto& by_head = scratch.by_head;
    by_head.clear();
    for (const std::size_t edge : scratch.out)
      by_head.emplace_back(view_.candidates.head[edge], edge);
    std::sort(by_head.begin(), by_head.end());
    auto next = by_head.begin();
    for (const std::size_t edge : scratch.in) {
      while (next != by_head.end() && next->first < day_.tail[edge]) ++next;
      const bool found = next != by_head.end() && next->first == day_.tail[edge];
      set(edge, EdgeFeature::reversed, found);
      set(edge, EdgeFeature::asymmetry, found ? log_ratio(time(edge), time(next->second)) : 0);
      std::size_t place = scratch.out.size();
      if (found) {
        opposite_[edge] = next->second;
        // Rows ascend by time, so the strictly faster ones come first.
        place = next->second - scratch.out.front();
        while (place > 0 && time(scratch.out[place - 1]) == time(next->second)) --place;
      }
      set(edge, EdgeFeature::reverse_rank, log_rank(place));
    }
  }

  const DayView& view_;
  const DaySummary& day_;
  const Scale& scale_;
  Windows windows_;
  Keys keys_;
  std::vector<std::size_t> opposite_;  // [m] the edge that goes back, where it is a candidate
  std::array<float, 256> log_rank_{};
  std::span<float> out_;
};

}  // namespace

void write_edge_features(const DayView& view, std::span<float> out) {
  EdgeWriter(view, out).run();
}

}  // namespace roadgnn::gnn::models::detail
