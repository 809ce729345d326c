// EVE records of HTTP/1: "http": {...}, and the same object in alerts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/protocol_spec.h"

namespace culvert::http1 {

/// `types: - http:`
struct HttpEveOptions final : EveOptionsBase {
  bool extended = true;
  bool all_request_headers = false, all_response_headers = false;  ///< `dump-all-headers`
  std::vector<std::string> custom;  ///< fields to be listed, of both directions
};

extern const EveLogger kHttpLoggers[1];

void write_alert_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);
/// The same with the bodies, as far as they are kept: `http-body`, `http-body-printable`.
void write_alert_bodies(const Flow& flow, const Transaction& transaction, bool bytes, bool text,
                        JsonWriter& json);
/// Of the request; empty when it has no such field.
std::string_view header_of(const Transaction& transaction, std::string_view name);

}  // namespace culvert::http1
