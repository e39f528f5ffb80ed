// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What the route model reads about stops, candidate edges and vehicle types: one column each.
///
/// Nothing absolute: times are taken in units of the day's median candidate travel time T or as
/// shares of its horizon H (from the first moment that a vehicle may leave to the last that it may
/// be back), lengths in units of the median candidate length, loads as shares of capacities, prices
/// as multiples of what a median edge costs. So a problem in any units, moved in time, turned or
/// shifted on the map, or with its stops in another order, gives the same numbers. "Bounded" is
/// asinh(x): near x for small ones, a logarithm for large ones of either sign.
namespace roadgnn::gnn::models {

/// Columns of a stop: a location of the problem, a depot among them; several stops at one location
/// are summed up.
enum class StopFeature : std::int32_t {
  depot,            ///< 1 for a depot
  stops,            ///< log(1 + stops there)
  delivers,         ///< 1 where a load from the depot is delivered
  takes_back,       ///< 1 where a load is picked up for the depot, or collected
  pair_pickup,      ///< 1 for a pickup that has its delivery elsewhere
  pair_delivery,    ///< 1 for the delivery of such a pickup
  load_of_largest,  ///< load / largest capacity, the dimension where it is highest
  load_of_mean,     ///< load / mean capacity over the fleet, likewise
  load_dimensions,  ///< mean over dimensions of load / largest capacity
  windowed,         ///< 1 where service cannot begin at any time
  windows,          ///< log(1 + windows)
  open,             ///< (open - begin) / H
  close,            ///< (close - begin) / H
  width,            ///< (close - open) / H
  log_width,        ///< log(close - open) in T
  reach_open,       ///< earliest begin after coming from a depot, as a share of H
  reach_close,      ///< latest begin that still gets back to a depot, likewise
  reach_width,      ///< from the one to the other
  service,          ///< bounded service / T
  service_of_day,   ///< service / H
  setup,            ///< bounded set-up / T
  from_depot,       ///< bounded travel from the nearest depot / T
  log_from_depot,
  to_depot,  ///< bounded travel to the nearest depot / T
  log_to_depot,
  depot_rank,         ///< share of the stops that are nearer to a depot
  needs,              ///< number of needs
  fitting_types,      ///< share of the vehicle types that can serve it
  priority,           ///< priority / 100
  prize,              ///< 1 for optional orders
  group,              ///< 1 for members of a group
  soft,               ///< 1 where lateness is allowed at a price
  release,            ///< (release - begin) / H, 0 without
  ride,               ///< bounded longest ride / T, 0 without
  partner_travel,     ///< bounded travel between pickup and delivery / T, 0 without
  out_degree,         ///< log of the candidates after it, relative to the mean
  in_degree,          ///< log of the candidates before it, likewise
  nearest,            ///< log of the travel time to the nearest candidate, in T
  nearest_five,       ///< the same of the mean over the first five
  asymmetry,          ///< log of travel to a depot over travel from it
  fleet_load,         ///< all loads / all capacities (0 for an unlimited fleet); the fleet context
  stops_of_capacity,  ///< log of the stops that fill a mean vehicle
  stops_of_day,       ///< log of the stops that fill H, by T and the mean service
  stops_of_fleet,     ///< log of the number of stops
  share_windowed,
  share_paired,
  mean_width,        ///< mean width of windows / H
  price_of_vehicle,  ///< log(1 + fixed cost / price of a median edge), least of the types
  price_of_time,     ///< share of time in the price of a median edge
  fewest_vehicles,   ///< 1 where fewer vehicles count before the cost
  count,
};

/// Columns of a candidate edge from a tail to a head. Ranks count the strictly better ones in a
/// list: 0 is the best; they come as log(1 + rank) / log(33) and as 1 / (1 + rank).
enum class EdgeFeature : std::int32_t {
  time,  ///< bounded travel time / T
  log_time,
  length,     ///< bounded length / median length
  pace,       ///< log of time over length, in medians
  tail_rank,  ///< by time among the edges that leave the tail
  tail_share,
  head_rank,  ///< by time among the edges that enter the head
  head_share,
  tail_near_rank,  ///< by proximity: time, waiting and lateness
  tail_near_share,
  head_near_rank,
  head_near_share,
  tail_saving_rank,  ///< by saving (Clarke and Wright), the largest first
  head_saving_rank,
  reverse_rank,     ///< of the opposite edge among those that leave the head
  reversed,         ///< 1 where the opposite edge is a candidate
  asymmetry,        ///< log of time over the opposite edge's
  tail_ratio,       ///< log of time over the least that leaves the tail
  head_ratio,       ///< log of time over the least that enters the head
  tail_near_ratio,  ///< the same of proximity
  head_near_ratio,
  saving,           ///< bounded saving / T
  saving_share,     ///< saving / (to the depot from the tail + from the depot to the head)
  depot_angle,      ///< cosine of the angle at the depot, by the law of cosines on times
  outward,          ///< bounded (depot to head - depot to tail) / T
  waiting,          ///< bounded least waiting / T
  waiting_of_day,   ///< least waiting / H
  lateness,         ///< bounded least lateness / T
  lateness_of_day,  ///< least lateness / H
  slack,            ///< bounded time left at the head after the earliest arrival / T
  slack_of_day,
  early_waiting,  ///< bounded waiting at the head after the earliest arrival / T
  overlap,        ///< share of H in which service can begin at both without waiting
  in_time,        ///< 1 where lateness is avoidable
  link,           ///< 1 from a pickup to its own delivery
  wrong_link,     ///< 1 from a delivery to its own pickup
  tail_partner,   ///< bounded travel from the tail's partner to the head / T, 0 without
  head_partner,   ///< bounded travel from the tail to the head's partner / T, 0 without
  load_fit,       ///< sum of the loads / largest capacity, the dimension where it is highest
  common_types,   ///< share of the types that can serve both
  centre_gap,     ///< bounded time between the middles of the windows, beyond service and way / T
  centre_gap_of_day,
  late_slack,  ///< bounded time left at the head after the latest departure from the tail / T
  late_slack_of_day,
  tail_wait_rank,  ///< by time, waiting after the earliest arrival, and lateness
  head_wait_rank,
  reverse_head_rank,   ///< of the opposite edge by time among those that enter the tail
  reverse_near_rank,   ///< of the opposite edge by proximity among those that leave the head
  reverse_near_ratio,  ///< log of proximity over the opposite edge's
  tail_saving_gap,     ///< bounded (largest saving of the edges that leave the tail - saving) / T
  head_saving_gap,
  tail_pair_detour,  ///< bounded way from a pickup to its delivery by the head, less the direct one
                     ///< / T
  head_pair_detour,  ///< the same of a delivery's pair by the tail
  count,
};

/// Columns of a vehicle type.
enum class TypeFeature : std::int32_t {
  this_profile,  ///< 1 where it drives by the profile of the candidates
  number,        ///< log(1 + vehicles), 0 for any number
  any_number,
  capacity,        ///< least over dimensions of capacity / the fleet's largest
  capacity_stops,  ///< log of the mean stops that fill it
  fixed,           ///< log(1 + fixed cost / price of a median edge)
  distance_price,  ///< price of a median length / mean price of a median edge
  time_price,      ///< price of a median time / the same
  speed,           ///< log of the speed factor
  shift,           ///< length of the shift / H
  late_start,      ///< (earliest start - begin) / H
  driving,         ///< longest driving / H, 1 for no limit
  distance,        ///< log(longest distance / median length) / 10, 1 for no limit
  stops,           ///< log(1 + most stops) / 10, 1 for no limit
  trips,           ///< log(trips)
  breaks,
  offers,   ///< share of the skills
  fitting,  ///< share of the stops that it can serve
  open_start,
  open_end,
  count,
};

inline constexpr std::int64_t kStopFeatures = static_cast<std::int64_t>(StopFeature::count);
inline constexpr std::int64_t kEdgeFeatures = static_cast<std::int64_t>(EdgeFeature::count);
inline constexpr std::int64_t kTypeFeatures = static_cast<std::int64_t>(TypeFeature::count);

}  // namespace roadgnn::gnn::models
