#include "cli/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "cli/version.h"
#include "detect/keyword_support.h"
#include "detect/rule_hook.h"
#include "keywords/keyword_tables.h"
#include "keywords/keywords.h"
#include "keywords/packet_headers.h"

namespace culvert {
namespace {

/// A keyword, whether it is code of its own or the sticky buffer of a protocol.
struct Entry {
  std::string_view name;
  std::string_view help;
  std::string_view protocol;  ///< empty: of packets, or generic
  std::string_view alias;
  std::string features;  ///< as Suricata words them
};

/// Of a keyword that selects a part of packets to look at.
bool is_packet_buffer(const KeywordSpec* keyword) {
  const auto is_of = [&](std::span<const KeywordSpec> table) {
    return !table.empty() && keyword >= &table.front() && keyword <= &table.back();
  };
  return keyword == &keywords::kFrame || is_of(keywords::packet_header_keywords()) ||
         (is_of(keywords::address_keywords()) && keyword->argument == KeywordArgument::kNone);
}

std::string features_of(std::string_view name, bool takes_none, bool is_buffer) {
  std::string features;
  const auto add = [&](bool has, std::string_view feature) {
    if (!has) return;
    if (!features.empty()) features += ',';
    features += feature;
  };
  add(takes_none, "No option");
  add(is_buffer, "sticky buffer");
  add(is_transform(name), "transform");
  add(name.starts_with("http_"), "content modifier");  // those of rules before Suricata 5
  add(supports_firewall(name), "supports firewall");
  add(supports_prefilter(name) && name != "content", "prefilter");
  return features.empty() ? "none" : features;
}

/// Each name once, also where several protocols have it.
std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  std::set<std::string_view> names;
  const auto add = [&](Entry entry, bool takes_none, bool is_buffer) {
    if (!names.insert(entry.name).second) return;
    entry.features = features_of(entry.name, takes_none, is_buffer);
    entries.push_back(std::move(entry));
  };
  const auto add_keyword = [&](const KeywordSpec* keyword, std::string_view protocol) {
    add({keyword->name, keyword->help, protocol, keyword->alias, {}},
        keyword->argument == KeywordArgument::kNone, is_packet_buffer(keyword));
  };
  for (const KeywordSpec* keyword : builtin_keywords()) add_keyword(keyword, {});
  for (const BufferSpec* buffer : builtin_file_buffers()) {
    add({buffer->name, buffer->description, {}, buffer->alias, {}}, true, true);
  }
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    for (const KeywordSpec* keyword : protocol->keywords) add_keyword(keyword, protocol->name);
    for (const BufferSpec& buffer : protocol->buffers) {
      add({buffer.name, buffer.description, name_of(buffer.proto), buffer.alias, {}}, true, true);
    }
  }
  return entries;
}

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_page(const Entry& entry, std::string_view indent) {
  put(fmt::format("{}Description: {}\n{}Features: {}\n", indent, entry.help, indent,
                  entry.features));
  if (!entry.protocol.empty()) put(fmt::format("{}App layer: {}\n", indent, entry.protocol));
  if (!entry.alias.empty()) put(fmt::format("{}Also known as: {}\n", indent, entry.alias));
}

}  // namespace

int list_keywords(std::string_view what) {
  const std::vector<Entry> entries = all_entries();
  if (what.empty()) {
    put("=====Supported keywords=====\n");
    for (const Entry& entry : entries) put(fmt::format("- {}\n", entry.name));
    return 0;
  }
  if (what == "csv") {
    put("name;description;app layer;features;documentation\n");
    for (const Entry& entry : entries) {
      std::string features = entry.features;
      std::replace(features.begin(), features.end(), ',', ':');
      put(fmt::format("{};{};{};{};;\n", entry.name, entry.help,
                      entry.protocol.empty() ? "Unset" : entry.protocol, features));
    }
    return 0;
  }
  if (what == "all") {
    for (const Entry& entry : entries) {
      put(fmt::format("{}:\n", entry.name));
      print_page(entry, "\t");
    }
    return 0;
  }
  for (const Entry& entry : entries) {
    if (entry.name != what && entry.alias != what) continue;
    put(fmt::format("= {} =\n", entry.name));
    print_page(entry, "");
    return 0;
  }
  put("Non existing keyword\n");
  return 1;
}

int list_protocols() {
  put("=========Supported App Layer Protocols=========\n");
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    put(fmt::format("{}\n", protocol->name));
  }
  return 0;
}

/// As rules spell it: `http` there is more than HTTP/1.
std::string_view rule_name(const ProtocolSpec& protocol) {
  return protocol.proto == AppProto::kHttp1 ? "http1" : name_of(protocol.proto);
}

int list_frames() {
  put("=========Supported App Layer Frames=========\n");
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    if (protocol->frames.empty()) continue;
    const std::string_view name = rule_name(*protocol);
    for (const std::uint8_t ip_proto : protocol->ip_protos) {
      if (ip_proto == 0) continue;
      if (ip_proto == 17 && protocol->proto == AppProto::kDcerpc) continue;  // datagrams have none
      const std::string_view transport = ip_proto == 17 ? "udp" : "tcp";
      if (ip_proto == 6) put(fmt::format("{}: {}.stream\n", transport, name));
      for (const std::string_view frame : protocol->frames) {
        put(fmt::format("{}: {}.{}\n", transport, name, frame));
      }
    }
  }
  return 0;
}

int list_hooks() {
  put("=========Supported App Layer Hooks=========\n");
  std::set<std::string_view> listed;  // a protocol may have a line for each transport
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    const std::string_view name = rule_name(*protocol);
    if (!listed.insert(name).second) continue;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      const bool to_server = direction == Direction::kToServer;
      const std::string_view first = to_server ? "request_started" : "response_started";
      const std::string_view last = to_server ? "request_complete" : "response_complete";
      put(fmt::format("{}:{}\n", name, first));
      for (const std::string_view state :
           to_server ? protocol->to_server_states : protocol->to_client_states) {
        if (state == first || state == last || !is_rule_hook(*protocol, state)) continue;
        put(fmt::format("{}:{}\n", name, state));
      }
      put(fmt::format("{}:{}\n", name, last));
    }
  }
  return 0;
}

int list_runmodes() {
  put("single     one worker for everything\n"
      "autofp     as many workers as threading allows; flows are spread over them\n"
      "workers    the same: a worker does all from the capture to the logs\n");
  return 0;
}

int list_features() {
  for (const std::string_view feature : rule_features()) {
    put(fmt::format("provided feature name: {}\n", feature));
  }
  return 0;
}

}  // namespace culvert
