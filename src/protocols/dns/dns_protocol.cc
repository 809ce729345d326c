#include "protocols/dns/dns_protocol.h"

#include "protocols/dns/dns_buffers.h"
#include "protocols/dns/dns_detect.h"
#include "protocols/dns/dns_eve.h"
#include "protocols/dns/dns_keywords.h"
#include "protocols/dns/dns_parser.h"

namespace culvert::dns {
namespace {

std::unique_ptr<AppParser> make_parser(const ProtocolContext& /*context*/, Flow& flow) {
  if (flow.key.ip_proto == 17) return std::make_unique<DnsUdpParser>();
  return std::make_unique<DnsTcpParser>();
}

constexpr ProtocolProbe kDnsProbes[] = {
    {.ip_proto = 6,
     .default_ports = "53",
     .config_key = "dns.tcp.detection-ports.dp",
     .min_bytes = 14,
     .probe = probe_tcp},
    {.ip_proto = 17,
     .default_ports = "53",
     .config_key = "dns.udp.detection-ports.dp",
     .min_bytes = kHeaderSize,
     .probe = probe_udp},
};
constexpr ProtocolProbe kMdnsProbes[] = {{.ip_proto = 17,
                                          .default_ports = "5353",
                                          .config_key = "mdns.detection-ports.dp",
                                          .min_bytes = kHeaderSize,
                                          .probe = probe_mdns}};

constexpr std::string_view kToServerStates[] = {"request_started", "request_complete"};
constexpr std::string_view kToClientStates[] = {"response_started", "response_complete"};

}  // namespace

constinit const ProtocolSpec kDnsProtocol{.name = "dns",
                                          .proto = AppProto::kDns,
                                          .ip_protos = {6, 17},
                                          .probes = kDnsProbes,
                                          .make_parser = make_parser,
                                          .to_server_states = kToServerStates,
                                          .to_client_states = kToClientStates,
                                          .events = kEventNames,
                                          .buffers = kDnsBuffers,
                                          .frames = kFrameNames,
                                          .keywords = kDnsKeywords,
                                          .loggers = kDnsLoggers,
                                          .write_alert_metadata = write_dns_metadata,
                                          .unidirectional = true};

constinit const ProtocolSpec kMdnsProtocol{.name = "mdns",
                                           .proto = AppProto::kMdns,
                                           .ip_protos = {17, 0},
                                           .probes = kMdnsProbes,
                                           .make_parser = make_parser,
                                           .to_server_states = kToServerStates,
                                           .to_client_states = kToClientStates,
                                           .events = kEventNames,
                                           .buffers = kMdnsBuffers,
                                           .frames = kFrameNames,
                                           .loggers = kMdnsLoggers,
                                           .write_alert_metadata = write_mdns_metadata,
                                           .unidirectional = true};

}  // namespace culvert::dns
