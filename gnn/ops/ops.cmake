# The message-passing operators, part of roadgnn_gnn.
target_sources(roadgnn_gnn PRIVATE
  ops/autocast.cpp
  ops/autograd.cpp
  ops/detail/checks.cpp
  ops/meta.cpp
  ops/ops.cpp
  ops/schema.cpp
  ops/detail/transpose.cpp
  ops/cpu/attention.cpp
  ops/cpu/kernels_reference.cpp
  ops/cpu/select.cpp
  ops/cpu/spmm.cpp)

# at::parallel_for is a template around OpenMP: what calls it is compiled with OpenMP, and the runtime is the one that
# LibTorch has loaded already, whoever brought it.
set_source_files_properties(ops/cpu/attention.cpp ops/cpu/spmm.cpp PROPERTIES
  COMPILE_OPTIONS -fopenmp SKIP_PRECOMPILE_HEADERS ON)
cmake_path(GET LibTorch_torch_cpu_LIBRARY PARENT_PATH libtorch_folder)
file(GLOB libtorch_openmp ${libtorch_folder}/libgomp*.so*)
if(libtorch_openmp)
  list(GET libtorch_openmp 0 libtorch_openmp)
  target_link_libraries(roadgnn_gnn PRIVATE ${libtorch_openmp})
else()
  find_package(OpenMP REQUIRED COMPONENTS CXX)
  target_link_libraries(roadgnn_gnn PRIVATE ${OpenMP_CXX_LIBRARIES})
endif()

# Compiled for one instruction set each and entered only where the processor has it. Their functions are all internal, so
# that the linker cannot take one of them into the others' path. (GCC 12 takes AVX-512's undefined lanes for mistakes.)
target_sources(roadgnn_gnn PRIVATE ops/cpu/kernels_avx2.cpp ops/cpu/kernels_avx512.cpp)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set_source_files_properties(ops/cpu/kernels_avx2.cpp PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma;-mf16c")
  set_source_files_properties(ops/cpu/kernels_avx512.cpp PROPERTIES COMPILE_OPTIONS
    "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx2;-mfma;-mf16c;-Wno-uninitialized;-Wno-maybe-uninitialized")
endif()
set_source_files_properties(ops/cpu/kernels_avx2.cpp ops/cpu/kernels_avx512.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)

# CUDA: compiled wherever there is a CUDA compiler, so that it cannot rot; linked where LibTorch's CUDA part can be loaded.
# The kernels compile without LibTorch.
if(ROADGNN_HAS_CUDA)
  add_library(roadgnn_gnn_cuda OBJECT ops/cuda/attention.cu ops/cuda/cusparse.cpp ops/cuda/ops.cpp ops/cuda/spmm.cu)
  roadgnn_own_code(roadgnn_gnn_cuda)
  set_target_properties(roadgnn_gnn_cuda PROPERTIES CUDA_RUNTIME_LIBRARY Shared)
  target_include_directories(roadgnn_gnn_cuda PRIVATE ${PROJECT_BINARY_DIR}/include)
  target_include_directories(roadgnn_gnn_cuda SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS}
    $<$<COMPILE_LANGUAGE:CXX>:$<TARGET_PROPERTY:LibTorch::torch_cpu,INTERFACE_INCLUDE_DIRECTORIES>>)
  if(LibTorch_CUDA_FOUND)
    target_sources(roadgnn_gnn PRIVATE $<TARGET_OBJECTS:roadgnn_gnn_cuda>)
    # LibTorch and these kernels share streams, so they share one runtime library.
    set_target_properties(roadgnn_gnn PROPERTIES CUDA_RUNTIME_LIBRARY Shared)
    target_link_libraries(roadgnn_gnn PRIVATE CUDA::cudart CUDA::cusparse)
  endif()
endif()
