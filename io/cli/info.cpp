// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <memory>

#include <roadgnn/io/cli/command.h>

namespace roadgnn::cli {

void add_info_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("info", "Say what this program was built with");
  command->callback([] { std::printf("roadgnn %s\n", ROADGNN_VERSION); });
}

}  // namespace roadgnn::cli
