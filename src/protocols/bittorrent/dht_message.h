// Messages of the DHT (BEP 5): a dictionary with t (transaction), y (kind: q, r or e), v (client),
// and q (method) with a (arguments), r (response), or e (error: number, text).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::bittorrent {

struct Node {
  Bytes id;       ///< 20 bytes; of a peer (`values`) empty
  Bytes address;  ///< 4 or 16 bytes
  std::uint16_t port = 0;
};

struct Query {
  std::string_view method;
  Bytes id;
  std::optional<Bytes> target, info_hash, token;
  std::optional<std::uint8_t> implied_port;
  std::optional<std::uint16_t> port;
};

struct Response {
  Bytes id;
  std::vector<Node> nodes, nodes6, values;
  std::optional<Bytes> token;
};

struct Error {
  std::uint16_t number = 0;
  std::string_view text;
};

struct Message {
  Bytes transaction;
  std::optional<Bytes> client;
  std::optional<Query> query;
  std::optional<Response> response;
  std::optional<Error> error;

  /// Views what it was read from. False: it is malformed; what was understood is there.
  [[nodiscard]] bool parse(Bytes datagram);
};

}  // namespace culvert::bittorrent
