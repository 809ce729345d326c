// Undoes "gzip" (RFC 1952), "deflate" as it should be (zlib, RFC 1950) and as it often is (raw,
// RFC 1951). The gzip header is read here and not by zlib, because what servers send and browsers
// accept is laxer than zlib is: checksums, reserved flags and missing trailers do not matter.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "protocols/http/codec.h"

struct z_stream_s;

namespace culvert::http1 {

enum class InflateForm : std::uint8_t { kGzip, kZlib, kRaw };

class Inflater final : public Codec {
 public:
  Inflater();
  ~Inflater() override;

  /// Begins a stream of that form.
  void start(InflateForm form);
  CodecStatus feed(Bytes in, CodecOutput& out) override;

 private:
  /// Where in a gzip member the next byte is.
  enum class Place : std::uint8_t {
    kFixed,        ///< the first 10 bytes
    kExtraLength,  ///< of the fields that the flags announce
    kExtra,
    kName,
    kComment,
    kHeaderCrc,
    kData,
    kTrailer,  ///< CRC and size, 8 bytes
    kAfter,    ///< another member, or the end
  };
  /// Takes header bytes off the front of `in`. False: this is no gzip header.
  bool read_header(Bytes& in);
  bool take_header_byte(std::uint8_t byte);
  void next_field();
  CodecStatus inflate_some(Bytes& in, CodecOutput& out);

  std::unique_ptr<z_stream_s> stream_;
  InflateForm form_ = InflateForm::kRaw;
  Place place_ = Place::kData;
  bool first_member_ = true;
  bool at_data_start_ = false;  ///< no byte of the compressed data has been read
  std::uint8_t flags_ = 0;
  std::uint32_t count_ = 0;  ///< bytes of the current place so far
  std::uint32_t size_ = 0;   ///< of the extra field
};

}  // namespace culvert::http1
