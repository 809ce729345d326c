// Inspection buffers: the named parts of a transaction (or packet) that rules look into, such as
// dns.query or tls.sni. A protocol lists its own; keywords select them, detection fetches them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/app_proto.h"
#include "app/transaction.h"
#include "base/bytes.h"
#include "files/file_needs.h"

namespace culvert {

/// Where a getter may build bytes that exist nowhere in one piece. Reused; valid until the next
/// call that is given the same scratch.
using BufferScratch = std::vector<std::byte>;

/// Where the bytes lie in the whole, for a buffer of which only a part is there at a time.
struct BufferExtent {
  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

  std::uint64_t offset = 0;  ///< of bytes[0]
  bool end = true;           ///< the last byte is the whole's last
  bool not_yet = false;      ///< this instance cannot be looked at yet; those after it may
  /// They are the bytes of the direction's stream from there on, unchanged.
  std::uint64_t stream_at = kNowhere;
};

struct BufferRequest {
  const Flow& flow;
  const Transaction& transaction;
  Direction direction;
  std::uint32_t instance;  ///< 0.. for buffers with many instances (dns.query, tls.alpn)
  BufferScratch& scratch;
  BufferExtent* extent = nullptr;  ///< for buffers that come in parts; null: nobody asks
};

/// One direction in which a buffer exists, and the progress of the transaction from which on it can
/// be inspected.
struct BufferSide {
  bool exists = false;
  std::uint8_t progress = 0;
};

struct BufferSpec {
  std::string_view name;         ///< "dns.query"; also the sticky keyword's name
  std::string_view description;  ///< one line, for the generated reference
  AppProto proto = AppProto::kUnknown;
  BufferSide to_server = {};
  BufferSide to_client = {};
  /// The bytes of that instance; nothing ends the instances. An empty buffer that exists is an
  /// empty view, not nothing.
  std::optional<Bytes> (*get)(const BufferRequest&) = nullptr;
  bool multi_instance = false;
  std::string_view alias = {};  ///< legacy spelling of the sticky keyword: "dns_query"
  /// Holds hexadecimal text such as a hash: contents match in either case, `nocase` or not.
  bool ignore_case = false;
  /// A body, which may be a piece of the stream: it says where it lies (BufferExtent::stream_at).
  bool in_stream = false;
  /// What it needs of files. Not empty: it is a buffer of each file that a transaction carries,
  /// whatever the protocol; where it exists then says each ProtocolSpec::files. Those buffers are
  /// listed in builtin/keywords.cc.
  FileNeeds file_needs = {};
  /// A rule has to say which direction it means, as the buffer is different things in each.
  bool needs_direction = false;
  /// Why a content with these bytes never matches there; empty: it may.
  std::string_view (*complain)(std::string_view pattern, bool nocase) = nullptr;
};

}  // namespace culvert
