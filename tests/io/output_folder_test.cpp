// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/output_folder.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <stdexcept>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>

namespace roadgnn::io {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(root_); }
  void TearDown() override { fs::remove_all(root_); }

  static void put(OutputFolder& folder, const std::string& name, const std::string& text) {
    folder.write(name, [&](std::ostream& out) { out << text; });
  }
  static std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
    return names;
  }

  fs::path root_ = fs::temp_directory_path() / ("roadgnn_output_test" + std::to_string(::getpid()));
};

TEST_F(OutputFolderTest, MakesANewFolderWithAllFilesAtOnce) {
  OutputFolder folder(root_ / "deep" / "out/");
  put(folder, "a", "1");
  put(folder, "b", "2");
  EXPECT_FALSE(fs::exists(root_ / "deep" / "out"));

  folder.commit();

  EXPECT_EQ(names_in(root_ / "deep" / "out"), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(names_in(root_ / "deep"), std::set<std::string>{"out"});
}

TEST_F(OutputFolderTest, ReplacesFilesAndLeavesOthersAlone) {
  fs::create_directories(root_ / "out");
  std::ofstream(root_ / "out" / "a") << "old";
  std::ofstream(root_ / "out" / "notes") << "mine";

  OutputFolder folder(root_ / "out");
  put(folder, "a", "new");
  folder.commit();

  EXPECT_EQ(read_file(root_ / "out" / "a"), "new");
  EXPECT_EQ(read_file(root_ / "out" / "notes"), "mine");
  EXPECT_EQ(names_in(root_), std::set<std::string>{"out"});
}

TEST_F(OutputFolderTest, LeavesNothingWithoutACommit) {
  {
    OutputFolder folder(root_ / "out");
    put(folder, "a", "1");
    EXPECT_THROW(folder.write("b", [](std::ostream&) { throw std::runtime_error("interrupted"); }),
                 std::runtime_error);
  }

  EXPECT_TRUE(names_in(root_).empty());
}

TEST_F(OutputFolderTest, RefusesAFileInItsPlace) {
  std::ofstream(root_ / "out") << "a file";

  EXPECT_THROW(OutputFolder folder(root_ / "out"), InputError);
}

}  // namespace
}  // namespace roadgnn::io
