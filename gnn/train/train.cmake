# What training needs and LibTorch's C++ side lacks, part of roadgnn_gnn.
find_package(nlohmann_json REQUIRED)
target_link_libraries(roadgnn_gnn PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
target_sources(roadgnn_gnn PRIVATE
  train/load_into.cpp
  train/mixed_precision.cpp
  train/safetensors.cpp
  train/schedule.cpp)
