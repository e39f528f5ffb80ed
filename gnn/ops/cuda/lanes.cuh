// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>

#include <roadgnn/gnn/ops/cuda/kernels.h>
#include <roadgnn/graph/error.h>

/// What the CUDA kernels share: element types, packs of 16 bytes, groups of lanes, launches.
namespace roadgnn::gnn::ops::detail::cuda {

template <class T>
using Acc = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class T>
__device__ __forceinline__ Acc<T> widen(T value) {
  return static_cast<Acc<T>>(value);
}
template <class T>
__device__ __forceinline__ T narrow(Acc<T> value) {
  return static_cast<T>(value);
}

/// kVec neighbouring elements, read and written at once.
template <class T, int kVec>
struct alignas(sizeof(T) * kVec) Pack {
  T at[kVec];
};

template <int kVec, class T>
__device__ __forceinline__ Pack<T, kVec> load_pack(const void* data, std::int64_t at) {
  return *reinterpret_cast<const Pack<T, kVec>*>(static_cast<const T*>(data) + at);
}
template <int kVec, class T>
__device__ __forceinline__ void store_pack(void* data, std::int64_t at, const Pack<T, kVec>& pack) {
  *reinterpret_cast<Pack<T, kVec>*>(static_cast<T*>(data) + at) = pack;
}
template <class T>
__device__ __forceinline__ Acc<T> load_or(const void* data, std::int64_t at, Acc<T> otherwise) {
  return data != nullptr ? widen(static_cast<const T*>(data)[at]) : otherwise;
}

template <class A>
__device__ __forceinline__ A inverse_degree(const IndexArray& first_out, std::int64_t v) {
  const std::int64_t degree = first_out[v + 1] - first_out[v];
  return degree > 1 ? A(1) / static_cast<A>(degree) : A(1);
}

/// A power of two of neighbouring threads of a warp that work on one thing together.
struct Group {
  std::int64_t index, count;  ///< which, of how many in the grid
  int lane, lanes;
  unsigned mask;

  __device__ explicit Group(int lanes_a_group) : lanes(lanes_a_group) {
    const std::int64_t thread = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    index = thread / lanes;
    count = static_cast<std::int64_t>(gridDim.x) * blockDim.x / lanes;
    lane = threadIdx.x % lanes;
    const unsigned ones = lanes == 32 ? 0xffffffffU : (1U << lanes) - 1;
    mask = ones << ((threadIdx.x % 32) - lane);
  }

  template <class A>
  __device__ A sum(A value) const {
    for (int step = lanes / 2; step > 0; step /= 2) {
      value += __shfl_xor_sync(mask, value, step);
    }
    return value;
  }
  template <class A>
  __device__ A max(A value) const {
    for (int step = lanes / 2; step > 0; step /= 2) {
      const A other = __shfl_xor_sync(mask, value, step);
      value = other > value ? other : value;
    }
    return value;
  }
};

constexpr int kThreads = 256;

inline int lanes_for(std::int64_t packs) {
  int lanes = 1;
  while (lanes < 32 && lanes < packs) lanes *= 2;
  return lanes;
}

inline unsigned blocks_for(std::int64_t groups, int lanes) {
  constexpr std::int64_t kMost = 1 << 20;
  return static_cast<unsigned>(
      std::clamp<std::int64_t>((groups * lanes + kThreads - 1) / kThreads, 1, kMost));
}

inline void check_launch(const char* kernel) {
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) {
    throw Error(std::string("roadgnn::") + kernel + ": CUDA: " + cudaGetErrorString(error));
  }
}

inline bool is_aligned(std::initializer_list<const void*> pointers) {
  return std::all_of(pointers.begin(), pointers.end(), [](const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
  });
}

template <class T>
struct Type {
  using type = T;
};

/// Calls work(Type<T>()) for the element type.
template <class Work>
void with_element(Element element, const Work& work) {
  switch (element) {
    case Element::kFloat64:
      return work(Type<double>());
    case Element::kFloat32:
      return work(Type<float>());
    case Element::kBfloat16:
      return work(Type<__nv_bfloat16>());
    case Element::kFloat16:
      return work(Type<__half>());
  }
}

/// Calls work(Type<T>(), integral constant) with the elements that a pack holds: 16 bytes where
/// columns and pointers allow it, else one.
template <class Work>
void with_pack(Element element, std::int64_t columns, std::initializer_list<const void*> pointers,
               const Work& work) {
  with_element(element, [&](auto type) {
    constexpr int kFull = 16 / sizeof(typename decltype(type)::type);
    if (columns % kFull == 0 && is_aligned(pointers)) {
      work(type, std::integral_constant<int, kFull>());
    } else {
      work(type, std::integral_constant<int, 1>());
    }
  });
}

}  // namespace roadgnn::gnn::ops::detail::cuda
