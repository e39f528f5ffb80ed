// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "page_reader.h"

#include <cmath>
#include <stdexcept>

namespace roadgnn::io {
namespace {

std::string decode_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0)
    throw std::runtime_error("base64 of a length that is no multiple of four");
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    const auto digit = digits.find(c);
    if (digit == std::string::npos) throw std::runtime_error("no base64 digit");
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 255);
  }
  return bytes;
}

class ByteReader {
 public:
  explicit ByteReader(std::string bytes) : bytes_(std::move(bytes)) {}

  std::int64_t unsigned_number() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.at(at_++));
      value |= std::uint64_t{byte & 127U} << shift;
      if (byte < 128) return static_cast<std::int64_t>(value);
    }
  }

  std::int64_t signed_number() {
    const std::int64_t value = unsigned_number();
    return value % 2 == 1 ? -(value / 2) - 1 : value / 2;
  }

  void points(std::int64_t count, std::vector<PointE6>& to) {
    for (; count > 0; --count) {
      last_.lat += signed_number();
      last_.lon += signed_number();
      to.push_back(last_);
    }
  }

  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
  PointE6 last_;
};

ReadStep read_step(ByteReader& in, ReadRoute& route, std::size_t dimensions) {
  const ReadStep before = route.steps.empty() ? ReadStep{} : route.steps.back();
  ReadStep step;
  step.kind = static_cast<int>(in.unsigned_number());
  step.order = in.unsigned_number() - 1;
  step.arrival_s = before.departure_s + in.signed_number();
  step.begin_s = step.arrival_s + in.signed_number();
  step.departure_s = step.begin_s + in.signed_number();
  for (std::size_t d = 0; d < dimensions; ++d) {
    step.load.push_back((before.load.empty() ? 0 : before.load[d]) + in.signed_number());
  }
  step.distance = before.distance + in.signed_number();
  for (std::int64_t windows = in.unsigned_number(); windows > 0; --windows) {
    in.signed_number();
    in.unsigned_number();
  }
  in.points(in.unsigned_number(), route.points);
  step.point = static_cast<std::int64_t>(route.points.size()) - 1;
  return step;
}

template <class Point, class Round>
void add_pieces_of(std::multiset<std::pair<PointE6, PointE6>>& pieces,
                   const std::vector<Point>& line, Round round) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const PointE6 a = round(line[i - 1]), b = round(line[i]);
    pieces.insert({std::min(a, b), std::max(a, b)});
  }
}

}  // namespace

PointE6 rounded_e6(PointE7 point) {
  return {std::llround(point.lat / 10.0), std::llround(point.lon / 10.0)};
}

std::string element_text(const std::string& page, const std::string& id) {
  const auto begin = page.find('>', page.find("id=\"" + id + "\"")) + 1;
  return page.substr(begin, page.find("</", begin) - begin);
}

std::vector<ReadRoute> read_routes(const std::string& base64, std::size_t dimensions) {
  ByteReader in(decode_base64(base64));
  const std::int64_t count = in.unsigned_number();
  in.unsigned_number();
  in.unsigned_number();
  std::vector<ReadRoute> routes;
  for (std::int64_t r = 0; r < count; ++r) {
    ReadRoute route;
    route.type = in.unsigned_number();
    route.vehicle = in.unsigned_number();
    route.cost = static_cast<double>(in.signed_number()) / 100;
    route.distance = in.unsigned_number();
    in.unsigned_number();
    in.unsigned_number();
    for (std::int64_t steps = in.unsigned_number(); steps > 0; --steps) {
      route.steps.push_back(read_step(in, route, dimensions));
    }
    routes.push_back(std::move(route));
  }
  if (!in.at_end()) throw std::runtime_error("bytes after the last route");
  return routes;
}

std::vector<std::vector<PointE6>> read_roads(const std::string& base64) {
  ByteReader in(decode_base64(base64));
  const std::int64_t count = in.unsigned_number();
  in.unsigned_number();
  std::vector<std::vector<PointE6>> streets(static_cast<std::size_t>(count));
  for (auto& street : streets) {
    in.unsigned_number();
    in.unsigned_number();
    in.points(in.unsigned_number(), street);
  }
  if (!in.at_end()) throw std::runtime_error("bytes after the last street");
  return streets;
}

void add_pieces(std::multiset<std::pair<PointE6, PointE6>>& pieces,
                const std::vector<PointE6>& line) {
  add_pieces_of(pieces, line, [](PointE6 point) { return point; });
}

void add_pieces(std::multiset<std::pair<PointE6, PointE6>>& pieces,
                const std::vector<PointE7>& line) {
  add_pieces_of(pieces, line, rounded_e6);
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace roadgnn::io
