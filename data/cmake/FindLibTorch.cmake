# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# Finds LibTorch, in a wheel or in the archives for C++. LibTorch's own package file is not used: that of a wheel built
# for CUDA stops with an error on a machine without the CUDA toolkit, although the CPU part needs none.
#
# Where it looks: LIBTORCH_ROOT (a folder with include/ and lib/; variable or environment), Torch_DIR and
# CMAKE_PREFIX_PATH as for find_package(Torch), and last where data/setup.sh --libtorch puts it.
#
# Targets: LibTorch::LibTorch   the CPU core: libtorch_cpu, libc10 and the headers
#          LibTorch::CUDA       on top of it libtorch_cuda and libc10_cuda; only where CUDA is enabled and they can be loaded
# Variables: LibTorch_FOUND, LibTorch_VERSION, LibTorch_CUDA_FOUND

set(LibTorch_hints ${LIBTORCH_ROOT} $ENV{LIBTORCH_ROOT})
foreach(dir IN ITEMS ${Torch_DIR} $ENV{Torch_DIR})
  list(APPEND LibTorch_hints ${dir}/../../..)  # share/cmake/Torch
endforeach()
set(LibTorch_cache $ENV{HOME}/.cache/roadgnn)
if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(LibTorch_cache $ENV{XDG_CACHE_HOME}/roadgnn)
endif()
file(GLOB LibTorch_cached LIST_DIRECTORIES true ${LibTorch_cache}/libtorch-*/torch)
list(SORT LibTorch_cached COMPARE NATURAL ORDER DESCENDING)

find_path(LibTorch_INCLUDE_DIR ATen/core/Tensor.h
  HINTS ${LibTorch_hints} PATH_SUFFIXES include libtorch/include torch/include
  PATHS ${LibTorch_cached})
if(LibTorch_INCLUDE_DIR)
  cmake_path(GET LibTorch_INCLUDE_DIR PARENT_PATH LibTorch_root)
  foreach(library IN ITEMS torch_cpu c10 torch_cuda c10_cuda)
    find_library(LibTorch_${library}_LIBRARY ${library} HINTS ${LibTorch_root}/lib NO_DEFAULT_PATH)
    mark_as_advanced(LibTorch_${library}_LIBRARY)
  endforeach()
  set(LibTorch_VERSION "")
  foreach(header IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(EXISTS ${LibTorch_INCLUDE_DIR}/${header})
      file(STRINGS ${LibTorch_INCLUDE_DIR}/${header} LibTorch_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH)")
      string(REGEX REPLACE "[^;]* ([0-9]+)" "\\1" LibTorch_lines "${LibTorch_lines}")
      list(JOIN LibTorch_lines . LibTorch_VERSION)
      break()
    endif()
  endforeach()
endif()
mark_as_advanced(LibTorch_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "run data/setup.sh --libtorch, or set LIBTORCH_ROOT or Torch_DIR to a LibTorch of yours")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  foreach(library IN ITEMS c10 torch_cpu)
    add_library(LibTorch::${library} SHARED IMPORTED)
    set_target_properties(LibTorch::${library} PROPERTIES
      IMPORTED_LOCATION ${LibTorch_${library}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES
        "${LibTorch_INCLUDE_DIR};${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  endforeach()
  target_link_libraries(LibTorch::torch_cpu INTERFACE LibTorch::c10)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_link_libraries(LibTorch::LibTorch INTERFACE LibTorch::torch_cpu)
endif()

# libtorch_cuda needs cuDNN, NCCL and more, which a machine with the toolkit alone has not: a program linked to it would
# not start there.
set(LibTorch_CUDA_FOUND FALSE)
if(LibTorch_FOUND AND CMAKE_CUDA_COMPILER AND LibTorch_torch_cuda_LIBRARY AND LibTorch_c10_cuda_LIBRARY)
  execute_process(COMMAND ldd ${LibTorch_torch_cuda_LIBRARY} OUTPUT_VARIABLE LibTorch_needs ERROR_QUIET)
  string(REGEX MATCHALL "[^ \t\n]+ => not found" LibTorch_missing "${LibTorch_needs}")
  if(LibTorch_missing)
    string(REPLACE " => not found" "" LibTorch_missing "${LibTorch_missing}")
    list(REMOVE_DUPLICATES LibTorch_missing)
    list(JOIN LibTorch_missing ", " LibTorch_missing)
    message(STATUS "LibTorch's CUDA part is left out, it misses ${LibTorch_missing} (data/setup.sh --libtorch --cuda)")
  else()
    set(LibTorch_CUDA_FOUND TRUE)
  endif()
endif()
if(LibTorch_CUDA_FOUND AND NOT TARGET LibTorch::CUDA)
  foreach(library IN ITEMS c10_cuda torch_cuda)
    add_library(LibTorch::${library} SHARED IMPORTED)
    set_target_properties(LibTorch::${library} PROPERTIES
      IMPORTED_LOCATION ${LibTorch_${library}_LIBRARY})
  endforeach()
  add_library(LibTorch::CUDA INTERFACE IMPORTED)
  # Nobody calls libtorch_cuda by name: its kernels register themselves when it is loaded, so the linker must keep it.
  target_link_libraries(LibTorch::CUDA INTERFACE LibTorch::LibTorch LibTorch::c10_cuda)
  target_link_options(LibTorch::CUDA INTERFACE
    "LINKER:--push-state,--no-as-needed,${LibTorch_torch_cuda_LIBRARY},--pop-state")
endif()
