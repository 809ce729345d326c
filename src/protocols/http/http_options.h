// `app-layer.protocols.http.libhtp`: how HTTP/1 is read, for all servers or for some.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/protocol_spec.h"
#include "base/result.h"
#include "config/config_node.h"
#include "net/address.h"
#include "rule/address_set.h"

namespace culvert::http1 {

/// Which server's reading of odd input is followed.
enum class Personality : std::uint8_t {
  kMinimal,
  kGeneric,
  kIds,
  kIis40,
  kIis50,
  kIis51,
  kIis60,
  kIis70,
  kIis75,
  kApache2,
};

/// Which compressed Flash files are unpacked.
enum class SwfDecompression : std::uint8_t { kNone, kDeflate, kLzma, kBoth };

/// Limits of the body of one direction; sizes in bytes, 0: unlimited.
struct BodyOptions {
  std::uint32_t limit = 4096;  ///< what is kept of a body for rules; the rest goes by uninspected
  std::uint32_t minimal_inspect_size = 32768;  ///< rules wait until there is this much
  std::uint32_t inspect_window = 4096;         ///< and see this much of what they saw before
};

/// The settings of `default-config`, or of one entry of `server-config`.
struct HttpOptions {
  Personality personality = Personality::kIds;
  BodyOptions request_body{.limit = 4096, .minimal_inspect_size = 32768, .inspect_window = 4096};
  BodyOptions response_body{.limit = 4096, .minimal_inspect_size = 32768, .inspect_window = 4096};
  bool body_inline = false;  ///< rules see each piece of a body as it comes

  std::uint32_t meta_field_limit = 18000;  ///< longest line: request line, status line, header
  std::uint32_t headers_limit = 1024;      ///< header lines in a message
  std::uint32_t max_tx = 512;              ///< live transactions of a flow

  // Content-Encoding
  std::uint32_t decompress_layer_limit = 2;  ///< 0: bodies stay as they are
  bool lzma_enabled = true;  ///< as the reference does, whatever its file says
  std::uint64_t lzma_memlimit = 1_MiB;
  std::uint64_t compression_bomb_limit = 1_MiB;
  std::uint32_t compression_bomb_count = 3;  ///< of a flow; then nothing more is decompressed
  std::chrono::microseconds decompression_time_limit{100'000};

  SwfDecompression swf_decompression = SwfDecompression::kNone;
  std::uint32_t swf_compress_depth = 0, swf_decompress_depth = 0;

  // URI
  bool double_decode_path = false, double_decode_query = false;
  bool uri_include_all = false;     ///< http.uri has scheme, user, host and port as well
  bool query_plus_to_space = false;  ///< `query-plusspace-decode`
  bool path_backslash_to_slash = true;    ///< `path-convert-backslash-separators`
  bool path_compress_slashes = true;      ///< `path-separators-compress`
  bool path_decode_separators = true;     ///< `path-separators-decode`: %2f
  bool path_lower_case = false;           ///< `path-convert-lowercase`
  bool path_decode_u = true;              ///< `path-u-encoding-decode`: %u002f
  bool path_decode_utf8 = true;           ///< `path-convert-utf8`: to a best-fit single byte
  bool path_nul_encoded_terminates = false;  ///< %00 ends the path
  bool path_nul_raw_terminates = false;      ///< a NUL ends the path
  /// What an escape that is none becomes.
  enum class InvalidEscape : std::uint8_t { kPreserve, kRemovePercent, kDecode };
  InvalidEscape path_invalid_escape = InvalidEscape::kPreserve;
  std::uint8_t utf8_replacement = '?';  ///< for code points that no byte fits
};

/// The settings that apply to a flow, by its server's address.
class HttpContext final : public ProtocolContext {
 public:
  const HttpOptions& options_of(const IpAddress& server) const {
    for (const Server& entry : servers) {
      if (entry.addresses.contains(server)) return entry.options;
    }
    return defaults;
  }

  struct Server {
    std::string name;
    AddressSet addresses;
    HttpOptions options;
  };
  HttpOptions defaults;
  std::vector<Server> servers;  ///< first match counts
};

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints);

}  // namespace culvert::http1
