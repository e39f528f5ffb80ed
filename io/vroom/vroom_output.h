// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/io/vroom/vroom_problem.h>

namespace roadgnn::io {

/// Milliseconds that the parts of a run took, as VROOM's `computing_times` reports them.
struct VroomTimes {
  std::int64_t loading = 0, solving = 0;
};

/// Writes a plan as VROOM's output. Beside VROOM's keys, an unassigned task has `reason`, a
/// sentence, and `constraint`, its name; the summary has `solver`.
void write_vroom(std::ostream& out, const VroomProblem& vroom, const decode::Plan& plan,
                 const VroomTimes& times);

/// Writes VROOM's output for a failed run.
void write_vroom_error(std::ostream& out, int code, std::string_view message);

/// VROOM's cost of a plan: whole units, as in the output's summary.
std::int64_t vroom_cost(const VroomProblem& vroom, const decode::Plan& plan);

}  // namespace roadgnn::io
