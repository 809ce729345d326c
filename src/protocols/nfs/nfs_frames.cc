#include "protocols/nfs/nfs_frames.h"

namespace culvert::nfs {
namespace {

/// Size of the header of a compound; 0: it is not whole. One word (minor version, or status) and
/// the tag, in either order.
std::size_t size_of_header4(Bytes body, bool is_reply) {
  ByteCursor in(body);
  if (is_reply) in.skip(4);
  take_opaque(in);
  if (!is_reply) in.skip(4);
  return in.ok() ? body.size() - in.rest().size() : 0;
}

void add_body4(FrameList& frames, std::uint64_t begin, Bytes body, bool is_reply) {
  frames.add(kNfs4Pdu, begin, body.size());
  if (is_reply && body.size() >= 4) frames.add(kNfs4Status, begin, 4);
  const std::size_t header = size_of_header4(body, is_reply);
  if (header == 0) return;
  frames.add(kNfs4Header, begin, header);
  frames.add(kNfs4Operations, begin + header, body.size() - header);
}

}  // namespace

void add_frames(FrameList& frames, const RecordPlace& place, const Call& call) {
  constexpr std::size_t kHeader = 24;
  const std::uint64_t end = place.begin + place.mark + place.size;
  frames.add(kRpcPdu, place.begin, place.mark + place.size);
  frames.add(kRpcCredentials, place.begin + place.mark + kHeader, call.credentials.size);
  if (call.program != Call::kNfs) return;
  const std::uint64_t body = end - call.body.size();
  if (call.version == 4) {
    add_body4(frames, body, call.body, false);
  } else {
    frames.add(kNfsPdu, body, call.body.size());
  }
}

void add_frames(FrameList& frames, const RecordPlace& place, const Reply& reply,
                std::uint32_t version) {
  constexpr std::size_t kHeader = 8;
  const std::uint64_t end = place.begin + place.mark + place.size;
  frames.add(kRpcPdu, place.begin, place.mark + place.size);
  frames.add(kRpcHeader, place.begin, place.mark + kHeader);
  frames.add(kRpcData, place.begin + place.mark + kHeader, place.size - kHeader);
  if (version == 0 || reply.body.empty()) return;
  const std::uint64_t body = end - reply.body.size();
  if (version == 4) {
    add_body4(frames, body, reply.body, true);
  } else {
    frames.add(kNfsPdu, body, reply.body.size());
    if (reply.body.size() >= 4) frames.add(kNfsStatus, body, 4);
  }
}

}  // namespace culvert::nfs
