// The application protocols there are names for, in rule headers, EVE and configuration. A name here
// says nothing about whether a parser exists: builtin/protocols.cc lists those that do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace culvert {

enum class AppProto : std::uint8_t {
  kUnknown,
  kFailed,
  kHttp,  ///< in rules: HTTP/1 or HTTP/2
  kHttp1, kFtp, kSmtp, kTls, kSsh, kImap, kJabber, kSmb, kDcerpc, kIrc, kDns, kModbus, kEnip, kDnp3,
  kNfs, kNtp, kFtpData, kTftp, kIke, kKrb5, kQuic, kDhcp, kSip, kRfb, kMqtt, kPgsql, kTelnet,
  kWebsocket, kLdap, kDoh2, kTemplate, kRdp, kHttp2, kBittorrentDht, kPop3, kMdns, kSnmp,
  kLast = kSnmp,
};

/// As rules and EVE spell it ("http1" is "http" in EVE); "unknown" and "failed" for the first two.
std::string_view name_of(AppProto proto);
/// From a rule header or `app-layer-protocol`; also the aliases (http1, ikev1 ...).
std::optional<AppProto> find_app_proto(std::string_view name);

/// Whether traffic of protocol `actual` satisfies a rule that asks for `wanted` (http covers http1
/// and http2, dns covers doh2 ...).
bool covers(AppProto wanted, AppProto actual);

}  // namespace culvert
