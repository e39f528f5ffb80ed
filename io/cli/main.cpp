// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The program `roadgnn`: parses the command line, runs one command and turns exceptions into exit
// statuses.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/command.h>

int main(int argc, char** argv) {
  using namespace roadgnn;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write error like any other

  CLI::App app{"Routes a day of orders over a city's roads."};
  app.require_subcommand(1);
  app.set_version_flag("--version", ROADGNN_VERSION);
  int status = 0;
  cli::add_commands(app, status);
  try {
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
