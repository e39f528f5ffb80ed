// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/hash.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace roadgnn::io {

std::uint64_t xxh3(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace roadgnn::io
