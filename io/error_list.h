// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roadgnn::io {

/// A piece of a user's file made fit for an error message: in quotes, at most 40 characters of it,
/// control characters written as \xNN. An empty one is "nothing".
std::string quote_for_error(std::string_view text);

/// Collects the errors of one input file, so that all are told at once: the first ones in full, of
/// the rest the number.
class ErrorList {
 public:
  ErrorList(std::string origin, int max_listed)
      : origin_(std::move(origin)), max_listed_(max_listed) {}

  /// Adds an error at a place in the file: a line number, or 0 where `message` itself names the
  /// place.
  void add(std::int64_t line, std::string message);

  bool empty() const { return count_ == 0; }
  /// Whether further errors are only counted, so that their wording may be cheap.
  bool full() const { return count_ >= max_listed_; }

  /// Throws InputError with the errors by line, one a line, if there are any.
  void throw_if_any() const;

 private:
  std::string origin_;
  int max_listed_;
  std::int64_t count_ = 0;
  std::vector<std::pair<std::int64_t, std::string>> listed_;
};

}  // namespace roadgnn::io
