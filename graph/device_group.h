// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/host_device.h>

// How the steps of GPU work are written, so that the CPU can run them too.
//
// A *step* is a small struct that a *launcher* calls once for each item, in any order and at once:
// `step(i)`, or `step(group, i, memory)` where a group of threads shares an item and some memory of
// its own. Both are functions for host and device. A group has two members, each of which all its
// threads call together and leave together, seeing what the others wrote:
//   group.each(begin, end, body)   body(i) for every i, in any order, spread over the threads
//   group.one(body)                body() by one thread
// What a step does between them, every thread of the group does alike, so it may only read what
// nobody writes before the next of these calls ends.
//
// A launcher has
//   array<T>(size), upload(vector)           memory of its device
//   each(count, step), each_group(count, threads, memory_bytes, step)
//   scan(in, out, count)                     exclusive sums
//   resident_groups(threads, memory_bytes)   how many groups its device runs at a time
// and runs what it is told in order.
namespace roadgnn::graph::detail {

template <class T>
ROADGNN_HOST_DEVICE constexpr T least(T a, T b) {
  return b < a ? b : a;
}

/// Lowers `*value` to `other` unless it is lower already; values only ever fall while others do the
/// same, so that a look that is out of date is no harm.
ROADGNN_HOST_DEVICE inline void atomic_lower(std::uint64_t* value, std::uint64_t other) {
#ifdef __CUDA_ARCH__
  if (other < *static_cast<volatile std::uint64_t*>(value)) {
    atomicMin(reinterpret_cast<unsigned long long*>(value), static_cast<unsigned long long>(other));
  }
#else
  *value = least(*value, other);
#endif
}

/// Adds one and returns what was there before.
ROADGNN_HOST_DEVICE inline std::int32_t atomic_count(std::int32_t* value) {
#ifdef __CUDA_ARCH__
  return atomicAdd(value, 1);
#else
  return (*value)++;
#endif
}

/// Sets bits; most calls find them set and write nothing.
ROADGNN_HOST_DEVICE inline void atomic_set_bits(std::uint64_t* value, std::uint64_t bits) {
#ifdef __CUDA_ARCH__
  if ((bits & ~*static_cast<volatile std::uint64_t*>(value)) != 0) {
    atomicOr(reinterpret_cast<unsigned long long*>(value), static_cast<unsigned long long>(bits));
  }
#else
  *value |= bits;
#endif
}

/// Sets a mark to 1 and says whether it was set before.
ROADGNN_HOST_DEVICE inline bool atomic_mark(std::int32_t* mark) {
#ifdef __CUDA_ARCH__
  return atomicExch(mark, 1) != 0;
#else
  const bool before = *mark != 0;
  *mark = 1;
  return before;
#endif
}

}  // namespace roadgnn::graph::detail
