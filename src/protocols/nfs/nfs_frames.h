// Where the parts of calls and replies lie: frames that rules can look at.
//
//   call   [mark][ header 24 ][ credentials ][ verifier ][ body            ]
//          rpc.pdu ------------------------------------------------------->
//                             rpc.creds                  nfs.pdu, nfs4.pdu
//   reply  [mark][ header 8 ][ state 4, verifier, state 4 ][ body          ]
//          rpc.pdu ------------------------------------------------------->
//          rpc.hdr           rpc.data ----------------------------------->
//                                                           nfs.pdu, nfs4.pdu
//
// The body begins with nfs.status in a reply; of version 4 with nfs4.hdr (tag and minor version, or
// status and tag), and then come nfs4.ops. Over UDP there is no mark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/frame.h"
#include "protocols/nfs/rpc_message.h"

namespace culvert::nfs {

enum FrameType : std::uint8_t {
  kRpcPdu,
  kRpcHeader,
  kRpcData,
  kRpcCredentials,
  kNfsPdu,
  kNfsStatus,
  kNfs4Pdu,
  kNfs4Header,
  kNfs4Operations,
  kNfs4Status,
};
inline constexpr std::string_view kFrameNames[] = {
    "rpc.pdu",    "rpc.hdr",  "rpc.data", "rpc.creds", "nfs.pdu",
    "nfs.status", "nfs4.pdu", "nfs4.hdr", "nfs4.ops",  "nfs4.status"};

/// A record in its stream, or the datagram.
struct RecordPlace {
  std::uint64_t begin = 0;  ///< of the mark, or of the record where there is none
  std::size_t mark = 0;     ///< its size
  std::size_t size = 0;     ///< of the record, without the mark
};

void add_frames(FrameList& frames, const RecordPlace& place, const Call& call);
/// `version` of the call; 0: not known.
void add_frames(FrameList& frames, const RecordPlace& place, const Reply& reply,
                std::uint32_t version);

}  // namespace culvert::nfs
