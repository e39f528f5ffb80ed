// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace roadgnn::testing {

/// How the program is run: in which folder, with which limits, and how it is disturbed.
struct RunOptions {
  std::filesystem::path folder = ".";
  std::int64_t max_file_bytes = -1;  ///< RLIMIT_FSIZE; -1: none
  int signal = 0;                    ///< sent to it after `signal_after_ms`; 0: none
  int signal_after_ms = 0;
};

/// What came of a run.
struct Finished {
  int status = 0;  ///< exit status, or 128 and the signal that ended it
  std::string out, err;
};

/// Runs the program `roadgnn` with these arguments until it ends.
Finished run_program(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// A folder of a test's own, removed in the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  void put(const std::string& name, const std::string& content) const;
  std::string get(const std::string& name) const;

  /// All files and folders below it.
  std::set<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// A map in OSM's XML: streets on a grid of six by five corners, about 100 m apart, whose
/// south-western corner is at -29.9,-71.3, and one street 20 km to the east that leads nowhere.
std::string grid_map();

/// Two orders on the grid and a fleet of two vans for them.
std::string grid_orders();
std::string grid_fleet();

}  // namespace roadgnn::testing
