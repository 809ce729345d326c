#include "eve/eve_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "app/carriage.h"
#include "files/file_store.h"

namespace culvert {
namespace {

constexpr ConfigChoice<EveType> kTypeNames[] = {
    {"alert", EveType::kAlert}, {"anomaly", EveType::kAnomaly}, {"drop", EveType::kDrop},
    {"flow", EveType::kFlow},   {"netflow", EveType::kNetflow}, {"stats", EveType::kStats},
    {"arp", EveType::kArp},     {"files", EveType::kFiles},     {"metadata", EveType::kMetadata},
    {"frame", EveType::kFrame}, {"stream", EveType::kStream},
};

/// Options of `alert` that ask for the bodies of a protocol, by its name.
constexpr std::pair<std::string_view, std::string_view> kBodyOptions[] = {
    {"http", "http-body"}, {"websocket", "websocket-payload"}};

AlertOptions read_alert(const ConfigNode& node, std::span<const ProtocolSpec* const> protocols,
                        Complaints& complaints) {
  AlertOptions options;
  options.payload = node.boolean("payload", false, complaints);
  options.payload_printable = node.boolean("payload-printable", false, complaints);
  options.payload_length = node.boolean("payload-length", false, complaints);
  options.packet = node.boolean("packet", false, complaints);
  options.verdict = node.boolean("verdict", false, complaints);
  for (const auto& [name, key] : kBodyOptions) {
    const auto found = std::ranges::find(protocols, name, &ProtocolSpec::name);
    if (found == protocols.end()) continue;
    const ProtocolSpec* const spec = *found;
    const AlertOptions::Bodies bodies{
        spec, node.boolean(key, false, complaints),
        node.boolean(fmt::format("{}-printable", key), false, complaints)};
    if (bodies.bytes || bodies.text) options.bodies.push_back(bodies);
  }
  options.xff = parse_xff(node.find("xff"), complaints);
  options.tagged_packets = node.boolean("tagged-packets", true, complaints);
  options.payload_buffer_bytes =
      static_cast<std::uint32_t>(node.size("payload-buffer-size", 4096, complaints, 1, 64_MiB));
  const ConfigNode* const metadata = node.find("metadata");
  if (metadata == nullptr || metadata->is_null()) return options;
  if (metadata->kind() == ConfigNode::Kind::kScalar) {
    const bool all = node.boolean("metadata", true, complaints);
    options.app_layer = options.flow = options.rule_metadata = all;
    return options;
  }
  options.app_layer = metadata->boolean("app-layer", true, complaints);
  options.flow = metadata->boolean("flow", true, complaints);
  if (const ConfigNode* const rule = metadata->find("rule"); rule != nullptr) {
    if (rule->kind() == ConfigNode::Kind::kScalar) {
      options.rule_metadata = metadata->boolean("rule", true, complaints);
    } else {
      options.rule_metadata = rule->boolean("metadata", true, complaints);
      options.rule_text = rule->boolean("raw", false, complaints);
      options.rule_references = rule->boolean("reference", false, complaints);
    }
  }
  return options;
}

AnomalyOptions read_anomaly(const ConfigNode& node, Complaints& complaints) {
  AnomalyOptions options;
  options.decode = node.boolean("types.decode", false, complaints);
  options.stream = node.boolean("types.stream", false, complaints);
  options.app_layer = node.boolean("types.applayer", true, complaints);
  options.packet_header = node.boolean("packethdr", false, complaints);
  return options;
}

DropOptions read_drop(const ConfigNode& node, Complaints& complaints) {
  constexpr ConfigChoice<bool> kFlows[] = {{"start", false}, {"all", true}};
  DropOptions options;
  options.alerts = node.boolean("alerts", false, complaints);
  options.verdict = node.boolean("verdict", false, complaints);
  options.all_packets = node.choice("flows", kFlows, false, complaints);
  return options;
}

StatsOptions read_stats(const ConfigNode& node, bool null_values, Complaints& complaints) {
  StatsOptions options;
  options.totals = node.boolean("totals", true, complaints);
  options.threads = node.boolean("threads", false, complaints);
  options.deltas = node.boolean("deltas", false, complaints);
  options.null_values = node.boolean("null-values", null_values, complaints);
  return options;
}

}  // namespace

EveConfig::EveConfig(const ConfigNode& root, const std::string& log_dir,
                     std::span<const ProtocolSpec* const> protocols, Complaints& complaints) {
  sensor_name_ = root.text("sensor-name");
  stats_enabled_ = root.boolean("stats.enabled", true, complaints);
  stats_interval_ = std::chrono::seconds(root.integer("stats.interval", 8, complaints, 1, 86400));
  for (const auto& [name, settings] : root.named_items("outputs")) {
    if (!settings->boolean("enabled", false, complaints)) {
      settings->mark_asked();
      continue;
    }
    if (name == "eve-log") {
      read_eve(*settings, log_dir, protocols, complaints);
    } else if (name == "lua") {
      // lua/lua_output.h reads it
    } else if (name == "file-store") {
      // files/file_store.h reads it
    } else if (name == "fast") {
      fast_.push_back(
          {add_sink(parse_sink_options(*settings, log_dir, "fast.log", complaints)), {}});
    } else if (name == "stats") {
      stats_.push_back({add_sink(parse_sink_options(*settings, log_dir, "stats.log", complaints)),
                        read_stats(*settings, false, complaints)});
    } else if (name == "pcap-log") {
      read_pcap(*settings, log_dir, complaints);
    } else if (name == "tcp-data") {
      read_tcp_data(*settings, log_dir, complaints);
    } else {
      settings->mark_asked();
      complaints.warning(fmt::format("the output {} is not known and stays off", name),
                         settings->place().text());
    }
  }
}

void EveConfig::read_pcap(const ConfigNode& node, const std::string& log_dir,
                          Complaints& complaints) {
  if (!pcap_.empty()) {
    complaints.error("pcap-log can be there once", node.place().text());
    return;
  }
  SinkOptions sink;
  sink.kind = SinkKind::kPcap;
  PcapOutput output;
  output.options = parse_pcap_log(node, log_dir, sink.pcap, complaints);
  output.sink = add_sink(std::move(sink));
  pcap_.push_back(std::move(output));
}

void EveConfig::read_tcp_data(const ConfigNode& node, const std::string& log_dir,
                              Complaints& complaints) {
  enum class Type { kFile, kFolder, kBoth };
  constexpr ConfigChoice<Type> kTypes[] = {
      {"file", Type::kFile}, {"dir", Type::kFolder}, {"both", Type::kBoth}};
  const Type type = node.choice("type", kTypes, Type::kFile, complaints);
  TcpDataOutput output;
  output.file = type != Type::kFolder;
  output.folder = type != Type::kFile;
  SinkOptions file = parse_sink_options(node, log_dir, "tcp-data.log", complaints);
  if (output.file) output.file_sink = add_sink(std::move(file));
  if (output.folder) {
    SinkOptions folder;
    folder.kind = SinkKind::kFolder;
    folder.path = log_dir + "/tcp";
    output.folder_sink = add_sink(std::move(folder));
  }
  tcp_data_.push_back(output);
}

std::uint16_t EveConfig::add_sink(SinkOptions sink) {
  sinks_.push_back(std::move(sink));
  return static_cast<std::uint16_t>(sinks_.size() - 1);
}

void EveConfig::read_eve(const ConfigNode& node, const std::string& log_dir,
                         std::span<const ProtocolSpec* const> protocols, Complaints& complaints) {
  EveOutput output;
  SinkOptions sink = parse_sink_options(node, log_dir, "eve.json", complaints);
  output.prefix = sink.prefix;
  output.sink = add_sink(std::move(sink));
  output.metadata = node.boolean("metadata", true, complaints);
  output.community_id = node.boolean("community-id", false, complaints);
  output.community_id_seed =
      static_cast<std::uint16_t>(node.integer("community-id-seed", 0, complaints, 0, 65535));
  output.ethernet = node.boolean("ethernet", false, complaints);
  output.capture_file = node.boolean("pcap-file", false, complaints);
  output.pcap_file = node.boolean("pcap-file", false, complaints);
  output.suricata_version = node.boolean("suricata-version", false, complaints);
  output.xff = parse_xff(node.find("xff"), complaints);
  read_types(node, output, protocols, complaints);
  if (!output.alert.xff.enabled) output.alert.xff = output.xff;
  eve_.push_back(std::move(output));
}

void EveConfig::read_types(const ConfigNode& node, EveOutput& output,
                           std::span<const ProtocolSpec* const> protocols, Complaints& complaints) {
  for (const auto& [name, settings] : node.named_items("types")) {
    if (!settings->boolean("enabled", true, complaints)) {
      settings->mark_asked();
      continue;
    }
    const std::string_view wanted = name;
    const auto* const type =
        std::find_if(std::begin(kTypeNames), std::end(kTypeNames),
                     [&](const auto& choice) { return choice.first == wanted; });
    if (type != std::end(kTypeNames)) {
      const bool once = type->second == EveType::kAnomaly || type->second == EveType::kDrop;
      if (once && (wants(type->second) || output.wants_type(type->second))) {
        complaints.error(fmt::format("only one '{}' logger can be enabled", name),
                         settings->place().text());
      }
      output.wants[static_cast<std::size_t>(type->second)] = true;
      switch (type->second) {
        case EveType::kAlert:
          output.alert = read_alert(*settings, protocols, complaints);
          break;
        case EveType::kAnomaly:
          output.anomaly = read_anomaly(*settings, complaints);
          break;
        case EveType::kDrop:
          output.drop = read_drop(*settings, complaints);
          break;
        case EveType::kStats:
          output.stats = read_stats(*settings, true, complaints);
          break;
        case EveType::kFiles:
          file_needs_.add({FileNeed::kTrack});
          file_needs_.add(parse_forced_hashes(*settings));
          if (settings->boolean("force-magic", false, complaints)) {
            file_needs_.add(FileNeed::kMagic);
          }
          break;
        case EveType::kFrame:
          output.frame.payload = settings->boolean("payload", true, complaints);
          output.frame.payload_buffer_bytes = static_cast<std::uint32_t>(
              settings->size("payload-buffer-size", 4096, complaints, 1, 64_MiB));
          break;
        case EveType::kStream:
          output.stream.all = settings->boolean("all", false, complaints);
          output.stream.event_set = settings->boolean("event-set", false, complaints);
          output.stream.state_update = settings->boolean("state-update", false, complaints);
          output.stream.spurious_retransmission =
              settings->boolean("spurious-retransmission", false, complaints);
          break;
        case EveType::kFlow:
        case EveType::kNetflow:
        case EveType::kArp:
        case EveType::kMetadata:
          break;
      }
      continue;
    }
    for (const ProtocolSpec* const spec : protocols) {
      for (const EveLogger& logger : spec->loggers) {
        const std::string_view key =
            logger.config_key.empty() ? logger.event_type : logger.config_key;
        if (key != wanted) continue;
        EveLoggerChoice choice{spec, &logger, nullptr, take_bit(spec->proto)};
        if (choice.bit >= kEveBits) {
          complaints.error("more than " + std::to_string(kEveBits / 2) + " loggers of " +
                               std::string(spec->name) + " in all eve-log outputs together",
                           settings->place().text());
          return;
        }
        if (logger.parse_options != nullptr) {
          choice.options = logger.parse_options(settings, complaints);
        }
        output.loggers.push_back(std::move(choice));
      }
    }
    settings->mark_asked();
  }
}

std::uint8_t EveConfig::take_bit(AppProto proto) {
  // What becomes another protocol keeps its transactions.
  const Carriage* const carriage = find_carriage(proto);
  std::uint8_t& next = next_bits_[carriage != nullptr ? carriage->carrier : proto];
  const std::uint8_t bit = next;
  if (bit < kEveBits) next = static_cast<std::uint8_t>(bit + 2);
  return bit;
}

bool EveConfig::wants(EveType type) const {
  return std::any_of(eve_.begin(), eve_.end(),
                     [&](const EveOutput& output) { return output.wants_type(type); });
}

}  // namespace culvert
