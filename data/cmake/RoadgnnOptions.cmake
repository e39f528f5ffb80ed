# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# What is built, and with what. Sets ROADGNN_HAS_CUDA and ROADGNN_HAS_GNN, and enables the CUDA language.

option(ROADGNN_OSM "Build the OpenStreetMap importer and the program (needs libosmium)" ON)
option(ROADGNN_IO "Build the readers and writers of files (needs nlohmann-json, CLI11, Leaflet)" ON)
option(ROADGNN_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(ROADGNN_GPU_CHECK "Build the program that checks the CUDA kernels without GoogleTest" ${ROADGNN_TESTS})
option(ROADGNN_BENCH "Build the benchmarks" OFF)
option(ROADGNN_FUZZ "Build the libFuzzer targets (clang)" OFF)
option(ROADGNN_WERROR "Treat warnings in our own code as errors" ${PROJECT_IS_TOP_LEVEL})
set(ROADGNN_CUDA AUTO CACHE STRING "GPU kernels: AUTO where nvcc is found, ON (an error without), OFF")
set(ROADGNN_GNN AUTO CACHE STRING "The learning library: AUTO where LibTorch is found, ON (an error without), OFF")
set_property(CACHE ROADGNN_CUDA ROADGNN_GNN PROPERTY STRINGS AUTO ON OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
endif()

# What data/setup.sh fetched, if it did.
set(ROADGNN_CACHE_DIR $ENV{HOME}/.cache/roadgnn)
if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(ROADGNN_CACHE_DIR $ENV{XDG_CACHE_HOME}/roadgnn)
endif()
file(GLOB ROADGNN_FETCHED_CUDA LIST_DIRECTORIES true ${ROADGNN_CACHE_DIR}/libtorch-*/nvidia/cu13)

set(ROADGNN_HAS_CUDA FALSE)
if(NOT ROADGNN_CUDA STREQUAL "OFF")
  # The last one is the compiler that set-up fetches where a GPU's owner has no toolkit.
  find_program(ROADGNN_NVCC nvcc
    HINTS $ENV{CUDACXX} ENV CUDA_PATH PATH_SUFFIXES bin
    PATHS /usr/local/cuda ${ROADGNN_FETCHED_CUDA})
  mark_as_advanced(ROADGNN_NVCC)
  if(NOT CMAKE_CUDA_COMPILER AND ROADGNN_NVCC AND "$ENV{CUDACXX}" STREQUAL "")
    set(ENV{CUDACXX} ${ROADGNN_NVCC})
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES "80;90" CACHE STRING "GPU architectures to compile for")
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    # CMake 3.25's module stops with an error where this library, gone since CUDA 13, is missing.
    if(NOT TARGET CUDA::nvToolsExt)
      add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
    endif()
    find_package(CUDAToolkit REQUIRED)
    set(ROADGNN_HAS_CUDA TRUE)
  elseif(ROADGNN_CUDA STREQUAL "ON")
    message(FATAL_ERROR "ROADGNN_CUDA=ON, but no CUDA compiler was found: run data/setup.sh --cuda, or set CUDACXX")
  endif()
endif()

set(ROADGNN_HAS_GNN FALSE)
if(ROADGNN_GNN STREQUAL "ON")
  find_package(LibTorch REQUIRED)
elseif(ROADGNN_GNN STREQUAL "AUTO")
  find_package(LibTorch QUIET)
endif()
if(LibTorch_FOUND)
  set(ROADGNN_HAS_GNN TRUE)
endif()

if(PROJECT_IS_TOP_LEVEL)
  foreach(part IN ITEMS CUDA GNN)
    if(ROADGNN_HAS_${part})
      set(${part}_with with)
    else()
      set(${part}_with without)
    endif()
  endforeach()
  message(STATUS "roadgnn ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}: ${CUDA_with} CUDA ${CMAKE_CUDA_COMPILER_VERSION}, "
                 "${GNN_with} LibTorch ${LibTorch_VERSION}")
endif()
