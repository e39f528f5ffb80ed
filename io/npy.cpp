// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/npy.h>

#include <zlib.h>

#include <bit>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kLimit = UINT32_MAX - 65536;  // of a member and of where the last one begins

// Fields of the ZIP format are little-endian.
template <typename Integer>
void put(std::string& record, Integer value) {
  record.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A member's part of its own head and of its entry in the archive's directory.
struct Member {
  std::string name, head;
  std::uint32_t crc = 0, size = 0, begin = 0;

  std::string fields() const {
    std::string text;
    put<std::uint16_t>(text, 20);    // version that can read it: 2.0
    put<std::uint16_t>(text, 0);     // no flags
    put<std::uint16_t>(text, 0);     // stored
    put<std::uint16_t>(text, 0);     // 00:00
    put<std::uint16_t>(text, 0x21);  // 1 January 1980
    put(text, crc);
    put(text, size);  // compressed
    put(text, size);
    put(text, static_cast<std::uint16_t>(name.size()));
    put<std::uint16_t>(text, 0);  // no extra field
    return text;
  }
};

std::uint32_t checksum(std::uint32_t crc, const void* data, std::size_t size) {
  return static_cast<std::uint32_t>(crc32_z(crc, static_cast<const Bytef*>(data), size));
}

Member member_of(const NpzArray& array, std::size_t begin) {
  Member member;
  member.name = array.name + ".npy";
  member.head = npy_head(array.type, array.shape);
  const std::size_t size = member.head.size() + array.bytes.size();
  if (size > kLimit || begin > kLimit) {
    throw Error(array.name + ": expected arrays of less than 4 GiB together, found " +
                std::to_string(begin + size) + " bytes");
  }
  member.begin = static_cast<std::uint32_t>(begin);
  member.size = static_cast<std::uint32_t>(size);
  member.crc = checksum(checksum(0, member.head.data(), member.head.size()), array.bytes.data(),
                        array.bytes.size());
  return member;
}

std::string directory_entry(const Member& member) {
  std::string text = "PK\x01\x02";
  put<std::uint16_t>(text, 20);  // version that made it
  text += member.fields();
  put<std::uint16_t>(text, 0);  // no comment
  put<std::uint16_t>(text, 0);  // the first disk
  put<std::uint16_t>(text, 0);
  put<std::uint32_t>(text, 0);  // no attributes
  put(text, member.begin);
  return text + member.name;
}

std::string directory_end(std::size_t members, std::size_t size, std::size_t begin) {
  std::string text = "PK\x05\x06";
  put<std::uint32_t>(text, 0);  // one disk
  put(text, static_cast<std::uint16_t>(members));
  put(text, static_cast<std::uint16_t>(members));
  put(text, static_cast<std::uint32_t>(size));
  put(text, static_cast<std::uint32_t>(begin));
  put<std::uint16_t>(text, 0);  // no comment
  return text;
}

NpzArray array_of(std::string name, std::string_view type, std::span<const std::byte> bytes,
                  std::size_t size) {
  return {std::move(name), type, {static_cast<std::int64_t>(size)}, bytes};
}

}  // namespace

std::string npy_head(std::string_view type, std::span<const std::int64_t> shape) {
  std::string text = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  text += shape.size() == 1 ? ",), }" : "), }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string head("\x93NUMPY\x01\x00", 8);
  put(head, static_cast<std::uint16_t>(text.size()));
  return head + text;
}

NpzArray npz_array(std::string name, std::span<const std::int32_t> elements) {
  return array_of(std::move(name), "<i4", std::as_bytes(elements), elements.size());
}

NpzArray npz_array(std::string name, std::span<const float> elements) {
  return array_of(std::move(name), "<f4", std::as_bytes(elements), elements.size());
}

void write_npz(std::ostream& out, std::span<const NpzArray> arrays) {
  std::size_t position = 0;
  std::string directory;
  for (const NpzArray& array : arrays) {
    const Member member = member_of(array, position);
    const std::string head = "PK\x03\x04" + member.fields() + member.name + member.head;
    out.write(head.data(), static_cast<std::streamsize>(head.size()));
    out.write(reinterpret_cast<const char*>(array.bytes.data()),
              static_cast<std::streamsize>(array.bytes.size()));
    position += head.size() + array.bytes.size();
    directory += directory_entry(member);
  }
  directory += directory_end(arrays.size(), directory.size(), position);
  out.write(directory.data(), static_cast<std::streamsize>(directory.size()));
}

}  // namespace roadgnn::io
