// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function that runs on the host and, where it is compiled by nvcc, on the device as well.
#ifdef __CUDACC__
#define ROADGNN_HOST_DEVICE __host__ __device__
#else
#define ROADGNN_HOST_DEVICE
#endif
