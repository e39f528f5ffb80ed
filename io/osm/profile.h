// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/graph/turn_cost.h>

namespace roadgnn::io {

/// A vehicle profile: which ways it may use and how fast. Read from JSON (`data/profiles/*.json`;
/// README.md beside them explains the fields); immutable and cheap to copy. Any number of threads
/// may read it.
class Profile {
 public:
  /// Parses a definition. `origin` names it in errors. Throws InputError naming the field.
  static Profile parse(const std::string& json, const std::string& origin);

  /// All profiles of a folder, sorted by name. Throws InputError for a folder without any and for a
  /// name used twice.
  static std::vector<Profile> read_folder(const std::filesystem::path& folder);

  /// The profiles that come with the program: car, cargo_trike, cold_truck and van, compiled in.
  static std::vector<Profile> builtin();

  /// One of them. Throws InputError with the nearest name.
  static Profile builtin(std::string_view name);

  const std::string& name() const;
  const std::string& definition() const;  ///< the JSON it was read from
  const graph::TurnCostParameters& turn_costs() const;
  bool u_turns_anywhere() const;

  struct Rules;  ///< the parsed tables, see profile_rules.h
  const Rules& rules() const { return *rules_; }

 private:
  std::shared_ptr<const Rules> rules_;
};

}  // namespace roadgnn::io
