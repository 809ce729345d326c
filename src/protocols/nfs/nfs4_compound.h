// A compound of version 4 (RFC 7530 section 14.2): operations that are done one after the other.
//
//   call   tag, minor version, count; number, arguments of each
//   reply  status, tag, count; number, status, results of each
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace culvert::nfs {

enum Operation : std::uint32_t {
  kCreate4 = 6,
  kRead4 = 25,
  kRemove4 = 28,
  kWrite4 = 38,
};

/// What it is about, as far as it could be read.
struct CompoundCall {
  struct Write {
    std::uint64_t offset = 0;
    bool is_stable = false;
    Bytes data;
  };
  Bytes handle;                               ///< of the last PUTFH
  std::optional<std::string_view> looked_up;  ///< by the last LOOKUP or OPEN
  std::optional<std::string_view> created, removed;
  std::optional<std::uint64_t> read_offset;
  std::optional<Write> write;
  bool ends_writing = false;  ///< COMMIT or CLOSE

  static CompoundCall parse(Bytes body);
};

struct CompoundReply {
  struct Read {
    bool is_end = false;
    Bytes data;
  };
  std::uint32_t status = 0;
  std::optional<Bytes> handle;  ///< of the last GETFH
  std::optional<Read> read;

  /// Nothing: it has no status.
  static std::optional<CompoundReply> parse(Bytes body);
};

}  // namespace culvert::nfs
