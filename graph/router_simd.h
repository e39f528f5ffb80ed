// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks a function of plain loops to be compiled once per instruction set; the fastest that the
// machine has is chosen when the program starts. All of them compute the same integers. Sanitizers
// cannot run before their own start-up, which this choice would need, so there the plain one
// serves.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define ROADGNN_SIMD_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ROADGNN_SIMD_CLONES
#endif
