// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace roadgnn::decode::detail {

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers with every standard library.
class Rng {
 public:
  /// A stream of its own for every (seed, a, b).
  explicit Rng(std::uint64_t seed, std::uint64_t a = 0, std::uint64_t b = 0) : state_(seed) {
    state_ = next() ^ (a * 0xD1342543DE82EF95U);
    state_ = next() ^ (b * 0xAF251AF3B0F025B5U);
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  /// 0 .. bound-1 (bound > 0).
  std::int32_t below(std::int32_t bound) {
    return static_cast<std::int32_t>(((next() >> 32) * static_cast<std::uint64_t>(bound)) >> 32);
  }

  /// [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace roadgnn::decode::detail
