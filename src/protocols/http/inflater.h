// Undoes "gzip" (RFC 1952), "deflate" as it should be (zlib, RFC 1950) and as it often is (raw, RFC
// 1951), by ISA-L, which decodes web pages at twice the speed of zlib. The gzip header is read here
// and not by a library, because what servers send and browsers accept is laxer than the RFC:
// checksums, reserved flags and missing trailers do not matter. Of a broken stream zlib says how
// far it is good.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "protocols/http/codec.h"

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
  void begin_data();
  void keep(Bytes in);
  CodecStatus inflate_some(Bytes& in, CodecOutput& out);

  struct Stream;
  static constexpr std::size_t kMostKept = 64 * 1024;  ///< of kept_
  static constexpr std::size_t kFirstKept = 4 * 1024;

  std::unique_ptr<Stream> stream_;
  std::vector<std::byte> kept_;  ///< coded bytes of this member, while keeps_
  std::uint64_t made_ = 0;       ///< decoded bytes of this member
  bool keeps_ = true;
  InflateForm form_ = InflateForm::kRaw;
  Place place_ = Place::kData;
  bool first_member_ = true;
  bool at_data_start_ = false;  ///< no byte of the compressed data has been read
  std::uint8_t flags_ = 0;
  std::uint32_t count_ = 0;  ///< bytes of the current place so far
  std::uint32_t size_ = 0;   ///< of the extra field
};

}  // namespace culvert::http1
