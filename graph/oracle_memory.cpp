// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/oracle_memory.h>

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace roadgnn::graph::detail {

LabelMemory::LabelMemory(std::span<const std::uint64_t> words) : size_(words.size()) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20, kPage = 4096;
  const std::size_t page = words.size_bytes() >= kHugePage ? kHugePage : kPage;
  const std::size_t bytes = (words.size_bytes() + page - 1) / page * page;
  if (bytes == 0) return;
  words_.reset(static_cast<std::uint64_t*>(std::aligned_alloc(page, bytes)));
  if (!words_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  ::madvise(words_.get(), bytes, MADV_HUGEPAGE);  // a wish: nothing is lost where it is not granted
#endif
  std::memcpy(words_.get(), words.data(), words.size_bytes());
}

}  // namespace roadgnn::graph::detail
