// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/temporary_path.h>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

namespace fs = std::filesystem;
using Kind = TemporaryPath::Kind;

class TemporaryPathTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(folder_), {}); }

  // Leaves a temporary behind as a killed process does.
  void leave_behind(Kind kind) const {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto abandoned = std::make_unique<TemporaryPath>(target_, kind);
      if (kind == Kind::folder) std::ofstream(abandoned->path() / "part") << "half";
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }

  fs::path folder_ =
      fs::temp_directory_path() / ("roadgnn_temporary_test" + std::to_string(::getpid()));
  fs::path target_ = folder_ / "out";
};

TEST_F(TemporaryPathTest, IsEmptyBesideItsTargetAndGoneInTheEnd) {
  for (const Kind kind : {Kind::file, Kind::folder}) {
    {
      const TemporaryPath temporary(target_, kind);
      EXPECT_EQ(temporary.path().parent_path(), folder_);
      EXPECT_TRUE(fs::is_empty(temporary.path()));
      EXPECT_EQ(fs::is_directory(temporary.path()), kind == Kind::folder);
    }

    EXPECT_EQ(entries(), 0);
  }
}

TEST_F(TemporaryPathTest, StaysWhereItWasMovedTo) {
  {
    TemporaryPath temporary(target_, Kind::file);
    std::ofstream(temporary.path()) << "whole";
    EXPECT_TRUE(temporary.move_to_target());
  }

  EXPECT_EQ(entries(), 1);
  EXPECT_EQ(fs::file_size(target_), 5U);
}

TEST_F(TemporaryPathTest, RemovesWhatKilledProcessesLeftForTheSameTarget) {
  leave_behind(Kind::file);
  leave_behind(Kind::folder);  // removes the one before
  ASSERT_EQ(entries(), 1);
  std::ofstream(folder_ / "out.tmp") << "a user's own";

  const TemporaryPath temporary(target_, Kind::folder);

  EXPECT_EQ(entries(), 2);
  EXPECT_TRUE(fs::is_empty(temporary.path()));
  EXPECT_TRUE(fs::exists(folder_ / "out.tmp"));
}

TEST_F(TemporaryPathTest, LeavesThoseOfOtherTargetsAndOfLivingProcesses) {
  const TemporaryPath same(target_, Kind::file), other(folder_ / "out2", Kind::file);

  const TemporaryPath temporary(target_, Kind::file);

  EXPECT_EQ(entries(), 3);
  EXPECT_NE(temporary.path(), same.path());
  EXPECT_TRUE(fs::exists(same.path()));
}

TEST_F(TemporaryPathTest, NamesAFolderThatIsMissing) {
  try {
    const TemporaryPath temporary(folder_ / "none" / "out", Kind::file);
    FAIL() << "expected an InputError";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), (folder_ / "none/out").string() +
                                ": cannot be written: there is no folder " +
                                (folder_ / "none").string());
  }
}

}  // namespace
}  // namespace roadgnn::graph
