// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/packed_stream.h>

#include <bzlib.h>
#include <zlib.h>

#include <new>
#include <string_view>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::io::detail {

class PackedStream::Codec {
 public:
  struct Step {
    std::size_t taken = 0, given = 0;
    bool ended = false;  // the stream is whole and its checksums are right
  };
  virtual ~Codec() = default;
  virtual std::string_view magic() const = 0;
  virtual void start() = 0;
  /// Throws InputError where the stream is damaged.
  virtual Step unpack(char* in, std::size_t in_size, char* out, std::size_t out_size) = 0;
};

namespace {

constexpr std::size_t kChunk = 256 << 10;

[[noreturn]] void damaged(const char* format) {
  throw InputError(std::string("is damaged: no valid ") + format + " stream");
}

class Gzip final : public PackedStream::Codec {
 public:
  Gzip() {
    if (::inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { ::inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  std::string_view magic() const override { return "\x1f\x8b"; }
  void start() override { ::inflateReset(&stream_); }
  Step unpack(char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    stream_.next_in = reinterpret_cast<Bytef*>(in);
    stream_.avail_in = static_cast<uInt>(in_size);
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(out_size);
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) damaged("gzip");
    return {in_size - stream_.avail_in, out_size - stream_.avail_out, status == Z_STREAM_END};
  }

 private:
  z_stream stream_ = {};
};

class Bzip2 final : public PackedStream::Codec {
 public:
  ~Bzip2() override { end(); }
  Bzip2() = default;
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;

  std::string_view magic() const override { return "BZh"; }
  void start() override {
    end();
    stream_ = {};
    if (::BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
    started_ = true;
  }
  Step unpack(char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    stream_.next_in = in;
    stream_.avail_in = static_cast<unsigned>(in_size);
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(out_size);
    const int status = ::BZ2_bzDecompress(&stream_);
    if (status == BZ_MEM_ERROR) throw std::bad_alloc();
    if (status != BZ_OK && status != BZ_STREAM_END) damaged("bzip2");
    return {in_size - stream_.avail_in, out_size - stream_.avail_out, status == BZ_STREAM_END};
  }

 private:
  void end() {
    if (started_) ::BZ2_bzDecompressEnd(&stream_);
    started_ = false;
  }
  bz_stream stream_ = {};
  bool started_ = false;
};

std::unique_ptr<PackedStream::Codec> make_codec(Packing packing) {
  if (packing == Packing::gzip) return std::make_unique<Gzip>();
  return std::make_unique<Bzip2>();
}

}  // namespace

PackedStream::PackedStream(Packing packing, std::function<std::string()> source)
    : codec_(make_codec(packing)), source_(std::move(source)) {}

PackedStream::~PackedStream() = default;

// The first stream is started whatever it is: what it is not, the codec says.
bool PackedStream::starts_another_stream() {
  const std::string_view magic = codec_->magic();
  while (!source_ended_ && packed_.size() - at_ < magic.size()) {
    const std::string more = source_();
    source_ended_ = more.empty();
    packed_ = packed_.substr(at_) + more;
    at_ = 0;
  }
  return !any_stream_ || std::string_view(packed_).substr(at_).starts_with(magic);
}

std::string PackedStream::next() {
  std::string out(kChunk, '\0');
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (!in_stream_) {
      if (!starts_another_stream()) break;
      codec_->start();
      in_stream_ = any_stream_ = true;
    }
    if (at_ == packed_.size() && !source_ended_) {
      packed_ = source_();
      at_ = 0;
      source_ended_ = packed_.empty();
    }
    const Codec::Step step = codec_->unpack(packed_.data() + at_, packed_.size() - at_,
                                            out.data() + filled, out.size() - filled);
    at_ += step.taken;
    filled += step.given;
    in_stream_ = !step.ended;
    if (in_stream_ && source_ended_ && step.taken == 0 && step.given == 0)
      throw InputError("is cut off: its last packed stream has no end");
  }
  out.resize(filled);
  return out;
}

}  // namespace roadgnn::io::detail
