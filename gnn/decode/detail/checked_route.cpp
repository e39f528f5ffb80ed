// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/checked_route.h>

namespace roadgnn::decode::detail {

const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::start:
      return "start";
    case StepKind::pickup:
      return "pickup";
    case StepKind::delivery:
      return "delivery";
    case StepKind::end:
      return "end";
    case StepKind::rest:
      return "break";
    case StepKind::reload:
      return "reload";
  }
  return "unknown step";
}

std::string CheckedRoute::describe(const Step& step) const {
  const std::string text = name_ + ", " + kind_name(step.kind);
  return is_stop(step) ? text + " of order " + order_of(step).id : text;
}

std::int32_t CheckedRoute::place_before(std::size_t i) const {
  while (i-- > 0) {
    if (steps_[i].location >= 0) {
      return i + 1 == past_ && state_->location >= 0 ? state_->location : steps_[i].location;
    }
  }
  return -1;
}

std::pair<std::size_t, std::size_t> CheckedRoute::trip_of(std::size_t i) const {
  std::size_t first = i, last = i + 1;
  while (first > 0 && !begins_trip(steps_[first])) --first;
  while (last + 1 < steps_.size() && !begins_trip(steps_[last])) ++last;
  return {first, std::min(last, steps_.size() - 1)};
}

}  // namespace roadgnn::decode::detail
