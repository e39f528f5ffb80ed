// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/pieces.h>

namespace roadgnn::decode::detail {

/// One or two routes put together anew from pieces of theirs.
struct Move {
  struct Route {
    std::int32_t slot = -1;  ///< -1: this one is not used
    std::int32_t num_pieces = 0;
    Piece pieces[5];

    std::span<const Piece> span() const { return {pieces, static_cast<std::size_t>(num_pieces)}; }
  };

  double gain = 0;  ///< by how much the plan gets cheaper
  Route a, b;

  bool found() const { return gain > 0; }
};

/// Granular local search (Toth and Vigo, "The Granular Tabu Search and Its Application to the
/// Vehicle-Routing Problem", INFORMS Journal on Computing 15(4), 2003): for a visit, looks among
/// the moves that make it and one of its neighbours follow each other for the one that saves most.
/// Between two routes: exchange of up to three visits for up to as many (relocation, or-exchange,
/// swap, cross exchange), one of them turned round or not, and exchange of tails (2-opt*), turned
/// round or not. Within one: relocation of up to three visits (or-opt), and turning a part round
/// (2-opt). How many neighbours are looked at grows, visit by visit, where nothing is found, and
/// shrinks again where something was.
///
/// Routes that cannot be taken apart (PieceEvaluator::prepare) are left as they are. One per thread
/// and group.
class LocalSearch {
 public:
  LocalSearch(const Model& model, const Group& group, const Placement& placement,
              TravelCache& travel);

  /// Forgets what it knows of the routes.
  void begin();

  /// Tells that a route has changed.
  void changed(std::int32_t slot);

  /// The move that saves most next to a visit.
  const Move& find(std::int32_t visit);

  /// Moves evaluated since construction.
  std::int64_t evaluated() const { return evaluated_; }

  PieceEvaluator& evaluator() { return evaluator_; }

 private:
  struct At {
    std::int32_t slot, node, end;
  };

  bool ready(std::int32_t slot);
  At at(std::int32_t visit) const;
  double price(std::int32_t from, std::int32_t to, const TypeView& type);
  void between(const At& u, const At& v, bool v_first);
  void within(const At& u, const At& v, bool v_first);
  void exchange(const At& u, std::int32_t from, std::int32_t length, bool reversed, const At& v,
                std::int32_t after, std::int32_t taken);
  void exchange_tails(const At& u, const At& v, bool v_first);
  void relocate(const At& u, std::int32_t from, std::int32_t length, bool reversed,
                std::int32_t after);
  bool closed(std::int32_t slot, std::int32_t first, std::int32_t last) const;
  void consider(std::initializer_list<Piece> a, std::initializer_list<Piece> b);

  const Model* model_;
  const Group* group_;
  const Placement* placement_;
  TravelCache* travel_;
  PieceEvaluator evaluator_;
  bool pairs_ = false;
  std::uint32_t stamp_ = 1;
  std::vector<std::uint32_t> seen_;   // [slots] prepared, or found unable, at this stamp
  std::vector<std::uint8_t> usable_;  // [slots]
  std::vector<std::uint8_t> width_;   // [num_visits] neighbours to look at
  std::vector<std::int32_t> sequence_;
  std::int64_t evaluated_ = 0;
  Move best_;
};

}  // namespace roadgnn::decode::detail
