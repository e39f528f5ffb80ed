# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# The tree's folders are included as <roadgnn/...>: a link in the build tree stands for the installed layout.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include/roadgnn SYMBOLIC)

# So do the places of programs and of the files that come with them, where this project is not part of another.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/data ${PROJECT_BINARY_DIR}/share/roadgnn SYMBOLIC)
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endif()

# Compiler settings of our own code.
function(roadgnn_own_code target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # Boost 1.74 includes headers of its own that it has renamed since, and says so in every source.
  target_compile_definitions(${target} PRIVATE BOOST_ALLOW_DEPRECATED_HEADERS)
  # The standard is named as an option, since Debian's CMake knows none later than C++17 for nvcc. -Wpedantic stays away
  # from CUDA: it objects to the code that nvcc itself generates.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow>
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;-Xcompiler=-Wall,-Wextra,-Wshadow>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${ROADGNN_WERROR}>>:-Werror>
    $<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${ROADGNN_WERROR}>>:-Werror=all-warnings;-Xcompiler=-Werror>)
endfunction()

# roadgnn_library(name source ...) makes the target roadgnn_<name>, known as roadgnn::<name>.
function(roadgnn_library name)
  add_library(roadgnn_${name} ${ARGN})
  add_library(roadgnn::${name} ALIAS roadgnn_${name})
  set_target_properties(roadgnn_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(roadgnn_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  roadgnn_own_code(roadgnn_${name})
endfunction()

# LibTorch's headers cost seconds in every source: they are compiled once a target.
function(roadgnn_precompile_torch target)
  target_precompile_headers(${target} PRIVATE <ATen/ATen.h>)
endfunction()
