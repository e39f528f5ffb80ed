// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/backup.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

using testing::HasSubstr;

/// On a local store, or on ROADGNN_BACKUP_REMOTE (see s3_backup_test.sh).
class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("rclone version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no rclone";
    folder_ = testing::TempDir() + "backup_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_ + "/run");
    if (const char* remote = std::getenv("ROADGNN_BACKUP_REMOTE")) {
      remote_ = remote;
      return;
    }
    setenv("RCLONE_CONFIG", (folder_ + "/rclone.conf").c_str(), 1);
    setenv("RCLONE_CONFIG_STORE_TYPE", "local", 1);
    std::ofstream(folder_ + "/rclone.conf") << "";
    remote_ = "store:" + folder_ + "/bucket/run-1";
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = folder_ + "/run/" + name;
    std::ofstream(file.string() + ".part") << text;
    std::filesystem::rename(file.string() + ".part", file);
    return file;
  }

  std::string copied(const std::string& name) const {
    const std::string back = folder_ + "/back-" + name;
    EXPECT_EQ(std::system(("rclone copyto " + remote_ + "/" + name + " " + back).c_str()), 0);
    std::ifstream stream(back);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::string folder_, remote_;
};

TEST_F(BackupTest, AFileIsInTheStoreAfterFinish) {
  Backup backup(remote_);

  backup.copy(write("last.checkpoint", "one"));
  backup.copy(write("best.checkpoint", "two"));
  backup.finish();

  EXPECT_EQ(copied("last.checkpoint"), "one");
  EXPECT_EQ(copied("best.checkpoint"), "two");
}

TEST_F(BackupTest, TheNewestVersionWins) {
  Backup backup(remote_);

  for (int version = 0; version < 20; ++version) {
    backup.copy(write("last.checkpoint", std::string(1000, 'a') + std::to_string(version)));
  }
  backup.finish();

  EXPECT_EQ(copied("last.checkpoint"), std::string(1000, 'a') + "19");
}

TEST_F(BackupTest, NothingIsLeftBesideTheFile) {
  Backup backup(remote_);

  backup.copy(write("last.checkpoint", "one"));
  backup.finish();

  const std::filesystem::directory_iterator files(folder_ + "/run");
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(BackupTest, AFailedCopyIsTold) {
  Backup backup(remote_);
  std::filesystem::create_directories(folder_ + "/bucket/run-1/last.checkpoint/folder");

  backup.copy(write("last.checkpoint", "one"));

  try {
    backup.finish();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("last.checkpoint"));
  }
  EXPECT_NO_THROW(backup.finish());
}

TEST_F(BackupTest, ARemoteThatIsNotConfiguredIsRefusedAtOnce) {
  EXPECT_THROW(Backup("nowhere:bucket"), Error);
  EXPECT_THROW(Backup("bucket"), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::train
