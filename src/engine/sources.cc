#include "engine/sources.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/cpus.h"
#include "io/geneve_source.h"
#include "io/pcap_source.h"

namespace culvert {
namespace {

constexpr unsigned kMaxWorkers = 256;

Result<Sources> open_captures(const RunOptions& run) {
  if (run.captures.empty()) return failure("no capture file is named");
  PcapOptions options;
  options.path = run.captures.front();
  options.recursive = run.pcap_file.recursive;
  options.filter = run.bpf;
  options.progress = ::isatty(STDERR_FILENO) == 1;
  auto source = PcapSource::open(options);
  if (!source) return tl::unexpected(source.error());
  Sources sources;
  sources.workers.push_back(std::move(*source));
  return sources;
}

/// `vpce-0123456789abcdef0` to its number.
std::optional<std::uint64_t> parse_endpoint(std::string_view text) {
  if (text.starts_with("vpce-")) text.remove_prefix(5);
  std::uint64_t id = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return id;
}

/// `culvert.gwlb`: workers, busy-wait, steering, endpoints, load-balancers, ring-size.
Result<GwlbOptions> parse_gwlb_options(const RunOptions& run) {
  const ConfigNode& config = run.config;
  Complaints complaints;
  GwlbOptions options;
  if (run.interfaces.size() != 1) return failure("--gwlb takes one interface");
  options.interface = run.interfaces.front();
  const unsigned cpus = usable_cpus();
  options.workers = static_cast<unsigned>(config.integer(
      "culvert.gwlb.workers", std::min(cpus, kMaxWorkers), complaints, 1, kMaxWorkers));
  // More workers than CPUs: one that only looks keeps another from working.
  const auto looks = options.workers > cpus ? std::chrono::microseconds(0) : options.busy_wait;
  options.busy_wait = std::chrono::microseconds(
      config.integer("culvert.gwlb.busy-wait", looks.count(), complaints, 0, 100'000));
  constexpr ConfigChoice<GwlbSteering> kSteering[] = {{"addresses", GwlbSteering::kAddresses},
                                                      {"flow", GwlbSteering::kFlow}};
  options.steering =
      config.choice("culvert.gwlb.steering", kSteering, options.steering, complaints);
  options.ring_bytes = config.size("culvert.gwlb.ring-size", options.ring_bytes, complaints,
                                   1_MiB, 4096_MiB);
  for (const std::string& text : config.texts("culvert.gwlb.endpoints")) {
    if (const auto id = parse_endpoint(text)) {
      options.endpoints.push_back(*id);
    } else {
      complaints.error(fmt::format("culvert.gwlb.endpoints: {} is not an endpoint id, such as "
                                   "vpce-0123456789abcdef0", text));
    }
  }
  for (const std::string& text : config.texts("culvert.gwlb.load-balancers")) {
    if (const auto network = IpNetwork::parse(text)) {
      options.load_balancers.push_back(*network);
    } else {
      complaints.error(fmt::format("culvert.gwlb.load-balancers: {} is not an address or a network",
                                   text));
    }
  }
  if (!complaints.ok()) return tl::unexpected(complaints.errors.front());
  return options;
}

Result<Sources> open_gwlb(const RunOptions& run) {
  const auto options = parse_gwlb_options(run);
  if (!options) return tl::unexpected(options.error());
  auto opened = GeneveSource::open(*options);
  if (!opened) return tl::unexpected(opened.error());
  Sources sources;
  for (auto& source : *opened) sources.workers.push_back(std::move(source));
  sources.interfaces.push_back(options->interface);
  return sources;
}

}  // namespace

bool is_live(SourceKind kind) { return kind != SourceKind::kPcapFile && kind != SourceKind::kNone; }

bool is_inline(const RunOptions& run) {
  return run.simulate_ips || run.source == SourceKind::kGwlb || run.source == SourceKind::kNfqueue;
}

Result<Sources> open_sources(const RunOptions& run) {
  switch (run.source) {
    case SourceKind::kPcapFile:
      return open_captures(run);
    case SourceKind::kNone:
      return failure("nothing to read: name a capture file (-r) or an interface (--gwlb)");
    case SourceKind::kGwlb:
      return open_gwlb(run);
    case SourceKind::kAfPacket:
    case SourceKind::kNfqueue:
      break;
  }
  return failure("this kind of packet source is not built in");
}

}  // namespace culvert
