#include "engine/sources.h"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>

#include "io/pcap_source.h"

namespace culvert {
namespace {

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
    case SourceKind::kAfPacket:
    case SourceKind::kNfqueue:
      break;
  }
  return failure("this kind of packet source is not built in");
}

}  // namespace culvert
