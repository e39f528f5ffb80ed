# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# What `cmake --install` lays down; the tree may be moved afterwards.
include(CMakePackageConfigHelpers)

set(ROADGNN_CONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/roadgnn)

set(libraries roadgnn_graph roadgnn_decode)
if(ROADGNN_IO)
  list(APPEND libraries roadgnn_io)
endif()
install(TARGETS ${libraries} EXPORT roadgnn-targets)
install(EXPORT roadgnn-targets NAMESPACE roadgnn:: DESTINATION ${ROADGNN_CONFIG_DIR})
if(ROADGNN_HAS_GNN)
  install(TARGETS roadgnn_gnn EXPORT roadgnn-gnn-targets)
  if(TARGET roadgnn_train)
    install(TARGETS roadgnn_train EXPORT roadgnn-gnn-targets)
  endif()
  if(TARGET roadgnn_learned)
    install(TARGETS roadgnn_learned DESTINATION ${CMAKE_INSTALL_LIBDIR}/roadgnn)
  endif()
  install(EXPORT roadgnn-gnn-targets NAMESPACE roadgnn:: DESTINATION ${ROADGNN_CONFIG_DIR})
  install(FILES ${PROJECT_SOURCE_DIR}/data/cmake/FindLibTorch.cmake DESTINATION ${ROADGNN_CONFIG_DIR})
endif()
if(TARGET roadgnn)
  install(TARGETS roadgnn)
endif()

# Public headers lie beside their sources; `detail` is private, and so are the program's own.
set(folders graph gnn/decode)
if(ROADGNN_IO)
  list(APPEND folders io)
endif()
if(ROADGNN_HAS_GNN)
  list(APPEND folders gnn)
endif()
foreach(folder IN LISTS folders)
  cmake_path(GET folder PARENT_PATH parent)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/roadgnn/${parent}
    FILES_MATCHING PATTERN "*.h" PATTERN detail EXCLUDE PATTERN cpu EXCLUDE PATTERN cuda EXCLUDE PATTERN cli EXCLUDE PATTERN page EXCLUDE)
endforeach()

install(DIRECTORY data/profiles DESTINATION ${CMAKE_INSTALL_DATADIR}/roadgnn OPTIONAL)
install(FILES data/coquimbo.osm.pbf data/coquimbo_zones.csv data/README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/roadgnn)
install(FILES data/route_model.safetensors data/route_model.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/roadgnn)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The packages whose targets the static libraries name, for find_dependency.
set(ROADGNN_DEPENDENCIES)
foreach(target IN LISTS libraries)
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  foreach(link IN LISTS links)
    if(link MATCHES "([A-Za-z0-9_]+)::" AND NOT link MATCHES "BUILD_INTERFACE|(roadgnn|Threads|CUDA)::")
      list(APPEND ROADGNN_DEPENDENCIES ${CMAKE_MATCH_1})
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES ROADGNN_DEPENDENCIES)
list(JOIN ROADGNN_DEPENDENCIES " " ROADGNN_DEPENDENCIES)
configure_package_config_file(data/cmake/roadgnn-config.cmake.in ${PROJECT_BINARY_DIR}/roadgnn-config.cmake
  INSTALL_DESTINATION ${ROADGNN_CONFIG_DIR}
  PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/roadgnn-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/roadgnn-config.cmake ${PROJECT_BINARY_DIR}/roadgnn-config-version.cmake
  DESTINATION ${ROADGNN_CONFIG_DIR})
