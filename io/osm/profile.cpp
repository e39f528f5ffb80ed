// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <system_error>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/osm/builtin_profiles.h>
#include <roadgnn/io/osm/profile.h>
#include <roadgnn/io/osm/profile_json.h>
#include <roadgnn/io/osm/profile_rules.h>

namespace roadgnn::io {
namespace {

std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error)
    throw InputError(folder.string() +
                     ": cannot be read as a folder of profiles: " + error.message());
  return files;
}

}  // namespace

Profile Profile::parse(const std::string& json, const std::string& origin) {
  Profile profile;
  profile.rules_ = std::make_shared<const Rules>(read_profile_rules(json, origin));
  return profile;
}

std::vector<Profile> Profile::read_folder(const std::filesystem::path& folder) {
  std::vector<Profile> profiles;
  for (const auto& file : json_files(folder))
    profiles.push_back(parse(read_file(file), file.string()));
  if (profiles.empty())
    throw InputError(folder.string() + ": expected profiles (*.json), found none");
  const auto by_name = [](const Profile& a, const Profile& b) { return a.name() < b.name(); };
  std::sort(profiles.begin(), profiles.end(), by_name);
  for (std::size_t i = 1; i < profiles.size(); ++i) {
    if (profiles[i].name() == profiles[i - 1].name()) {
      throw InputError(folder.string() + ": name: expected different names, found \"" +
                       profiles[i].name() + "\" twice");
    }
  }
  return profiles;
}

std::vector<Profile> Profile::builtin() {
  std::vector<Profile> profiles;
  for (const auto& [name, definition] : builtin_profiles()) {
    profiles.push_back(parse(std::string(definition), "built-in profile " + std::string(name)));
  }
  return profiles;
}

Profile Profile::builtin(std::string_view wanted) {
  std::vector<std::string_view> names;
  for (const auto& [name, definition] : builtin_profiles()) {
    if (name == wanted)
      return parse(std::string(definition), "built-in profile " + std::string(name));
    names.push_back(name);
  }
  throw InputError("profile: expected one of the built-in ones, found \"" + std::string(wanted) +
                   "\"" + did_you_mean(wanted, names));
}

const std::string& Profile::name() const {
  return rules_->name;
}
const std::string& Profile::definition() const {
  return rules_->definition;
}
const graph::TurnCostParameters& Profile::turn_costs() const {
  return rules_->turn_costs;
}
bool Profile::u_turns_anywhere() const {
  return rules_->u_turns_anywhere;
}

}  // namespace roadgnn::io
