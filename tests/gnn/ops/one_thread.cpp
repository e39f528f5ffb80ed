// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace {

/// The naive formulas are thousands of tiny LibTorch calls, which several threads only slow down.
class OneThread : public testing::Environment {
  void SetUp() override { at::set_num_threads(1); }
};

[[maybe_unused]] const auto* const environment =
    testing::AddGlobalTestEnvironment(new OneThread);  // owned by GoogleTest

}  // namespace
