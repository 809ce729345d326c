// DNS and mDNS in EVE.
#pragma once

#include <memory>
#include <vector>

#include "app/protocol_spec.h"

namespace culvert::dns {

/// `types: - dns:` below an eve-log.
struct DnsEveOptions final : EveOptionsBase {
  bool version_2 = false;  ///< the format of Suricata 4 to 7
  bool requests = true, responses = true;
  bool detailed = true, grouped = true;  ///< `formats`, of the answers
  bool all_types = true;
  bool named_types_only = false;
  std::vector<std::uint16_t> types;  ///< sorted; of the questions

  bool logs_type(std::uint16_t type) const;
};

extern const EveLogger kDnsLoggers[1];
extern const EveLogger kMdnsLoggers[1];

struct DnsTransaction;

/// The object of a record, with all that is written by default.
void write_dns_message(const DnsTransaction& transaction, JsonWriter& json);
void write_dns_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);
void write_mdns_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::dns
