#include "detect/keyword_support.h"

#include <algorithm>
#include <iterator>

namespace culvert {
namespace {

constexpr std::string_view kPrefilter[] = {"app-layer-protocol",
                                           "content",
                                           "decode-event",
                                           "dsize",
                                           "flow",
                                           "flow.age",
                                           "flow.pkts",
                                           "flow.pkts_toclient",
                                           "flow.pkts_toserver",
                                           "flowbits",
                                           "fragbits",
                                           "fragoffset",
                                           "icmp_id",
                                           "icmp_seq",
                                           "icmpv6.mtu",
                                           "icode",
                                           "id",
                                           "itype",
                                           "stream-event",
                                           "stream_size",
                                           "tcp.ack",
                                           "tcp.flags",
                                           "tcp.mss",
                                           "tcp.seq",
                                           "tcp.wscale",
                                           "ttl",
                                           "vlan.id",
                                           "vlan.layers"};

constexpr std::string_view kFirewall[] = {"app-layer-protocol",
                                          "bsize",
                                          "config",
                                          "content",
                                          "dsize",
                                          "flow",
                                          "flowbits",
                                          "ftp.command",
                                          "ftp.command_data",
                                          "ftp.completion_code",
                                          "ftp.dynamic_port",
                                          "ftp.mode",
                                          "ftp.reply",
                                          "ftp.reply_received",
                                          "ftpbounce",
                                          "ftpdata_command",
                                          "icode",
                                          "iprep",
                                          "itype",
                                          "msg",
                                          "ntp.mode",
                                          "ntp.stratum",
                                          "ntp.version",
                                          "pcre",
                                          "sid",
                                          "snmp.pdu_type",
                                          "snmp.trap_type",
                                          "snmp.version",
                                          "tcp.flags",
                                          "tcp.session",
                                          "tcp.wscale",
                                          "tls.version",
                                          "urilen",
                                          "xbits"};

constexpr std::string_view kTransforms[] = {"to_md5",       "to_sha1",
                                            "to_sha256",    "to_lowercase",
                                            "to_uppercase", "header_lowercase",
                                            "dotprefix",    "strip_whitespace",
                                            "domain",       "compress_whitespace",
                                            "tld",          "strip_pseudo_headers",
                                            "url_decode",   "xor",
                                            "pcrexform",    "from_base64",
                                            "gunzip",       "zlib_deflate",
                                            "subslice",     "luaxform"};

template <std::size_t kCount>
bool holds(const std::string_view (&list)[kCount], std::string_view name) {
  return std::ranges::find(list, name) != std::end(list);
}

}  // namespace

bool supports_prefilter(std::string_view keyword) { return holds(kPrefilter, keyword); }

bool supports_firewall(std::string_view keyword) { return holds(kFirewall, keyword); }

bool is_transform(std::string_view keyword) { return holds(kTransforms, keyword); }

}  // namespace culvert
