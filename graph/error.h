// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace roadgnn {

/// Base of everything the library throws. The message is one line, fit to be shown to a user: it
/// names the file, line or field, what was expected and what was found. Exit status 1 of the
/// program.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The input (a file, a field, an argument) is wrong. Exit status 2 of the program.
class InputError : public Error {
 public:
  using Error::Error;
};

/// The roads cannot do it: no way between two places, nothing to snap to. Exit status 3 of the
/// program.
class RoutingError : public Error {
 public:
  using Error::Error;
};

}  // namespace roadgnn
