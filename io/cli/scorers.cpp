// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/scorers.h>

#include <roadgnn/graph/error.h>

namespace roadgnn::cli {

std::unique_ptr<decode::Scorer> make_scorer(const std::string& name) {
  if (name == "nearest") return decode::make_nearest_scorer();
  if (name == "proximity") return decode::make_proximity_scorer();
  throw InputError("--candidates: expected nearest or proximity, found '" + name + "'");
}

}  // namespace roadgnn::cli
