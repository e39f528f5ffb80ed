// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace roadgnn::graph::detail {

/// Words that are read at random, on huge pages where the system has them: otherwise most reads
/// would also look for their page.
class LabelMemory {
 public:
  LabelMemory() = default;
  explicit LabelMemory(std::span<const std::uint64_t> words);

  const std::uint64_t* data() const { return words_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint64_t* words) const { std::free(words); }
  };
  std::unique_ptr<std::uint64_t[], Free> words_;
  std::size_t size_ = 0;
};

}  // namespace roadgnn::graph::detail
