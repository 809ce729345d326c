#include "app/app_proto.h"

#include <algorithm>
#include <array>
#include <utility>

namespace culvert {
namespace {

// In the order of AppProto. What EVE prints; "http1" of rules is "http" there.
constexpr std::array<std::string_view, static_cast<std::size_t>(AppProto::kLast) + 1> kNames{
    "unknown", "failed",         "http_any",  "http", "ftp",    "smtp",     "tls",
    "ssh",     "imap",           "jabber",    "smb",  "dcerpc", "irc",      "dns",
    "modbus",  "enip",           "dnp3",      "nfs",  "ntp",    "ftp-data", "tftp",
    "ike",     "krb5",           "quic",      "dhcp", "sip",    "rfb",      "mqtt",
    "pgsql",   "telnet",         "websocket", "ldap", "doh2",   "template", "rdp",
    "http2",   "bittorrent-dht", "pop3",      "mdns", "snmp"};

// Spellings that rules take and EVE does not print.
constexpr std::pair<std::string_view, AppProto> kAliases[] = {
    {"http", AppProto::kHttp},       {"http1", AppProto::kHttp1}, {"ikev1", AppProto::kIke},
    {"ikev2", AppProto::kIke},       {"ssl", AppProto::kTls},     {"dce_rpc", AppProto::kDcerpc},
    {"ftpdata", AppProto::kFtpData},
};

}  // namespace

std::string_view name_of(AppProto proto) { return kNames[static_cast<std::size_t>(proto)]; }

std::optional<AppProto> find_app_proto(std::string_view name) {
  const auto alias =
      std::ranges::find(kAliases, name, &std::pair<std::string_view, AppProto>::first);
  if (alias != std::end(kAliases)) return alias->second;
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<AppProto>(found - kNames.begin());
}

bool covers(AppProto wanted, AppProto actual) {
  if (wanted == actual) return true;
  switch (wanted) {
    case AppProto::kHttp:
      return actual == AppProto::kHttp1 || actual == AppProto::kHttp2;
    case AppProto::kDns:
    case AppProto::kHttp2:
      return actual == AppProto::kDoh2;
    case AppProto::kDoh2:
      return actual == AppProto::kDns || actual == AppProto::kHttp2;
    case AppProto::kDcerpc:
      return actual == AppProto::kSmb;
    default:
      return false;
  }
}

}  // namespace culvert
