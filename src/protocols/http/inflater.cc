#include "protocols/http/inflater.h"

#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace culvert::http1 {
namespace {

// Flags of a gzip header (RFC 1952 section 2.3.1).
constexpr std::uint8_t kHeaderCrcFlag = 2, kExtraFlag = 4, kNameFlag = 8, kCommentFlag = 16;
constexpr std::size_t kFixedSize = 10, kTrailerSize = 8;
constexpr std::uint8_t kMagic[] = {0x1f, 0x8b, 8};  // the third byte is the method: deflate
constexpr std::size_t kLongestMatch = 258;          // RFC 1951 section 3.2.5

/// Gives `out` what zlib makes of a broken stream behind the first `skip` bytes.
CodecStatus decode_broken(InflateForm form, Bytes coded, std::uint64_t skip, CodecOutput& out) {
  z_stream z{};
  // Fails only without memory, or with another zlib than the one of the header.
  if (inflateInit2(&z, form == InflateForm::kZlib ? MAX_WBITS : -MAX_WBITS) != Z_OK) std::abort();
  z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(coded.data()));
  z.avail_in = static_cast<uInt>(coded.size());
  std::array<std::byte, kCodecChunkSize> buffer;
  int result = Z_OK;
  bool goes_on = true;
  do {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&z, Z_SYNC_FLUSH);
    const Bytes made = Bytes(buffer).first(buffer.size() - z.avail_out);
    const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip, made.size()));
    skip -= skipped;
    if (skipped < made.size()) goes_on = out.on_decoded(made.subspan(skipped));
  } while (goes_on && result == Z_OK && z.avail_out == 0);
  inflateEnd(&z);
  return goes_on ? CodecStatus::kFailed : CodecStatus::kStopped;
}

}  // namespace

/// Not cleared: the library says what it needs of it.
struct Inflater::Stream {
  inflate_state state;
};

Inflater::Inflater() : stream_(std::make_unique_for_overwrite<Stream>()) {}
Inflater::~Inflater() = default;

void Inflater::start(InflateForm form) {
  form_ = form;
  place_ = form == InflateForm::kGzip ? Place::kFixed : Place::kData;
  first_member_ = true;
  at_data_start_ = true;
  count_ = 0;
  begin_data();
}

void Inflater::begin_data() {
  isal_inflate_init(&stream_->state);
  stream_->state.crc_flag = form_ == InflateForm::kZlib ? ISAL_ZLIB : ISAL_DEFLATE;
  kept_.clear();
  keeps_ = true;
  made_ = 0;
}

void Inflater::keep(Bytes in) {
  keeps_ = keeps_ && kept_.size() + in.size() <= kMostKept;
  if (!keeps_) return;
  if (kept_.capacity() == 0) kept_.reserve(kFirstKept);
  kept_.insert(kept_.end(), in.begin(), in.end());
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
    begin_data();
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
  inflate_state& state = stream_->state;
  keep(in);
  // It does not write to its input, but does not say so.
  state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
  state.avail_in = static_cast<std::uint32_t>(in.size());
  for (;;) {
    state.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    state.avail_out = static_cast<std::uint32_t>(buffer.size());
    const int result = isal_inflate(&state);
    std::size_t made = buffer.size() - state.avail_out;
    if (result != ISAL_DECOMP_OK) {
      // It counts a match that reaches back too far as made. zlib, and so the reference, does not.
      if (keeps_) return decode_broken(form_, kept_, made_, out);
      made -= std::min(made, kLongestMatch);
    }
    made_ += made;
    if (made != 0 && !out.on_decoded(Bytes(buffer).first(made))) return CodecStatus::kStopped;
    if (result != ISAL_DECOMP_OK) return CodecStatus::kFailed;
    if (state.block_state == ISAL_BLOCK_FINISH) {
      // Whole bytes that it has read ahead are not the stream's.
      in = in.last(state.avail_in + static_cast<std::uint32_t>(state.read_in_length) / 8);
      return CodecStatus::kEnd;
    }
    if (state.avail_out != 0) {
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
