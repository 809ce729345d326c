#include "cli/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "cli/version.h"

namespace culvert {
namespace {

/// A keyword, whether it is code of its own or the sticky buffer of a protocol.
struct Entry {
  std::string_view name;
  std::string_view help;
  std::string_view protocol;  ///< empty: of packets, or generic
  std::string_view alias;
  std::string_view features;  ///< as Suricata words them
};

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const KeywordSpec* keyword : builtin_keywords()) {
    const bool none = keyword->argument == KeywordArgument::kNone;
    entries.push_back(
        {keyword->name, keyword->help, {}, keyword->alias, none ? "No option" : "none"});
  }
  for (const BufferSpec* buffer : builtin_file_buffers()) {
    entries.push_back(
        {buffer->name, buffer->description, {}, buffer->alias, "No option,sticky buffer"});
  }
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    for (const KeywordSpec* keyword : protocol->keywords) {
      const bool none = keyword->argument == KeywordArgument::kNone;
      entries.push_back({keyword->name, keyword->help, protocol->name, keyword->alias,
                         none ? "No option" : "none"});
    }
    for (const BufferSpec& buffer : protocol->buffers) {
      entries.push_back({buffer.name, buffer.description, name_of(buffer.proto), buffer.alias,
                         "No option,sticky buffer"});
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
      std::string features(entry.features);
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

int list_frames() {
  put("=========Supported App Layer Frames=========\n");
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    if (protocol->frames.empty()) continue;
    const bool is_http = protocol->proto == AppProto::kHttp1;  // rules call it so
    const std::string_view name = is_http ? "http1" : name_of(protocol->proto);
    for (const std::uint8_t ip_proto : protocol->ip_protos) {
      if (ip_proto == 0) continue;
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
  for (const ProtocolSpec* protocol : builtin_protocols()) {
    for (const std::string_view state : protocol->to_server_states) {
      put(fmt::format("{}:{}\n", protocol->name, state));
    }
    for (const std::string_view state : protocol->to_client_states) {
      put(fmt::format("{}:{}\n", protocol->name, state));
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
