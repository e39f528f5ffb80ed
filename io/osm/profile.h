// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <roadgnn/graph/turn_cost.h>

namespace roadgnn::io {

/// A vehicle profile: which ways it may use and how fast. Read from JSON (`data/profiles/*.json`); immutable.
class Profile {
 public:
  /// Parses a definition. `origin` names it in errors. Throws InputError naming the field.
  static Profile parse(const std::string& json, const std::string& origin);

  /// All profiles of a folder, sorted by name.
  static std::vector<Profile> read_folder(const std::filesystem::path& folder);

  const std::string& name() const;
  const std::string& definition() const;      ///< the JSON it was read from
  const graph::TurnCostParameters& turn_costs() const;
  bool u_turns_anywhere() const;

  struct Rules;                               ///< the parsed tables, for tag_rules.cpp
  const Rules& rules() const { return *rules_; }

 private:
  std::shared_ptr<const Rules> rules_;
};

}  // namespace roadgnn::io
