// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace roadgnn::graph::detail {

/// Numbers that are read at random, on huge pages where the system has them: otherwise most reads
/// would also look for their page.
class LabelMemory {
 public:
  LabelMemory() = default;
  explicit LabelMemory(std::size_t size);  ///< not initialised

  std::uint32_t* data() { return numbers_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint32_t* numbers) const { std::free(numbers); }
  };
  std::unique_ptr<std::uint32_t[], Free> numbers_;
  std::size_t size_ = 0;
};

}  // namespace roadgnn::graph::detail
