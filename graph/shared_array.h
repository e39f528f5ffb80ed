// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace roadgnn::graph {

/// An immutable array that shares ownership of its memory: a vector moved in, or a section of a
/// mapped file. Copies are cheap and safe to read from several threads.
template <class T>
class SharedArray {
 public:
  SharedArray() = default;

  /// Takes over a vector.
  SharedArray(std::vector<T> values) {  // NOLINT(google-explicit-constructor): a vector is what one
                                        // has in hand
    auto owned = std::make_shared<const std::vector<T>>(std::move(values));
    view_ = *owned;
    owner_ = std::move(owned);
  }

  /// Views memory that `owner` keeps alive.
  SharedArray(std::span<const T> view, std::shared_ptr<const void> owner)
      : view_(view), owner_(std::move(owner)) {}

  const T& operator[](std::size_t i) const { return view_[i]; }
  const T* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  auto begin() const { return view_.begin(); }
  auto end() const { return view_.end(); }
  std::span<const T> span() const { return view_; }
  const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  std::span<const T> view_;
  std::shared_ptr<const void> owner_;
};

}  // namespace roadgnn::graph
