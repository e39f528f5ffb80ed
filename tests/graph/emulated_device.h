// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <roadgnn/graph/device.h>

namespace roadgnn::graph::testing {

/// A launcher (see device_group.h) that runs the steps of GPU work on the CPU, one after the other
/// in a shuffled order, on memory that is full of rubbish at first.
class EmulatedDevice {
 public:
  explicit EmulatedDevice(unsigned seed, std::int64_t resident_groups = 7)
      : random_(seed), resident_groups_(resident_groups) {}

  template <class T>
  DeviceArray<T> array(std::int64_t size) {
    auto values = std::make_shared<std::vector<T>>(static_cast<std::size_t>(size));
    fill_with_rubbish(values->data(), values->size() * sizeof(T));
    return {std::shared_ptr<T>(values, values->data()), size};
  }

  template <class T>
  DeviceArray<T> upload(std::vector<T> values) {
    const auto kept = std::make_shared<std::vector<T>>(std::move(values));
    return {std::shared_ptr<T>(kept, kept->data()), static_cast<std::int64_t>(kept->size())};
  }

  template <class T>
  std::vector<T> download(const DeviceArray<T>& array) {
    return {array.data.get(), array.data.get() + array.size};
  }

  void wait() {}

  template <class Step>
  void each(std::int64_t count, const Step& step) {
    for (const std::int64_t i : shuffled(0, count)) step(i);
  }

  template <class Step>
  void each_group(std::int64_t count, int /*threads*/, std::int64_t memory_bytes,
                  const Step& step) {
    std::vector<std::uint64_t> memory(static_cast<std::size_t>(memory_bytes + 7) / 8);
    for (const std::int64_t i : shuffled(0, count)) {
      fill_with_rubbish(memory.data(), memory.size() * sizeof(std::uint64_t));
      Group group{*this};
      step(group, i, memory.data());
    }
  }

  void scan(const DeviceArray<std::int32_t>& in, const DeviceArray<std::int32_t>& out) {
    std::exclusive_scan(in.data.get(), in.data.get() + in.size, out.data.get(), 0);
  }

  std::int64_t resident_groups(int /*threads*/, std::int64_t /*memory_bytes*/) const {
    return resident_groups_;
  }

 private:
  struct Group {
    EmulatedDevice& device;

    template <class Body>
    void each(std::int32_t begin, std::int32_t end, const Body& body) {
      for (const std::int64_t i : device.shuffled(begin, end)) body(static_cast<std::int32_t>(i));
    }
    template <class Body>
    void one(const Body& body) {
      body();
    }
  };

  std::vector<std::int64_t> shuffled(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(std::max(end - begin, INT64_C(0))));
    std::iota(order.begin(), order.end(), begin);
    std::shuffle(order.begin(), order.end(), random_);
    return order;
  }

  static void fill_with_rubbish(void* memory, std::size_t bytes) {
    if (bytes > 0) std::memset(memory, 0xa5, bytes);
  }

  std::mt19937 random_;
  std::int64_t resident_groups_;
};

}  // namespace roadgnn::graph::testing
