// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/shared_array.h>

namespace roadgnn::graph {

/// A file of named arrays, meant to be mapped into memory. Little-endian:
///   header   64 bytes: magic "RoadGNN\0", version, number of sections, size of the file, checksum
///   of header and table table    64 bytes a section: name (31 characters at most), size and number
///   of elements, offset, checksum sections aligned to 64 bytes, the gap behind each filled with
///   zeros
/// Checksums are XXH3 (64 bits) over a section and its gap, so that every byte of the file is
/// covered.
inline constexpr std::uint32_t kSectionFileVersion = 1;

/// Collects sections, by reference, and writes them.
class SectionWriter {
 public:
  /// `values` must live until write() returns. Names are unique. Throws Error for a name that is
  /// too long or taken.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void add(std::string_view name, std::span<const T> values) {
    add_bytes(name, sizeof(T), values.size(), std::as_bytes(values));
  }
  template <class T>
  void add(std::string_view name, const SharedArray<T>& values) {
    add(name, values.span());
  }
  /// Keep a copy of the values, of the text.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void add_copy(std::string_view name, std::span<const T> values) {
    const auto* bytes = reinterpret_cast<const char*>(values.data());
    copies_.push_back(std::make_unique<std::string>(bytes, values.size_bytes()));
    add_bytes(name, sizeof(T), values.size(),
              std::as_bytes(std::span<const char>(*copies_.back())));
  }
  void add_text(std::string_view name, const std::string& text) {
    add_copy<char>(name, std::span<const char>(text));
  }

  /// Writes the file atomically; the same sections give the same bytes. Throws Error where the disk
  /// refuses.
  void write(const std::filesystem::path& path) const;

 private:
  struct Section {
    std::string name;
    std::uint64_t element_size, count;
    std::span<const std::byte> bytes;
  };
  void add_bytes(std::string_view name, std::size_t element_size, std::size_t count,
                 std::span<const std::byte> bytes);

  std::vector<Section> sections_;
  std::vector<std::unique_ptr<std::string>> copies_;
};

/// A mapped file of sections. Arrays taken from it keep it mapped. Immutable; any number of threads
/// may read it.
class SectionReader : public std::enable_shared_from_this<SectionReader> {
 public:
  /// Maps a file and verifies its sizes, its table and all checksums. Throws InputError naming the
  /// file when it is missing, foreign, of a newer version, truncated or damaged.
  static std::shared_ptr<const SectionReader> open(const std::filesystem::path& path);

  /// The same over bytes in memory, which are copied; `name` stands for the path in errors.
  static std::shared_ptr<const SectionReader> from_bytes(std::span<const std::byte> bytes,
                                                         std::string name);

  ~SectionReader();
  SectionReader(const SectionReader&) = delete;
  SectionReader& operator=(const SectionReader&) = delete;

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// A section's array. Throws InputError where it is missing or its elements have another size.
  template <class T>
  requires std::is_trivially_copyable_v<T> SharedArray<T> array(std::string_view name)
  const {
    const Section& section = get(name, sizeof(T));
    const auto* begin = reinterpret_cast<const T*>(data_ + section.offset);
    return {std::span<const T>(begin, static_cast<std::size_t>(section.count)), shared_from_this()};
  }
  std::string text(std::string_view name) const;

  /// The file's path, for errors.
  const std::string& path() const { return path_; }

 private:
  struct Section {
    std::string name;
    std::uint64_t element_size, count, offset;
  };

  SectionReader() = default;
  void verify();
  const Section* find(std::string_view name) const;
  const Section& get(std::string_view name, std::size_t element_size) const;
  [[noreturn]] void damaged(const std::string& what) const;

  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
  std::vector<Section> sections_;
};

}  // namespace roadgnn::graph
