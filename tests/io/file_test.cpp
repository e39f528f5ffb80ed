// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/file.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

TEST(WriteAtomically, LeavesTheOldFileAndNoTemporaryWhenWritingFails) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("roadgnn_file_test" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  write_atomically(folder / "a.txt", [](std::ostream& out) { out << "old"; });

  EXPECT_THROW(write_atomically(folder / "a.txt",
                                [](std::ostream& out) {
                                  out << "half";
                                  throw std::runtime_error("interrupted");
                                }),
               std::runtime_error);

  EXPECT_EQ(read_file(folder / "a.txt"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  std::filesystem::remove_all(folder);
}

TEST(ReadFile, NamesAMissingFile) {
  try {
    read_file("/nowhere/orders.csv");
    FAIL() << "expected an InputError";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/orders.csv: cannot be read: No such file or directory");
  }
}

}  // namespace
}  // namespace roadgnn::io
