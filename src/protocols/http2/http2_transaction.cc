#include "protocols/http2/http2_transaction.h"

#include "rule/value.h"

namespace culvert::http2 {
namespace {

/// Memory of a body that a transaction keeps for the next one.
constexpr std::size_t kKeptBodyBytes = 64 * 1024;

}  // namespace

std::string_view Message::value_of(std::string_view name) const {
  for (const Field& field : fields) {
    if (!field.is_size_update() && equals_ignoring_case(field.name, name)) {
      return field.value.data() == nullptr ? std::string_view("") : field.value;
    }
  }
  return {};
}

void Http2Transaction::clear() {
  for (Message& message : messages) {
    message.fields.clear();
    message.settings.clear();
    message.windows.clear();
    message.body.clear(kKeptBodyBytes);
    message.decoder.reset();
    Message fresh;
    fresh.fields = std::move(message.fields);
    fresh.settings = std::move(message.settings);
    fresh.windows = std::move(message.windows);
    fresh.body = std::move(message.body);
    message = std::move(fresh);
  }
  arena.clear();
  field_bytes = 0;
  stream = 0;
  is_global = false;
  authority = host = {};
  dns_messages = {};
  static_cast<Transaction&>(*this) = Transaction{};
}

}  // namespace culvert::http2
