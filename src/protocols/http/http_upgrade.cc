#include "protocols/http/http_upgrade.h"

#include "protocols/http/http_text.h"

namespace culvert::http1 {

bool switches_protocol(const HttpTransaction& tx) {
  if (tx.status != 101) return false;
  const std::string_view upgrade = tx.response.value_of(Field::kUpgrade);
  return contains_nocase(upgrade, "websocket") || contains_nocase(upgrade, "h2c");
}

std::unique_ptr<http2::Upgrade> make_upgrade(const HttpTransaction& tx) {
  auto upgrade = std::make_unique<http2::Upgrade>();
  upgrade->fields.emplace_back(":method", tx.method);
  upgrade->fields.emplace_back(":path", tx.raw_uri);
  upgrade->fields.emplace_back(":authority", tx.request.value_of(Field::kHost));
  for (const Header& header : tx.request.headers) {
    if (equal_nocase(header.name, "Host") || equal_nocase(header.name, "HTTP2-Settings")) continue;
    upgrade->fields.emplace_back(header.name, header.value);
  }
  upgrade->settings = tx.request.value_of("HTTP2-Settings");
  return upgrade;
}

}  // namespace culvert::http1
