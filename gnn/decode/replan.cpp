// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/replan.h>

#include <utility>

namespace roadgnn::decode {

std::vector<VehicleState> states_at(const Problem& problem, const Plan& plan, std::int64_t now) {
  std::vector<VehicleState> states;
  for (const Route& route : plan.routes) {
    VehicleState state;
    state.vehicle_type = route.vehicle_type;
    state.vehicle = route.vehicle;
    std::size_t done = 0;
    while (done + 1 < route.steps.size() &&
           route.steps[done == 0 ? 0 : done - 1].departure <= now) {
      ++done;
    }
    // Nobody can turn round on the way.
    while (done > 0 && route.steps[done - 1].location < 0) --done;
    if (done == 0 || route.steps.front().departure > now) continue;
    state.steps.assign(route.steps.begin(),
                       route.steps.begin() + static_cast<std::ptrdiff_t>(done));
    state.ready = state.steps.back().departure;
    for (std::size_t i = done; i < route.steps.size(); ++i) {
      const Step& step = route.steps[i];
      if (step.kind == StepKind::reload) break;
      if (step.kind == StepKind::delivery &&
          !problem.orders[static_cast<std::size_t>(step.order)].pickup)
        state.loaded.push_back(step.order);
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace roadgnn::decode
