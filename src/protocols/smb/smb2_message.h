// Messages of version 2 and 3, MS-SMB2:
//
//   byte 0         4     8       12       14       16     20    24          32..39           40
//        \xfe SMB  size  status  command  credits  flags  next  message id  async id, or session id
//                                                                           pid (4) tree (4)
//   then a signature up to byte 64, and the fields of the command
#pragma once

#include <optional>

#include "protocols/smb/smb_session.h"

namespace culvert::smb {

inline constexpr std::size_t kSmb2HeaderSize = 64;

struct Smb2Header {
  MessageInfo info;
  std::uint32_t next = 0;  ///< where the next message of the record begins; 0: it is the last
};
/// Nothing: too short.
std::optional<Smb2Header> parse_smb2_header(Bytes message);
/// Size of the fields in front of the data that it carries; 0: it carries none.
std::size_t smb2_data_head_size(const MessageInfo& info);
/// A message whole, or as much as is held of it; or the front of one that carries data.
DataPlan take_smb2(SmbSession& session, const MessageInfo& info, Bytes message);

}  // namespace culvert::smb
