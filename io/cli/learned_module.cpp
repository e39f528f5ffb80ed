// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/learned_module.h>

#include <dlfcn.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include <roadgnn/graph/error.h>

namespace roadgnn::cli {
namespace {

namespace fs = std::filesystem;

// Beside the program as it lies in the build tree and in an installed tree, wherever that is moved.
std::vector<fs::path> module_places() {
  const fs::path name = fs::path(ROADGNN_MODULE_DIR) / "libroadgnn_learned.so";
  std::vector<fs::path> places;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) places.push_back(program.parent_path().parent_path() / name);
  places.push_back(fs::path(ROADGNN_INSTALL_PREFIX) / name);
  return places;
}

fs::path find_module() {
  std::error_code error;
  for (const fs::path& place : module_places()) {
    if (fs::exists(place, error)) return place;
  }
  return {};
}

const LearnedModule& load() {
  const fs::path path = find_module();
  if (path.empty()) {
    throw Error("this program was built without what needs LibTorch (" +
                module_places().front().string() +
                " is missing): run data/setup.sh --libtorch and build again");
  }
  void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr)
    throw Error(std::string("the learned module cannot be loaded: ") + ::dlerror());
  const auto entry =
      reinterpret_cast<LearnedModuleEntry>(::dlsym(module, "roadgnn_learned_module"));
  const LearnedModule* found = entry == nullptr ? nullptr : entry(ROADGNN_BUILD);
  if (found == nullptr)
    throw Error(path.string() + ": expected the module of this build, " + ROADGNN_BUILD +
                ", found another one");
  return *found;
}

}  // namespace

bool has_learned_module() {
  return !find_module().empty();
}

const LearnedModule& learned_module() {
  static const LearnedModule& module = load();
  return module;
}

}  // namespace roadgnn::cli
