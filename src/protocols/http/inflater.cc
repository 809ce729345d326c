#include "protocols/http/inflater.h"

#include <zlib.h>

#include <array>

namespace culvert::http1 {
namespace {

// Flags of a gzip header (RFC 1952 section 2.3.1).
constexpr std::uint8_t kHeaderCrcFlag = 2, kExtraFlag = 4, kNameFlag = 8, kCommentFlag = 16;
constexpr std::size_t kFixedSize = 10, kTrailerSize = 8;
constexpr std::uint8_t kMagic[] = {0x1f, 0x8b, 8};  // the third byte is the method: deflate
constexpr int kLargestWindow = 15;                  // bits

int window_of(InflateForm form) {
  return form == InflateForm::kZlib ? kLargestWindow : -kLargestWindow;
}

}  // namespace

Inflater::Inflater() : stream_(std::make_unique<z_stream>()) {
  *stream_ = {};
  // Fails only without memory, or with another zlib than the one of the header.
  if (inflateInit2(stream_.get(), -kLargestWindow) != Z_OK) std::abort();
}

Inflater::~Inflater() { inflateEnd(stream_.get()); }

void Inflater::start(InflateForm form) {
  form_ = form;
  place_ = form == InflateForm::kGzip ? Place::kFixed : Place::kData;
  first_member_ = true;
  at_data_start_ = true;
  count_ = 0;
  inflateReset2(stream_.get(), window_of(form));
}

void Inflater::next_field() {
  count_ = 0;
  if ((flags_ & kExtraFlag) != 0) {
    flags_ &= static_cast<std::uint8_t>(~kExtraFlag);
    place_ = Place::kExtraLength;
    size_ = 0;
  } else if ((flags_ & kNameFlag) != 0) {
    flags_ &= static_cast<std::uint8_t>(~kNameFlag);
    place_ = Place::kName;
  } else if ((flags_ & kCommentFlag) != 0) {
    flags_ &= static_cast<std::uint8_t>(~kCommentFlag);
    place_ = Place::kComment;
  } else if ((flags_ & kHeaderCrcFlag) != 0) {
    flags_ &= static_cast<std::uint8_t>(~kHeaderCrcFlag);
    place_ = Place::kHeaderCrc;
  } else {
    place_ = Place::kData;
    at_data_start_ = true;
    inflateReset2(stream_.get(), -kLargestWindow);
  }
}

bool Inflater::take_header_byte(std::uint8_t byte) {
  switch (place_) {
    case Place::kFixed:
      if (count_ < std::size(kMagic) && byte != kMagic[count_]) return false;
      if (count_ == 3) flags_ = byte;
      if (++count_ == kFixedSize) next_field();
      break;
    case Place::kExtraLength:
      size_ |= std::uint32_t{byte} << (8 * count_);
      if (++count_ == 2) {
        place_ = Place::kExtra;
        count_ = 0;
        if (size_ == 0) next_field();
      }
      break;
    case Place::kExtra:
      if (++count_ == size_) next_field();
      break;
    case Place::kName:
    case Place::kComment:
      if (byte == 0) next_field();
      break;
    case Place::kHeaderCrc:
      if (++count_ == 2) next_field();
      break;
    case Place::kTrailer:
      if (++count_ == kTrailerSize) {
        place_ = Place::kAfter;
        count_ = 0;
      }
      break;
    case Place::kAfter:
    case Place::kData:
      break;
  }
  return true;
}

bool Inflater::read_header(Bytes& in) {
  while (!in.empty() && place_ != Place::kData) {
    if (place_ == Place::kAfter) {
      place_ = Place::kFixed;
      count_ = 0;
      first_member_ = false;
    }
    if (!take_header_byte(std::to_integer<std::uint8_t>(in.front()))) return false;
    in = in.subspan(1);
  }
  return true;
}

CodecStatus Inflater::inflate_some(Bytes& in, CodecOutput& out) {
  std::array<std::byte, kCodecChunkSize> buffer;
  z_stream& z = *stream_;
  z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  for (;;) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = buffer.size();
    const int result = inflate(&z, Z_SYNC_FLUSH);
    const std::size_t made = buffer.size() - z.avail_out;
    if (made != 0 && !out.on_decoded(Bytes(buffer).first(made))) return CodecStatus::kStopped;
    if (result == Z_STREAM_END) {
      in = in.last(z.avail_in);
      return CodecStatus::kEnd;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) return CodecStatus::kFailed;
    if (z.avail_out != 0) {
      in = {};
      return CodecStatus::kGoOn;
    }
  }
}

CodecStatus Inflater::feed(Bytes in, CodecOutput& out) {
  while (!in.empty()) {
    if (place_ != Place::kData) {
      // Bytes after the first member that do not begin another one are ignored.
      if (!read_header(in)) return first_member_ ? CodecStatus::kFailed : CodecStatus::kEnd;
      continue;
    }
    // A second header in place of the data: no deflate block begins with that byte.
    if (at_data_start_ && form_ == InflateForm::kGzip &&
        std::to_integer<std::uint8_t>(in.front()) == kMagic[0]) {
      place_ = Place::kFixed;
      count_ = 0;
      continue;
    }
    at_data_start_ = false;
    const CodecStatus status = inflate_some(in, out);
    if (status != CodecStatus::kEnd || form_ != InflateForm::kGzip) return status;
    place_ = Place::kTrailer;
    count_ = 0;
  }
  return CodecStatus::kGoOn;
}

}  // namespace culvert::http1
