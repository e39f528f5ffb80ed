# What training needs and LibTorch's C++ side lacks, part of roadgnn_gnn.
find_package(nlohmann_json REQUIRED)
target_link_libraries(roadgnn_gnn PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
target_sources(roadgnn_gnn PRIVATE
  train/backend_gloo.cpp
  train/backup.cpp
  train/data_parallel.cpp
  train/detail/safetensors_layout.cpp
  train/load_into.cpp
  train/mixed_precision.cpp
  train/process_group.cpp
  train/safetensors.cpp
  train/schedule.cpp)

# The wheel holds Gloo without its headers; Debian's serve (same classes, tried by tests/gnn/train/data_parallel_test.cpp).
find_path(ROADGNN_GLOO_INCLUDE_DIR gloo/context.h)
mark_as_advanced(ROADGNN_GLOO_INCLUDE_DIR)
if(ROADGNN_GLOO_INCLUDE_DIR)
  set_source_files_properties(train/backend_gloo.cpp PROPERTIES COMPILE_DEFINITIONS ROADGNN_HAS_GLOO)
else()
  message(STATUS "Training in several processes is left out: no Gloo headers (libgloo-dev)")
endif()

# As the operators: compiled wherever there is a CUDA compiler (its toolkit brings nccl.h), linked with LibTorch's CUDA part.
find_path(ROADGNN_NCCL_INCLUDE_DIR nccl.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
mark_as_advanced(ROADGNN_NCCL_INCLUDE_DIR)
if(ROADGNN_HAS_CUDA AND ROADGNN_NCCL_INCLUDE_DIR)
  add_library(roadgnn_gnn_nccl OBJECT train/backend_nccl.cpp)
  roadgnn_own_code(roadgnn_gnn_nccl)
  target_include_directories(roadgnn_gnn_nccl PRIVATE ${PROJECT_BINARY_DIR}/include)
  target_include_directories(roadgnn_gnn_nccl SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS} ${ROADGNN_NCCL_INCLUDE_DIR}
    $<TARGET_PROPERTY:LibTorch::torch_cpu,INTERFACE_INCLUDE_DIRECTORIES>)
  if(LibTorch_CUDA_FOUND)
    target_sources(roadgnn_gnn PRIVATE $<TARGET_OBJECTS:roadgnn_gnn_nccl>)
    set_property(SOURCE train/backend_gloo.cpp APPEND PROPERTY COMPILE_DEFINITIONS ROADGNN_HAS_NCCL)
  endif()
endif()

# Data sets: what reads problems and makes plans of them.
if(ROADGNN_IO)
  roadgnn_library(train
    train/checked_safetensors.cpp
    train/checkpoint.cpp
    train/data_set.cpp
    train/day_sample.cpp
    train/labels.cpp
    train/plane_problem.cpp
    train/recipe.cpp
    train/route_loss.cpp
    train/sample_store.cpp
    train/trainer.cpp
    train/training_problem.cpp)
  target_compile_definitions(roadgnn_train PRIVATE ROADGNN_VERSION="${PROJECT_VERSION}")
  target_link_libraries(roadgnn_train
    PUBLIC roadgnn::gnn roadgnn::decode roadgnn::io
    PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  roadgnn_precompile_torch(roadgnn_train)
endif()
