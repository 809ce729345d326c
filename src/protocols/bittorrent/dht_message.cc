#include "protocols/bittorrent/dht_message.h"

#include <limits>
#include <utility>

#include "base/byte_cursor.h"
#include "protocols/bittorrent/bencode.h"

namespace culvert::bittorrent {
namespace {

constexpr std::size_t kIdSize = 20;
constexpr std::size_t kMostNodes = 256;

/// Calls on_value(key, reader) for each key; it has to read the value. False: malformed, or keys
/// out of order.
template <class OnValue>
bool read_dictionary(Bytes bytes, OnValue&& on_value) {
  BencodeReader in(bytes);
  in.enter('d');
  std::string_view last;
  bool is_first = true;
  while (in.ok() && !in.at_end()) {
    const std::string_view key = as_text(in.string());
    if (!in.ok() || (!is_first && key <= last)) return false;
    last = key;
    is_first = false;
    on_value(key, in);
  }
  return in.ok();
}

template <class Number>
std::optional<Number> read_number(BencodeReader& in) {
  const std::int64_t value = in.integer();
  if (value < 0 || value > std::numeric_limits<Number>::max()) in.fail();
  return static_cast<Number>(value);
}

/// "Compact" nodes: id, address, port, one after the other; what is left over does not count.
std::vector<Node> read_nodes(Bytes bytes, std::size_t address_size) {
  std::vector<Node> nodes;
  ByteCursor in(bytes);
  while (nodes.size() < kMostNodes && in.size() >= kIdSize + address_size + 2) {
    const Bytes id = in.take(kIdSize);
    const Bytes address = in.take(address_size);
    nodes.push_back({.id = id, .address = address, .port = in.u16()});
  }
  return nodes;
}

std::vector<Node> read_values(BencodeReader& in) {
  std::vector<Node> values;
  in.enter('l');
  while (in.ok() && !in.at_end()) {
    const Bytes peer = in.string();
    if (peer.size() != 6 && peer.size() != 18) {
      in.fail();
      break;
    }
    ByteCursor cursor(peer);
    const Bytes address = cursor.take(peer.size() - 2);
    if (values.size() < kMostNodes) {
      values.push_back({.id = {}, .address = address, .port = cursor.u16()});
    }
  }
  return values;
}

bool read_query(Bytes bytes, Query& query) {
  bool has_id = false;
  return read_dictionary(bytes,
                         [&](std::string_view key, BencodeReader& in) {
                           if (key == "id") {
                             query.id = in.string();
                             has_id = true;
                           } else if (key == "target") {
                             query.target = in.string();
                           } else if (key == "info_hash") {
                             query.info_hash = in.string();
                           } else if (key == "token") {
                             query.token = in.string();
                           } else if (key == "implied_port") {
                             query.implied_port = read_number<std::uint8_t>(in);
                           } else if (key == "port") {
                             query.port = read_number<std::uint16_t>(in);
                           } else {
                             in.skip();
                           }
                         }) &&
         has_id;
}

bool read_response(Bytes bytes, Response& response) {
  bool has_id = false;
  return read_dictionary(bytes,
                         [&](std::string_view key, BencodeReader& in) {
                           if (key == "id") {
                             response.id = in.string();
                             has_id = true;
                           } else if (key == "nodes") {
                             response.nodes = read_nodes(in.string(), 4);
                           } else if (key == "nodes6") {
                             response.nodes6 = read_nodes(in.string(), 16);
                           } else if (key == "values") {
                             response.values = read_values(in);
                           } else if (key == "token") {
                             response.token = in.string();
                           } else {
                             in.skip();
                           }
                         }) &&
         has_id;
}

/// A number and a text, in either order.
bool read_error(Bytes bytes, Error& error) {
  BencodeReader in(bytes);
  in.enter('l');
  bool has_number = false, has_text = false;
  while (in.ok() && !in.at_end()) {
    if (in.next_is_integer()) {
      error.number = read_number<std::uint16_t>(in).value_or(0);
      has_number = true;
    } else {
      error.text = as_text(in.string());
      has_text = true;
    }
  }
  return in.ok() && has_number && has_text;
}

}  // namespace

bool Message::parse(Bytes datagram) {
  std::optional<Bytes> method, arguments, answer, mistake, id, kind, version;
  const bool good = read_dictionary(datagram, [&](std::string_view key, BencodeReader& in) {
    if (key == "q") {
      method = in.string();
    } else if (key == "a") {
      arguments = in.skip();
    } else if (key == "r") {
      answer = in.skip();
    } else if (key == "e") {
      mistake = in.skip();
    } else if (key == "t") {
      id = in.string();
    } else if (key == "v") {
      version = in.string();
    } else if (key == "y") {
      kind = in.string();
    } else {
      in.skip();
    }
  });
  if (!good || !kind) return false;
  const std::string_view what = as_text(*kind);
  if (what == "q" && method && arguments) {
    Query read;
    read.method = as_text(*method);
    if (!read_query(*arguments, read)) return false;
    query = read;
  } else if (what == "r" && answer) {
    Response read;
    if (!read_response(*answer, read)) return false;
    response = std::move(read);
  } else if (what == "e" && mistake) {
    Error read;
    if (!read_error(*mistake, read)) return false;
    error = read;
  } else {
    return false;
  }
  if (!id) return false;
  transaction = *id;
  client = version;
  return true;
}

}  // namespace culvert::bittorrent
