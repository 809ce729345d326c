#include "protocols/nfs/rpc_message.h"

#include <algorithm>

namespace culvert::nfs {
namespace {

/// Nothing is wrong with a flavour that is not known: its content is passed over.
Credentials take_credentials(ByteCursor& in) {
  Credentials credentials;
  const std::size_t before = in.size();
  credentials.flavour = in.u32();
  ByteCursor content(take_opaque(in));
  credentials.size = before - in.size();
  if (credentials.flavour != Credentials::kUnix) return credentials;
  content.skip(4);  // stamp
  // The reference does not know of the padding behind the name, so its numbers come from there.
  credentials.machine = as_text(content.take(content.u32()));
  credentials.uid = content.u32();
  credentials.gid = content.u32();
  return credentials;
}

}  // namespace

Bytes take_opaque(ByteCursor& in) {
  const std::size_t size = in.u32();
  const Bytes content = in.take(size);
  in.skip(std::min<std::size_t>((4 - size % 4) % 4, in.size()));
  return content;
}

std::optional<Call> Call::parse(Bytes record) {
  ByteCursor in(record);
  Call call;
  call.xid = in.u32();
  const std::uint32_t type = in.u32(), rpc = in.u32();
  call.program = in.u32();
  call.version = in.u32();
  call.procedure = in.u32();
  call.credentials = take_credentials(in);
  in.skip(4);
  take_opaque(in);
  call.body = in.rest();
  if (!in.ok() || type != 0 || rpc != 2) return std::nullopt;
  return call;
}

std::optional<Reply> Reply::parse(Bytes record) {
  ByteCursor in(record);
  Reply reply;
  reply.xid = in.u32();
  const std::uint32_t type = in.u32(), state = in.u32();
  if (!in.ok() || type != 1) return std::nullopt;
  if (state != 0) return reply;
  in.skip(4);
  take_opaque(in);
  reply.is_accepted = in.u32() == 0 && in.ok();
  reply.body = in.rest();
  return reply;
}

std::optional<Bytes> RpcReader::next(Bytes& bytes) {
  constexpr std::uint32_t kLast = 0x80000000;
  if (is_given_) {
    held_.clear();
    is_given_ = false;
  }
  while (!bytes.empty() && !is_lost_) {
    if (mark_size_ < kMarkSize) {
      mark_ = mark_ << 8 | std::to_integer<std::uint32_t>(bytes[0]);
      bytes = bytes.subspan(1);
      if (++mark_size_ < kMarkSize) continue;
      missing_ = mark_ & ~kLast;
      is_lost_ = held_.size() + missing_ > kMostBytes;
      continue;
    }
    const bool is_last = (mark_ & kLast) != 0;
    const std::size_t size = std::min(missing_, bytes.size());
    const Bytes piece = bytes.first(size);
    bytes = bytes.subspan(size);
    missing_ -= size;
    if (missing_ == 0) {
      mark_size_ = 0;
      fragments_ = held_was_last_ ? 1 : fragments_ + 1;
      held_was_last_ = is_last;
    }
    if (missing_ == 0 && is_last && held_.empty()) return piece;  // nothing to put together
    held_.insert(held_.end(), piece.begin(), piece.end());
    if (missing_ > 0 || !is_last) continue;
    is_given_ = true;
    return Bytes(held_);
  }
  return std::nullopt;
}

}  // namespace culvert::nfs
