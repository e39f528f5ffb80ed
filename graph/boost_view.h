// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/property_map/property_map.hpp>
#include <cstdint>
#include <span>
#include <utility>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/road_graph.h>

/// Boost.Graph's view of the arrays, without copying: include this header and hand a RoadGraph (its
/// vertices are nodes, its edges road edges) or a TurnGraph (edge-nodes and turns) to Boost's
/// algorithms. Both model VertexListGraph, EdgeListGraph, IncidenceGraph and BidirectionalGraph;
/// descriptors are the indices of the arrays, so that any array is a property map: see array_map.
namespace roadgnn::graph {

namespace detail {

struct BoostCategory : virtual boost::bidirectional_graph_tag,
                       virtual boost::vertex_list_graph_tag,
                       virtual boost::edge_list_graph_tag {};

/// What graph_traits says of both graphs.
template <class EdgeIndex>
struct BoostTraits {
  using vertex_descriptor = std::int32_t;
  using edge_descriptor = EdgeIndex;
  using directed_category = boost::bidirectional_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using traversal_category = BoostCategory;
  using vertex_iterator = boost::counting_iterator<std::int32_t>;
  using edge_iterator = boost::counting_iterator<EdgeIndex>;
  using out_edge_iterator = boost::counting_iterator<EdgeIndex>;
  using in_edge_iterator = const EdgeIndex*;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  static vertex_descriptor null_vertex() { return -1; }
};

template <class T>
const T& at(const SharedArray<T>& array, std::int64_t i) {
  return array[static_cast<std::size_t>(i)];
}

}  // namespace detail

// RoadGraph.

using RoadTraits = detail::BoostTraits<std::int32_t>;

inline std::pair<RoadTraits::vertex_iterator, RoadTraits::vertex_iterator> vertices(
    const RoadGraph& g) {
  return {RoadTraits::vertex_iterator(0), RoadTraits::vertex_iterator(g.num_nodes())};
}
inline std::size_t num_vertices(const RoadGraph& g) {
  return g.lat_e7.size();
}
inline std::pair<RoadTraits::edge_iterator, RoadTraits::edge_iterator> edges(const RoadGraph& g) {
  return {RoadTraits::edge_iterator(0), RoadTraits::edge_iterator(g.num_edges())};
}
inline std::size_t num_edges(const RoadGraph& g) {
  return g.head.size();
}
inline std::int32_t source(std::int32_t edge, const RoadGraph& g) {
  return detail::at(g.tail, edge);
}
inline std::int32_t target(std::int32_t edge, const RoadGraph& g) {
  return detail::at(g.head, edge);
}
inline std::pair<RoadTraits::out_edge_iterator, RoadTraits::out_edge_iterator> out_edges(
    std::int32_t node, const RoadGraph& g) {
  return {RoadTraits::out_edge_iterator(detail::at(g.first_out, node)),
          RoadTraits::out_edge_iterator(detail::at(g.first_out, std::int64_t{node} + 1))};
}
inline std::size_t out_degree(std::int32_t node, const RoadGraph& g) {
  return static_cast<std::size_t>(detail::at(g.first_out, std::int64_t{node} + 1) -
                                  detail::at(g.first_out, node));
}
inline std::pair<const std::int32_t*, const std::int32_t*> in_edges(std::int32_t node,
                                                                    const RoadGraph& g) {
  return {g.in_edge.data() + detail::at(g.first_in, node),
          g.in_edge.data() + detail::at(g.first_in, std::int64_t{node} + 1)};
}
inline std::size_t in_degree(std::int32_t node, const RoadGraph& g) {
  return static_cast<std::size_t>(detail::at(g.first_in, std::int64_t{node} + 1) -
                                  detail::at(g.first_in, node));
}
inline std::size_t degree(std::int32_t node, const RoadGraph& g) {
  return out_degree(node, g) + in_degree(node, g);
}

// TurnGraph.

using TurnTraits = detail::BoostTraits<std::int64_t>;

inline std::pair<TurnTraits::vertex_iterator, TurnTraits::vertex_iterator> vertices(
    const TurnGraph& g) {
  return {TurnTraits::vertex_iterator(0), TurnTraits::vertex_iterator(g.num_edge_nodes())};
}
inline std::size_t num_vertices(const TurnGraph& g) {
  return g.edge.size();
}
inline std::pair<TurnTraits::edge_iterator, TurnTraits::edge_iterator> edges(const TurnGraph& g) {
  return {TurnTraits::edge_iterator(0), TurnTraits::edge_iterator(g.num_turns())};
}
inline std::size_t num_edges(const TurnGraph& g) {
  return g.turn_head.size();
}
inline std::int32_t source(std::int64_t turn, const TurnGraph& g) {
  return detail::at(g.turn_tail, turn);
}
inline std::int32_t target(std::int64_t turn, const TurnGraph& g) {
  return detail::at(g.turn_head, turn);
}
inline std::pair<TurnTraits::out_edge_iterator, TurnTraits::out_edge_iterator> out_edges(
    std::int32_t node, const TurnGraph& g) {
  return {TurnTraits::out_edge_iterator(detail::at(g.first_turn, node)),
          TurnTraits::out_edge_iterator(detail::at(g.first_turn, std::int64_t{node} + 1))};
}
inline std::size_t out_degree(std::int32_t node, const TurnGraph& g) {
  return static_cast<std::size_t>(detail::at(g.first_turn, std::int64_t{node} + 1) -
                                  detail::at(g.first_turn, node));
}
inline std::pair<const std::int64_t*, const std::int64_t*> in_edges(std::int32_t node,
                                                                    const TurnGraph& g) {
  return {g.turn_in.data() + detail::at(g.first_turn_in, node),
          g.turn_in.data() + detail::at(g.first_turn_in, std::int64_t{node} + 1)};
}
inline std::size_t in_degree(std::int32_t node, const TurnGraph& g) {
  return static_cast<std::size_t>(detail::at(g.first_turn_in, std::int64_t{node} + 1) -
                                  detail::at(g.first_turn_in, node));
}
inline std::size_t degree(std::int32_t node, const TurnGraph& g) {
  return out_degree(node, g) + in_degree(node, g);
}

// Both.

inline boost::typed_identity_property_map<std::int32_t> get(boost::vertex_index_t,
                                                            const RoadGraph&) {
  return {};
}
inline std::int32_t get(boost::vertex_index_t, const RoadGraph&, std::int32_t node) {
  return node;
}
inline boost::typed_identity_property_map<std::int32_t> get(boost::edge_index_t, const RoadGraph&) {
  return {};
}
inline std::int32_t get(boost::edge_index_t, const RoadGraph&, std::int32_t edge) {
  return edge;
}
inline boost::typed_identity_property_map<std::int32_t> get(boost::vertex_index_t,
                                                            const TurnGraph&) {
  return {};
}
inline std::int32_t get(boost::vertex_index_t, const TurnGraph&, std::int32_t node) {
  return node;
}
inline boost::typed_identity_property_map<std::int64_t> get(boost::edge_index_t, const TurnGraph&) {
  return {};
}
inline std::int64_t get(boost::edge_index_t, const TurnGraph&, std::int64_t turn) {
  return turn;
}

/// An array as a property map over the indices it is kept by: times over edges, arc times over
/// turns, flags over nodes. A view: the array must outlive it.
template <class Index, class T>
auto array_map(std::span<const T> values) {
  return boost::make_iterator_property_map(values.data(),
                                           boost::typed_identity_property_map<Index>());
}
template <class T>
auto edge_map(const SharedArray<T>& values) {
  return array_map<std::int32_t, T>(values.span());
}
template <class T>
auto edge_map(const std::vector<T>& values) {
  return array_map<std::int32_t, T>(values);
}
template <class T>
auto turn_map(const std::vector<T>& values) {
  return array_map<std::int64_t, T>(values);
}

}  // namespace roadgnn::graph

namespace boost {

template <>
struct graph_traits<roadgnn::graph::RoadGraph> : roadgnn::graph::RoadTraits {};
template <>
struct graph_traits<roadgnn::graph::TurnGraph> : roadgnn::graph::TurnTraits {};

template <>
struct property_map<roadgnn::graph::RoadGraph, vertex_index_t> {
  using type = typed_identity_property_map<std::int32_t>;
  using const_type = type;
};
template <>
struct property_map<roadgnn::graph::RoadGraph, edge_index_t> {
  using type = typed_identity_property_map<std::int32_t>;
  using const_type = type;
};
template <>
struct property_map<roadgnn::graph::TurnGraph, vertex_index_t> {
  using type = typed_identity_property_map<std::int32_t>;
  using const_type = type;
};
template <>
struct property_map<roadgnn::graph::TurnGraph, edge_index_t> {
  using type = typed_identity_property_map<std::int64_t>;
  using const_type = type;
};

}  // namespace boost
