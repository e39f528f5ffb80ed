// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roadgnn::io {

/// A small constant map from names to values, made for being asked millions of times whether it has
/// a name: an open hash table of at most a quarter full, over a hash that looks at four bytes and
/// the length.
template <typename Value>
class NameTable {
 public:
  NameTable() = default;

  /// Of equal names the first counts.
  explicit NameTable(std::vector<std::pair<std::string, Value>> entries)
      : entries_(std::move(entries)) {
    std::size_t size = 8;
    while (size < 4 * entries_.size()) size *= 2;
    slots_.assign(size, kEmpty);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t slot = hash(entries_[i].first) & (size - 1);
      while (slots_[slot] != kEmpty) slot = (slot + 1) & (size - 1);
      slots_[slot] = static_cast<std::int32_t>(i);
    }
  }

  /// The value of `name`, or nullptr.
  const Value* find(std::string_view name) const {
    if (slots_.empty()) return nullptr;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash(name) & mask; slots_[slot] != kEmpty; slot = (slot + 1) & mask) {
      const auto& entry = entries_[static_cast<std::size_t>(slots_[slot])];
      if (entry.first == name) return &entry.second;
    }
    return nullptr;
  }

  bool contains(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  static constexpr std::int32_t kEmpty = -1;

  static std::size_t hash(std::string_view name) {
    if (name.empty()) return 0;
    const std::size_t n = name.size();
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(name[i]));
    };
    const std::size_t mixed = byte(0) + 31 * byte(n - 1) + 961 * byte(n / 2) + 29791 * byte(n / 4) +
                              923521 * n + 77 * byte(n * 3 / 4);
    return mixed ^ (mixed >> 9);
  }

  std::vector<std::pair<std::string, Value>> entries_;
  std::vector<std::int32_t> slots_;
};

}  // namespace roadgnn::io
