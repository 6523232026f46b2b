// SPDX-License-Identifier: MIT
#include "problem/formats/compression.hpp"

#include <fmt/format.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>
#include <span>
#include <vector>

#include "entente/base/error.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {
namespace {

constexpr std::size_t block_size = std::size_t(1) << 16;
constexpr std::uint64_t decoder_memory = std::uint64_t(256) << 20;
constexpr std::size_t largest_text = std::size_t(512) << 20;
// Real problems shrink to some hundredths; what shrinks more and grows huge was made to fill the machine.
constexpr std::uint64_t trusted_size = std::uint64_t(1) << 30, trusted_ratio = 1000;

/// What all three have in common: blocks of compressed bytes, limits, messages.
class Decompressor : public ByteSource {
 public:
  Decompressor(std::unique_ptr<ByteSource> source, std::string file, const char* format)
      : source_(std::move(source)), file_(std::move(file)), format_(format), block_(block_size) {}

  std::size_t read(char* to, std::size_t most) final {
    const std::size_t count = most ? decode(to, most) : 0;
    written_ += count;
    if (written_ > trusted_size && written_ / trusted_ratio > taken_)
      fail(fmt::format("{} bytes became more than {}; decompress the file yourself if it is meant to be so", taken_,
                       trusted_size),
           ErrorCode::too_large);
    return count;
  }

 protected:
  /// Decodes at least one byte unless the data end here.
  virtual std::size_t decode(char* to, std::size_t most) = 0;

  /// The next block of compressed bytes; empty at the end.
  std::span<unsigned char> next_block() {
    const std::size_t count = source_->read(reinterpret_cast<char*>(block_.data()), block_.size());
    taken_ += count;
    return std::span(block_).first(count);
  }
  [[noreturn]] void fail(const std::string& message, ErrorCode code = ErrorCode::bad_input) const {
    throw Error(code, Place{file_, 0, 0, {}}, message);
  }
  [[noreturn]] void fail_cut() const {
    fail(fmt::format("unexpected end of the {} data; the file is cut or not {}", format_, format_));
  }
  [[noreturn]] void fail_corrupt() const { fail(fmt::format("corrupt {} data; the file is damaged", format_)); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string file_;
  const char* format_;
  std::vector<unsigned char> block_;
  std::uint64_t taken_ = 0, written_ = 0;
};

class GzipSource final : public Decompressor {
 public:
  GzipSource(std::unique_ptr<ByteSource> source, std::string file)
      : Decompressor(std::move(source), std::move(file), "gzip") {
    constexpr int largest_window_of_gzip = 15 + 16;
    if (inflateInit2(&stream_, largest_window_of_gzip) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { inflateEnd(&stream_); }

 private:
  std::size_t decode(char* to, std::size_t most) override {
    most = std::min<std::size_t>(most, std::size_t(1) << 30);
    stream_.next_out = reinterpret_cast<unsigned char*>(to);
    stream_.avail_out = static_cast<uInt>(most);
    while (stream_.avail_out == most) {
      if (stream_.avail_in == 0) {
        const auto block = next_block();
        stream_.next_in = block.data();
        stream_.avail_in = static_cast<uInt>(block.size());
        if (block.empty()) {
          if (!ended_) fail_cut();
          return 0;
        }
      }
      if (ended_) {  // files may be joined
        inflateReset(&stream_);
        ended_ = false;
      }
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END)
        ended_ = true;
      else if (result == Z_MEM_ERROR)
        throw std::bad_alloc();
      else if (result != Z_OK && result != Z_BUF_ERROR)
        fail_corrupt();
    }
    return most - stream_.avail_out;
  }

  z_stream stream_{};
  bool ended_ = false;
};

class XzSource final : public Decompressor {
 public:
  XzSource(std::unique_ptr<ByteSource> source, std::string file)
      : Decompressor(std::move(source), std::move(file), "xz") {
    if (lzma_stream_decoder(&stream_, decoder_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzSource() override { lzma_end(&stream_); }

 private:
  std::size_t decode(char* to, std::size_t most) override {
    stream_.next_out = reinterpret_cast<unsigned char*>(to);
    stream_.avail_out = most;
    while (stream_.avail_out == most && !ended_) {
      if (stream_.avail_in == 0 && !last_) {
        const auto block = next_block();
        stream_.next_in = block.data();
        stream_.avail_in = block.size();
        last_ = block.empty();
      }
      switch (lzma_code(&stream_, last_ ? LZMA_FINISH : LZMA_RUN)) {
        case LZMA_OK: break;
        case LZMA_STREAM_END: ended_ = true; break;
        case LZMA_MEMLIMIT_ERROR:
          fail(fmt::format("the xz data need more than {} bytes of memory; compress with a smaller dictionary",
                           decoder_memory),
               ErrorCode::too_large);
        case LZMA_MEM_ERROR: throw std::bad_alloc();
        case LZMA_BUF_ERROR: fail_cut();
        default: fail_corrupt();
      }
    }
    return most - stream_.avail_out;
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool last_ = false, ended_ = false;
};

class ZstdSource final : public Decompressor {
 public:
  ZstdSource(std::unique_ptr<ByteSource> source, std::string file)
      : Decompressor(std::move(source), std::move(file), "zstd"), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 27);
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

 private:
  std::size_t decode(char* to, std::size_t most) override {
    ZSTD_outBuffer out{to, most, 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !flushing_) {
        const auto block = next_block();
        in_ = {block.data(), block.size(), 0};
        if (block.empty()) {
          if (open_) fail_cut();
          return 0;
        }
      }
      const std::size_t left = ZSTD_decompressStream(stream_, &out, &in_);
      if (ZSTD_isError(left)) {
        if (ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge)
          fail("the zstd data need more than 128 MiB of memory; compress without --long", ErrorCode::too_large);
        fail_corrupt();
      }
      open_ = left != 0;
      flushing_ = out.pos == out.size;  // more may be ready without another byte of input
    }
    return out.pos;
  }

  ZSTD_DStream* stream_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool open_ = true, flushing_ = false;
};

/// Hands blocks of text to an encoder and its bytes to a stream.
class BlockCompressor : public CompressingBuffer {
 public:
  explicit BlockCompressor(std::ostream& out) : out_(out), text_(block_size), bytes_(block_size) {
    setp(text_.data(), text_.data() + text_.size());
  }
  bool finish() final {
    encode_text(true);
    out_.flush();
    return static_cast<bool>(out_);
  }

 protected:
  /// Encodes all of `text`, and with `last` what is still inside; hands the result to `put`.
  virtual void encode(std::span<const char> text, bool last) = 0;
  std::span<char> room() { return bytes_; }
  void put(std::size_t count) { out_.write(bytes_.data(), static_cast<std::streamsize>(count)); }

 private:
  int_type overflow(int_type c) final {
    encode_text(false);
    if (!out_) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  void encode_text(bool last) {
    encode({pbase(), static_cast<std::size_t>(pptr() - pbase())}, last);
    setp(text_.data(), text_.data() + text_.size());
  }

  std::ostream& out_;
  std::vector<char> text_, bytes_;
};

class GzipBuffer final : public BlockCompressor {
 public:
  explicit GzipBuffer(std::ostream& out) : BlockCompressor(out) {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~GzipBuffer() override { deflateEnd(&stream_); }

 private:
  void encode(std::span<const char> text, bool last) override {
    // zlib reads only, though its interface does not say so.
    stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = reinterpret_cast<unsigned char*>(room().data());
      stream_.avail_out = static_cast<uInt>(room().size());
      deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      put(room().size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

class XzBuffer final : public BlockCompressor {
 public:
  explicit XzBuffer(std::ostream& out) : BlockCompressor(out) {
    if (lzma_easy_encoder(&stream_, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzBuffer() override { lzma_end(&stream_); }

 private:
  void encode(std::span<const char> text, bool last) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
    stream_.avail_in = text.size();
    do {
      stream_.next_out = reinterpret_cast<std::uint8_t*>(room().data());
      stream_.avail_out = room().size();
      if (lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN) == LZMA_MEM_ERROR) throw std::bad_alloc();
      put(room().size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class ZstdBuffer final : public BlockCompressor {
 public:
  explicit ZstdBuffer(std::ostream& out) : BlockCompressor(out), stream_(ZSTD_createCCtx()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_compressionLevel, 9);
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdBuffer() override { ZSTD_freeCCtx(stream_); }

 private:
  void encode(std::span<const char> text, bool last) override {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{room().data(), room().size(), 0};
      left = ZSTD_compressStream2(stream_, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left)) throw std::bad_alloc();
      put(out.pos);
    } while (last ? left != 0 : in.pos < in.size);
  }

  ZSTD_CCtx* stream_;
};

}  // namespace

std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source, Compression compression, std::string file) {
  switch (compression) {
    case Compression::gzip: return std::make_unique<GzipSource>(std::move(source), std::move(file));
    case Compression::xz: return std::make_unique<XzSource>(std::move(source), std::move(file));
    case Compression::zstd: return std::make_unique<ZstdSource>(std::move(source), std::move(file));
    case Compression::none: break;
  }
  return source;
}

std::unique_ptr<ByteSource> open_problem_file(const std::string& file) {
  return decompress(open_file(file), compression_of(file), file);
}

std::string read_problem_text(const std::string& file) {
  if (compression_of(file) == Compression::none) return read_text(file);
  const std::unique_ptr<ByteSource> source = open_problem_file(file);
  std::string text;
  std::vector<char> block(block_size);
  while (const std::size_t count = source->read(block.data(), block.size())) {
    text.append(block.data(), count);
    if (text.size() > largest_text)
      throw Error(ErrorCode::too_large, Place{file, 0, 0, {}},
                  fmt::format("more than {} bytes come out of the compressed file; decompress it first", largest_text));
  }
  return text;
}

std::unique_ptr<CompressingBuffer> compress(std::ostream& out, Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<GzipBuffer>(out);
  if (compression == Compression::xz) return std::make_unique<XzBuffer>(out);
  return std::make_unique<ZstdBuffer>(out);
}

}  // namespace entente
