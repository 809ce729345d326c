// ONC RPC, RFC 5531; numbers are big-endian, and what has a length is padded to four bytes.
//
//   record  last fragment (1 bit), size (31)   before each fragment, over TCP
//   call    xid, 0, 2, program, version, procedure, credentials, verifier, body
//   reply   xid, 1, 0 (accepted), verifier, state, body; or xid, 1, 1 (denied), ...
//   credentials, verifier: flavour, length, content
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::nfs {

/// `stable_how` of a write whose data need no COMMIT (RFC 1813 section 3.3.7, RFC 7530
/// section 16.36).
inline constexpr std::uint32_t kFileSync = 2;

/// Bytes behind their length, and the padding.
Bytes take_opaque(ByteCursor& in);

struct Credentials {
  enum Flavour : std::uint32_t { kNone = 0, kUnix = 1 };
  std::uint32_t flavour = kNone;
  std::string_view machine;  ///< of kUnix; views what was parsed
  std::uint32_t uid = 0, gid = 0;
  std::size_t size = 0;  ///< in the call, flavour and length and all
};

struct Call {
  static constexpr std::uint32_t kNfs = 100003;
  std::uint32_t xid = 0, program = 0, version = 0, procedure = 0;
  Credentials credentials;
  Bytes body;
  static std::optional<Call> parse(Bytes record);
};

struct Reply {
  std::uint32_t xid = 0;
  bool is_accepted = false;  ///< and the procedure was called
  Bytes body;
  static std::optional<Reply> parse(Bytes record);
};

/// Cuts one direction of a stream into records.
class RpcReader {
 public:
  static constexpr std::size_t kMostBytes = 2u << 20;

  /// Takes the next record off the bytes; valid until the next call. Nothing: more are needed, or
  /// it is too long.
  std::optional<Bytes> next(Bytes& bytes);
  bool is_lost() const { return is_lost_; }
  /// The record that next() returned came in one fragment.
  bool is_whole() const { return fragments_ == 1; }
  bool is_in_record() const { return mark_size_ > 0 || !held_.empty(); }

 private:
  static constexpr std::size_t kMarkSize = 4;

  std::vector<std::byte> held_;  ///< of the record
  std::uint32_t mark_ = 0;
  std::size_t mark_size_ = 0;  ///< bytes of it that have come; all: a fragment is being read
  std::size_t missing_ = 0;    ///< of the fragment
  std::size_t fragments_ = 0;  ///< of the record, that have come
  bool held_was_last_ = true;  ///< the fragment before was the last of its record
  bool is_given_ = false;      ///< held_ has been handed out
  bool is_lost_ = false;
};

}  // namespace culvert::nfs
