# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# Writes OUTPUT, a source that holds the JSON files of FOLDER as text:
#   cmake -DFOLDER=data/profiles -DOUTPUT=builtin_profiles.cpp -P EmbedProfiles.cmake
file(GLOB files "${FOLDER}/*.json")
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND entries "    {\"${name}\", R\"json(${text})json\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
// Made from data/profiles by data/cmake/EmbedProfiles.cmake.

#include <iterator>

#include <roadgnn/io/osm/builtin_profiles.h>

namespace roadgnn::io {
namespace {

constexpr std::pair<std::string_view, std::string_view> kProfiles[] = {
@entries@};

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> builtin_profiles() { return kProfiles; }

}  // namespace roadgnn::io
]])
