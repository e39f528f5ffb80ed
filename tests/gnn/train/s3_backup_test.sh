#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the backup tests against S3: a server of moto's on this machine, reached by rclone as any other would be.
# Skips (77) without rclone or moto (pip install "moto[server]").
# Usage: s3_backup_test.sh PROGRAM_WITH_BACKUP_TESTS
set -euo pipefail

program=$1
command -v rclone > /dev/null || { echo "no rclone"; exit 77; }
command -v moto_server > /dev/null || { echo "no moto_server (pip install 'moto[server]')"; exit 77; }

folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
moto_server -H 127.0.0.1 -p "$port" > "$folder/server.log" 2>&1 &
server=$!
trap 'kill $server 2> /dev/null; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
  curl -s -o /dev/null "http://127.0.0.1:$port" && break
  sleep 0.1
done

export RCLONE_CONFIG=$folder/rclone.conf RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Other
export RCLONE_CONFIG_S3_ENDPOINT=http://127.0.0.1:$port RCLONE_CONFIG_S3_FORCE_PATH_STYLE=true
export RCLONE_CONFIG_S3_ACCESS_KEY_ID=key RCLONE_CONFIG_S3_SECRET_ACCESS_KEY=secret
unset AWS_CA_BUNDLE  # rclone before 1.61 stops at it
: > "$RCLONE_CONFIG"
ROADGNN_BACKUP_REMOTE=s3:roadgnn-tests/run-1 "$program" --gtest_filter='BackupTest.*:-*AFailedCopyIsTold'
