# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# Writes a C++ source that holds files as arrays of bytes and finds them by name.
#   cmake -DOUTPUT=x.cpp "-DFILES=name|path,name|path" -P embed.cmake
string(REPLACE "," ";" files "${FILES}")
set(arrays "")
set(cases "")
set(number 0)
foreach(entry IN LISTS files)
  string(REGEX MATCH "^([^|]*)[|](.*)$" matched "${entry}")
  set(name "${CMAKE_MATCH_1}")
  file(READ "${CMAKE_MATCH_2}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "const unsigned char file_${number}[] = {${bytes}0};\n")
  string(APPEND cases
    "  if (name == \"${name}\") return {reinterpret_cast<const char*>(file_${number}), sizeof(file_${number}) - 1};\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "// Made by io/page/embed.cmake.
#include <roadgnn/io/page/embedded_files.h>

#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::io::page {
namespace {

${arrays}
}  // namespace

std::string_view embedded_file(std::string_view name) {
${cases}  throw Error(\"the page has no part named \" + std::string(name));
}

}  // namespace roadgnn::io::page
")
