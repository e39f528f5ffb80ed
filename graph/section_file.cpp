// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/section_file.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <roadgnn/graph/atomic_file.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph {
namespace {

static_assert(std::endian::native == std::endian::little, "city files are little-endian");

constexpr std::array<char, 8> kMagic = {'R', 'o', 'a', 'd', 'G', 'N', 'N', '\0'};
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kNameBytes = 32;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kSectionFileVersion;
  std::uint32_t num_sections = 0;
  std::uint64_t file_size = 0;
  std::uint64_t checksum = 0;  // of the header with this field 0, and the table
  std::array<std::uint64_t, 4> reserved = {};
};
struct Entry {
  std::array<char, kNameBytes> name = {};
  std::uint64_t element_size = 0, count = 0, offset = 0, checksum = 0;
};
static_assert(sizeof(Header) == kAlignment && sizeof(Entry) == kAlignment);

std::uint64_t padded(std::uint64_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// Checksum of a section and the zeros behind it.
std::uint64_t section_checksum(std::span<const std::byte> bytes) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, bytes.data(), bytes.size());
  constexpr std::array<std::byte, kAlignment> zeros = {};
  XXH3_64bits_update(&state, zeros.data(), padded(bytes.size()) - bytes.size());
  return XXH3_64bits_digest(&state);
}

std::uint64_t table_checksum(Header header, const Entry* entries) {
  header.checksum = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, &header, sizeof(header));
  XXH3_64bits_update(&state, entries, header.num_sections * sizeof(Entry));
  return XXH3_64bits_digest(&state);
}

}  // namespace

void SectionWriter::add_bytes(std::string_view name, std::size_t element_size, std::size_t count,
                              std::span<const std::byte> bytes) {
  const bool taken = std::any_of(sections_.begin(), sections_.end(),
                                 [&](const Section& s) { return s.name == name; });
  if (name.empty() || name.size() >= kNameBytes || taken) {
    throw Error("section '" + std::string(name) +
                "': expected a name of 1 to 31 characters that is not taken");
  }
  sections_.push_back({std::string(name), element_size, count, bytes});
}

void SectionWriter::write(const std::filesystem::path& path) const {
  Header header;
  header.num_sections = static_cast<std::uint32_t>(sections_.size());
  std::vector<Entry> entries(sections_.size());
  std::uint64_t offset = sizeof(Header) + entries.size() * sizeof(Entry);
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    std::copy(section.name.begin(), section.name.end(), entries[i].name.begin());
    entries[i].element_size = section.element_size;
    entries[i].count = section.count;
    entries[i].offset = offset;
    entries[i].checksum = section_checksum(section.bytes);
    offset += padded(section.bytes.size());
  }
  header.file_size = offset;
  header.checksum = table_checksum(header, entries.data());

  write_atomically(path, [&](std::ostream& out) {
    const auto put = [&](const void* data, std::size_t size) {
      out.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
    };
    put(&header, sizeof(header));
    put(entries.data(), entries.size() * sizeof(Entry));
    constexpr std::array<char, kAlignment> zeros = {};
    for (const Section& section : sections_) {
      put(section.bytes.data(), section.bytes.size());
      put(zeros.data(), padded(section.bytes.size()) - section.bytes.size());
    }
  });
}

std::shared_ptr<const SectionReader> SectionReader::open(const std::filesystem::path& path) {
  const std::shared_ptr<SectionReader> reader(new SectionReader);
  reader->path_ = path.string();
  const auto fail = [&] {
    throw InputError(reader->path_ + ": cannot be read: " + std::strerror(errno));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail();
  struct stat info = {};
  if (::fstat(file, &info) != 0 || S_ISDIR(info.st_mode)) {
    if (S_ISDIR(info.st_mode)) errno = EISDIR;
    const int error = errno;
    ::close(file);
    errno = error;
    fail();
  }
  reader->size_ = static_cast<std::size_t>(info.st_size);
  if (reader->size_ > 0) {
    void* data = ::mmap(nullptr, reader->size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data != MAP_FAILED) ::madvise(data, reader->size_, MADV_WILLNEED);
    const int error = errno;
    ::close(file);
    errno = error;
    if (data == MAP_FAILED) fail();
    reader->data_ = static_cast<const std::byte*>(data);
    reader->mapped_ = true;
  } else {
    ::close(file);
  }
  reader->verify();
  return reader;
}

std::shared_ptr<const SectionReader> SectionReader::from_bytes(std::span<const std::byte> bytes,
                                                               std::string name) {
  const std::shared_ptr<SectionReader> reader(new SectionReader);
  reader->path_ = std::move(name);
  auto* copy =
      static_cast<std::byte*>(::operator new (bytes.size() + 1, std::align_val_t{kAlignment}));
  std::copy(bytes.begin(), bytes.end(), copy);
  reader->data_ = copy;
  reader->size_ = bytes.size();
  reader->verify();
  return reader;
}

SectionReader::~SectionReader() {
  if (mapped_) {
    ::munmap(const_cast<std::byte*>(data_), size_);
  } else if (data_ != nullptr) {
    ::operator delete (const_cast<std::byte*>(data_), std::align_val_t{kAlignment});
  }
}

void SectionReader::damaged(const std::string& what) const {
  throw InputError(path_ + ": is not a usable city file: " + what);
}

void SectionReader::verify() {
  if (size_ < sizeof(Header) || std::memcmp(data_, kMagic.data(), kMagic.size()) != 0) {
    damaged("expected a roadgnn city file, found something else");
  }
  Header header;
  std::memcpy(&header, data_, sizeof(header));
  if (header.version != kSectionFileVersion) {
    damaged("expected version " + std::to_string(kSectionFileVersion) + ", found version " +
            std::to_string(header.version) + "; import the map again with this program");
  }
  if (header.file_size != size_) {
    damaged("expected " + std::to_string(header.file_size) + " bytes, found " +
            std::to_string(size_));
  }
  if (header.num_sections > (size_ - sizeof(Header)) / sizeof(Entry))
    damaged("its table of sections is damaged");
  const auto* entries = reinterpret_cast<const Entry*>(data_ + sizeof(Header));
  if (table_checksum(header, entries) != header.checksum)
    damaged("the checksum of its table is wrong");

  std::uint64_t expected_offset = sizeof(Header) + header.num_sections * sizeof(Entry);
  for (std::uint32_t i = 0; i < header.num_sections; ++i) {
    const Entry& entry = entries[i];
    const std::string name(entry.name.data(), ::strnlen(entry.name.data(), kNameBytes - 1));
    const bool fits = entry.offset == expected_offset && entry.element_size > 0 &&
                      entry.count <= (size_ - entry.offset) / entry.element_size;
    if (!fits || entry.offset + padded(entry.count * entry.element_size) > size_) {
      damaged("section '" + name + "' does not fit into the file");
    }
    expected_offset += padded(entry.count * entry.element_size);
    sections_.push_back({name, entry.element_size, entry.count, entry.offset});
  }
  if (expected_offset != size_) damaged("bytes follow its last section");

  parallel_for(header.num_sections, 1, 0, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Section& section = sections_[static_cast<std::size_t>(i)];
      const std::uint64_t size = padded(section.count * section.element_size);
      if (XXH3_64bits(data_ + section.offset, size) != entries[i].checksum) {
        damaged("the checksum of section '" + section.name + "' is wrong");
      }
    }
  });
  std::sort(sections_.begin(), sections_.end(),
            [](const Section& a, const Section& b) { return a.name < b.name; });
}

const SectionReader::Section* SectionReader::find(std::string_view name) const {
  const auto found =
      std::lower_bound(sections_.begin(), sections_.end(), name,
                       [](const Section& s, std::string_view n) { return s.name < n; });
  return found != sections_.end() && found->name == name ? &*found : nullptr;
}

const SectionReader::Section& SectionReader::get(std::string_view name,
                                                 std::size_t element_size) const {
  const Section* section = find(name);
  if (section == nullptr) damaged("section '" + std::string(name) + "' is missing");
  if (section->element_size != element_size) {
    damaged("section '" + std::string(name) + "': expected elements of " +
            std::to_string(element_size) + " bytes, found " +
            std::to_string(section->element_size));
  }
  return *section;
}

std::string SectionReader::text(std::string_view name) const {
  const SharedArray<char> chars = array<char>(name);
  return {chars.begin(), chars.end()};
}

}  // namespace roadgnn::graph
