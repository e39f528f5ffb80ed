// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::io {

/// The head of a C-ordered array in NumPy's format, version 1.0; its bytes follow it. `type` is
/// NumPy's name of the elements, such as "<i4" or "<f4".
std::string npy_head(std::string_view type, std::span<const std::int64_t> shape);

/// An array of an .npz file. `bytes` are the elements; the caller keeps them.
struct NpzArray {
  std::string name;  ///< what numpy.load calls it; ASCII, at most 255 bytes
  std::string_view type;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// An array of one dimension.
NpzArray npz_array(std::string name, std::span<const std::int32_t> elements);
NpzArray npz_array(std::string name, std::span<const float> elements);

/// Writes what numpy.savez writes: a ZIP archive of .npy files, stored without compression, dated
/// 1980 so that the same arrays give the same bytes. Throws Error where it would exceed 4 GiB, the
/// limit of the plain ZIP format.
void write_npz(std::ostream& out, std::span<const NpzArray> arrays);

}  // namespace roadgnn::io
