// Messages of version 1, MS-CIFS and MS-SMB:
//
//   byte 0         4        5       9      10      12                 24       28   30   32
//        \xff SMB  command  status  flags  flags2  pid high, ...      tree(2)  ..  user  multiplex
//                                                                        (pid at 26)
//   then words (1: how many, 2 each), bytes (2: how many)
#pragma once

#include <optional>

#include "protocols/smb/smb_session.h"

namespace culvert::smb {

inline constexpr std::size_t kSmb1HeaderSize = 32;
/// The fields of a message in front of its data.
inline constexpr std::size_t kSmb1DataHeadSize = 64;

/// Nothing: too short.
std::optional<MessageInfo> parse_smb1_header(Bytes message);
/// Whether behind its fields come data of a file or pipe: what then is taken as it comes.
bool smb1_carries_data(const MessageInfo& info);
/// A message whole, or as much as is held of it; or the front of one that carries data.
DataPlan take_smb1(SmbSession& session, const MessageInfo& info, Bytes message);

}  // namespace culvert::smb
