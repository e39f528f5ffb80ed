// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/oracle_memory.h>

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace roadgnn::graph::detail {

LabelMemory::LabelMemory(std::size_t size) : size_(size) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20, kPage = 4096;
  const std::size_t wanted = size * sizeof(std::uint32_t);
  const std::size_t page = wanted >= kHugePage ? kHugePage : kPage;
  const std::size_t bytes = (wanted + page - 1) / page * page;
  if (bytes == 0) return;
  numbers_.reset(static_cast<std::uint32_t*>(std::aligned_alloc(page, bytes)));
  if (!numbers_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  ::madvise(numbers_.get(), bytes,
            MADV_HUGEPAGE);  // a wish: nothing is lost where it is not granted
#endif
}

}  // namespace roadgnn::graph::detail
