// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace roadgnn::testing {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// In the child: never returns.
[[noreturn]] void become_program(char** arguments, const RunOptions& options, int out, int err) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (::dup2(nothing, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) ::_exit(126);
  if (::chdir(options.folder.c_str()) != 0) ::_exit(126);
  if (options.max_file_bytes >= 0) {
    const auto limit = static_cast<rlim_t>(options.max_file_bytes);
    const rlimit both{limit, limit};
    ::setrlimit(RLIMIT_FSIZE, &both);
  }
  ::execv(ROADGNN_PROGRAM, arguments);
  ::_exit(127);
}

}  // namespace

Finished run_program(const std::vector<std::string>& arguments, const RunOptions& options) {
  const ScratchFolder said;
  std::string program = ROADGNN_PROGRAM;
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers = {program.data()};
  for (std::string& argument : copies) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int out = ::open((said / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int err = ::open((said / "err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) become_program(pointers.data(), options, out, err);
  ::close(out);
  ::close(err);
  if (options.signal != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(options.signal_after_ms));
    ::kill(child, options.signal);  // not waited for yet, so the number is still its own
  }
  int ended = 0;
  ::waitpid(child, &ended, 0);
  return {WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended), content_of(said / "out"),
          content_of(said / "err")};
}

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "roadgnn_test_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void ScratchFolder::put(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name, std::ios::binary) << content;
}

std::string ScratchFolder::get(const std::string& name) const {
  return content_of(path_ / name);
}

std::set<std::string> ScratchFolder::names() const {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(path_))
    names.insert(fs::relative(entry.path(), path_));
  return names;
}

std::string grid_map() {
  constexpr int kWidth = 6, kHeight = 5;
  std::string nodes, ways;
  const auto id = [](int x, int y) { return std::to_string(1 + y * kWidth + x); };
  const auto node = [&](const std::string& name, double lat, double lon) {
    nodes += "<node id=\"" + name + "\" lat=\"" + std::to_string(lat) + "\" lon=\"" +
             std::to_string(lon) + "\"/>\n";
  };
  const auto way = [&](int number, const std::string& name, const std::string& refs) {
    ways += "<way id=\"" + std::to_string(number) + "\">" + refs +
            "<tag k=\"highway\" v=\"residential\"/><tag k=\"name\" v=\"" + name + "\"/></way>\n";
  };
  for (int y = 0; y < kHeight; ++y) {
    std::string refs;
    for (int x = 0; x < kWidth; ++x) {
      node(id(x, y), -29.9 + 0.001 * y, -71.3 + 0.001 * x);
      refs += "<nd ref=\"" + id(x, y) + "\"/>";
    }
    way(100 + y, "Calle " + std::to_string(y), refs);
  }
  for (int x = 0; x < kWidth; ++x) {
    std::string refs;
    for (int y = 0; y < kHeight; ++y) refs += "<nd ref=\"" + id(x, y) + "\"/>";
    way(200 + x, "Avenida " + std::to_string(x), refs);
  }
  node("901", -29.9, -71.1);
  node("902", -29.899, -71.1);
  way(300, "Isla", "<nd ref=\"901\"/><nd ref=\"902\"/>");
  return "<?xml version=\"1.0\"?>\n<osm version=\"0.6\">\n" + nodes + ways + "</osm>\n";
}

std::string grid_orders() {
  return "id,pickup_lat,pickup_lon,delivery_lat,delivery_lon,volume_l\n"
         "a,,,-29.8975,-71.2962,10\n"
         "b,-29.8990,-71.2995,-29.8961,-71.2971,20\n";
}

std::string grid_fleet() {
  return R"({"depots": [{"id": "D", "lat": -29.898, "lon": -71.298}],
 "vehicle_types": [{"id": "van", "profile": "van", "count": 2, "capacity": {"volume_l": 100}}]}
)";
}

}  // namespace roadgnn::testing
