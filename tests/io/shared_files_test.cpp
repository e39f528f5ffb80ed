// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/shared_files.h>

namespace roadgnn::io {
namespace {

class SharedFiles : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("ROADGNN_SHARE"); }
};

TEST_F(SharedFiles, LieBesideTheRunningProgram) {
  const auto zones = shared_file("coquimbo_zones.csv");

  EXPECT_TRUE(std::filesystem::is_regular_file(zones));
}

TEST_F(SharedFiles, ComeFromTheFolderThatTheEnvironmentNames) {
  ::setenv("ROADGNN_SHARE", ROADGNN_SOURCE_DIR, 1);

  EXPECT_EQ(shared_file("LICENSE"), std::filesystem::path(ROADGNN_SOURCE_DIR) / "LICENSE");
}

TEST_F(SharedFiles, ThatAreMissingAreNamedWithThePlacesLookedAt) {
  ::setenv("ROADGNN_SHARE", "/nowhere", 1);
  try {
    shared_file("no such file");

    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("no such file"), testing::HasSubstr("/nowhere")));
  }
}

}  // namespace
}  // namespace roadgnn::io
