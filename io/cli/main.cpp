// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The program `roadgnn`: parses the command line, runs one command and turns exceptions into exit
// statuses.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/nearest_name.h>

namespace {

// CLI11 says of a word that is no command only that a command is missing.
void refuse_unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(argv[1])) return;
    names.push_back(command->get_name());
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  throw roadgnn::InputError("unknown command '" + std::string(argv[1]) + "'" +
                            roadgnn::io::did_you_mean(argv[1], known) +
                            "; 'roadgnn --help' lists them");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace roadgnn;
  // A closed pipe and a file that grows too large are write errors like any other.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);

  CLI::App app{"Routes a day of orders over a city's roads."};
  app.require_subcommand(1);
  app.set_version_flag("--version", ROADGNN_VERSION);
  int status = 0;
  cli::add_commands(app, status);
  try {
    refuse_unknown_command(app, argc, argv);
    app.parse(argc, argv);
    return status;
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "roadgnn: %s\n", error.what());
    return 2;
  } catch (const InputError& error) {
    std::fprintf(stderr, "roadgnn: %s\n", error.what());
    return 2;
  } catch (const RoutingError& error) {
    std::fprintf(stderr, "roadgnn: %s\n", error.what());
    return 3;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "roadgnn: out of memory\n");
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "roadgnn: %s\n", error.what());
    return 1;
  }
}
