// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io::page {

/// Numbers as the page's decode.js reads them: LEB128, seven bits a byte, the lowest first; signed
/// ones zigzag-coded.
class ByteWriter {
 public:
  void unsigned_number(std::uint64_t value);
  void signed_number(std::int64_t value);

  /// Points at a precision of 1e-6 degrees, each as its difference from the one written before (the
  /// first: from 0, 0); longitudes by the short way around, so that a city across the antimeridian
  /// stays in one piece.
  void points(std::span<const PointE7> points);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::int64_t last_lat_e6_ = 0, last_lon_e6_ = 0;
};

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);

/// JSON text for a script element: `<`, `>`, `&` and the line separators that old engines end a
/// line at are written as \u escapes, so that no string inside can end the element.
std::string safe_in_script(std::string_view json);

/// Text for an HTML element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace roadgnn::io::page
