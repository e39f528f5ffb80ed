// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/order.h>

namespace roadgnn::graph {

bool can_order() {
  return false;
}

std::vector<std::int32_t> nested_dissection_order(const TurnGraph&) {
  throw Error(
      "this city has no hierarchy and this build has no METIS to make one: import it again with a "
      "build that has METIS");
}

}  // namespace roadgnn::graph
