// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace roadgnn::io::detail {

enum class Packing { gzip, bzip2 };

/// Unpacks gzip or bzip2, several such streams one after the other too (as pbzip2 and bgzip write
/// them). Bytes behind a stream that begin no other are left alone, as gzip and bzip2 do. A stream
/// without its end is an error, its last checksum missing included.
class PackedStream {
 public:
  /// `source` gives the next packed bytes, none at the end.
  PackedStream(Packing packing, std::function<std::string()> source);
  ~PackedStream();

  /// The next unpacked bytes, a few hundred thousand; none at the end. Throws InputError where the
  /// bytes are damaged or cut off.
  std::string next();

  /// One format's unpacker.
  class Codec;

 private:
  bool starts_another_stream();

  std::unique_ptr<Codec> codec_;
  std::function<std::string()> source_;
  std::string packed_;
  std::size_t at_ = 0;
  bool source_ended_ = false, in_stream_ = false, any_stream_ = false;
};

}  // namespace roadgnn::io::detail
