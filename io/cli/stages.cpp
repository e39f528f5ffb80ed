// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/stages.h>

#include <sys/resource.h>

#include <cmath>

namespace roadgnn::cli {
namespace {

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::round(std::chrono::duration<double>(to - from).count() * 1000) / 1000;
}

}  // namespace

void Stages::begin(const std::string& key, const std::string& shown) {
  end();
  key_ = key;
  stage_started_ = Clock::now();
  progress_.update(shown, -1);
}

void Stages::end() {
  if (!key_.empty())
    seconds_.emplace_back(key_ + "_s", seconds_between(stage_started_, Clock::now()));
  key_.clear();
  progress_.clear();
}

double Stages::total_s() const {
  return seconds_between(started_, Clock::now());
}

nlohmann::ordered_json Stages::json() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, seconds] : seconds_) json[key] = seconds;
  return json;
}

double peak_memory_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::round(static_cast<double>(usage.ru_maxrss) * 1.024) / 1000;
}

}  // namespace roadgnn::cli
