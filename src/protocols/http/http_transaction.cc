#include "protocols/http/http_transaction.h"

namespace culvert::http1 {
namespace {

/// Memory of a body that a transaction keeps for the next one.
constexpr std::size_t kKeptBodyBytes = 128 * 1024;

void clear_message(Message& message) {
  message.headers.clear();
  message.trailers.clear();
  message.body.clear(kKeptBodyBytes);
  message.decoder.reset();
  Message fresh;
  fresh.headers = std::move(message.headers);
  fresh.trailers = std::move(message.trailers);
  fresh.body = std::move(message.body);
  fresh.decoder = std::move(message.decoder);
  fresh.form = std::move(message.form);
  if (fresh.form != nullptr) fresh.form->clear();
  message = std::move(fresh);
}

}  // namespace

void HttpTransaction::clear() {
  static_cast<Transaction&>(*this) = Transaction{};
  clear_message(request);
  clear_message(response);
  arena.clear();
  method = raw_uri = uri = uri_host = host = raw_host = {};
  uri_port = host_port = -1;
  is_09 = is_connect = false;
  status_text = reason = {};
  status = 0;
  interim_responses = 0;
  is_tunnel = has_response_only = false;
}

}  // namespace culvert::http1
