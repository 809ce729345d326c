#include "eve/pcap_log.h"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/log.h"
#include "detect/detect_state.h"
#include "event/event_output.h"
#include "stream/tcp_session.h"

namespace culvert {
namespace {

constexpr CounterSpec<PcapLogCounters> kTable[] = {
    {"pcap_log.written", "packets handed to the packet log", &PcapLogCounters::written},
    {"pcap_log.filtered_bpf", "packets that its filter kept out", &PcapLogCounters::filtered},
};

constexpr std::size_t kMaxKeptPackets = 4096;  // of one flow
constexpr std::size_t kMaxPacket = 256 * 1024;

/// What libpcap compiles filters for: its own numbers differ in one.
int filter_link_of(LinkType link) {
  return link == LinkType::kRaw ? DLT_RAW : static_cast<int>(pcap_link_type(link));
}

bool has_flow_tag(const Flow& flow) { return flow.detect != nullptr && !flow.detect->tags.empty(); }

}  // namespace

const std::span<const CounterSpec<PcapLogCounters>> kPcapLogCounters = kTable;

PcapLogOptions parse_pcap_log(const ConfigNode& node, const std::string& log_dir, PcapSinkOptions& sink,
                              Complaints& complaints) {
  constexpr ConfigChoice<PcapCondition> kConditions[] = {
      {"all", PcapCondition::kAll}, {"alerts", PcapCondition::kAlerts}, {"tag", PcapCondition::kTag}};
  constexpr ConfigChoice<bool> kModes[] = {{"normal", false}, {"multi", true}};
  constexpr ConfigChoice<bool> kCompressions[] = {{"none", false}, {"lz4", true}};
  constexpr ConfigChoice<bool> kTimes[] = {{"sec", false}, {"usec", true}};
  const std::string folder = node.text("dir");
  sink.folder = folder.empty() ? log_dir : folder.starts_with('/') ? folder : log_dir + "/" + folder;
  sink.filename = node.text("filename", "log.pcap");
  sink.limit_bytes = node.size("limit", 10_MiB, complaints);
  if (sink.limit_bytes != 0 && sink.limit_bytes < 1_MiB) {
    complaints.warning(fmt::format("pcap-log: a limit of {} bytes is taken for so many megabytes", sink.limit_bytes),
                       node.place().text());
    sink.limit_bytes *= 1_MiB;
  }
  if (sink.limit_bytes == 0) sink.limit_bytes = ~std::uint64_t{0};
  sink.max_files = static_cast<std::uint32_t>(node.integer("max-files", 0, complaints, 0, 0xffffffff));
  sink.multi = node.choice("mode", kModes, false, complaints);
  sink.microseconds_in_name = node.choice("ts-format", kTimes, false, complaints);
  sink.lz4 = node.choice("compression", kCompressions, false, complaints);
  sink.lz4_checksum = node.boolean("lz4-checksum", false, complaints);
  sink.lz4_level = static_cast<int>(node.integer("lz4-level", 0, complaints, 0, 16));
  if (sink.multi) {
    bool any = false, good = true;
    for (std::size_t at = sink.filename.find('%'); at != std::string::npos; at = sink.filename.find('%', at + 2)) {
      any = true;
      good = good && at + 1 < sink.filename.size() && std::string_view("nit").find(sink.filename[at + 1]) != std::string_view::npos;
    }
    if (!any || !good) {
      complaints.error("pcap-log: with mode multi the filename has %n (number of the worker), %i (id of the thread) "
                       "or %t (time) in it, and no other %",
                       node.place().text());
    }
  }
  PcapLogOptions options;
  options.condition = node.choice("conditional", kConditions, PcapCondition::kAll, complaints);
  options.use_stream_depth = node.boolean("use-stream-depth", false, complaints);
  options.honor_pass_rules = node.boolean("honor-pass-rules", false, complaints);
  options.filter = node.text("bpf-filter");
  if (!options.filter.empty()) {
    pcap_t* const dead = pcap_open_dead(DLT_EN10MB, 262144);
    bpf_program program{};
    if (dead == nullptr || pcap_compile(dead, &program, options.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      complaints.error(fmt::format("pcap-log: bpf-filter \"{}\": {}", options.filter,
                                   dead != nullptr ? pcap_geterr(dead) : "libpcap failed"),
                       node.place().text());
    }
    pcap_freecode(&program);
    if (dead != nullptr) pcap_close(dead);
  }
  return options;
}

PcapLog::PcapLog(const PcapLogOptions& options, EventOutput& output, std::uint16_t sink, unsigned worker)
    : options_(options), output_(output), sink_(sink), worker_(static_cast<std::uint16_t>(worker + 1)) {
  if (options_.condition == PcapCondition::kAll) return;
  ring_.resize(kRingBytes);
  chain_.reserve(kMaxKeptPackets);
}

PcapLog::~PcapLog() {
  if (filter_ != nullptr) pcap_freecode(filter_.get());
}

void PcapLog::on_packet(const Packet& packet, const Flow* flow, std::span<const Alert> alerts) {
  const Packet* root = &packet;
  while (root->root != nullptr) root = root->root;
  if (!opened_) {
    opened_ = true;
    thread_id_ = static_cast<std::uint32_t>(::gettid());
    PcapRecordHead head = head_of(*root);
    head.captured = head.wire = 0;
    head.opens = 1;
    write(head, {});
  }
  if (root_ != root) {
    root_ = root;
    root_wanted_ = false;
  }
  const bool wanted = is_wanted(packet, flow, alerts);
  if (&packet != root) {
    root_wanted_ = root_wanted_ || wanted;
    return;
  }
  const bool log = wanted || root_wanted_;
  root_ = nullptr;
  if (!log) {
    if (!ring_.empty() && flow != nullptr && flow->tcp != nullptr && !packet.payload.empty()) keep(packet, *flow);
    return;
  }
  if (!options_.filter.empty() && !passes_filter(packet)) {
    counters_.filtered.add();
    return;
  }
  write(head_of(packet), packet.data);
  counters_.written.add();
}

bool PcapLog::is_wanted(const Packet& packet, const Flow* flow, std::span<const Alert> alerts) {
  if (options_.use_stream_depth && flow != nullptr && flow->tcp != nullptr) {
    const TcpStream& stream = flow->tcp->sender(packet.direction);
    if (stream.depth_reached || stream.no_reassembly) return false;
  }
  if (options_.honor_pass_rules && flow != nullptr && flow->verdict == FlowVerdict::kPass) return false;
  if (options_.condition == PcapCondition::kAll) return true;
  const bool alerted = std::any_of(alerts.begin(), alerts.end(), [](const Alert& each) { return each.logged; });
  const bool wanted = options_.condition == PcapCondition::kAlerts ? alerted || (flow != nullptr && flow->has_alerts)
                                                                   : flow != nullptr && has_flow_tag(*flow);
  if (wanted && flow != nullptr && flow->tcp != nullptr) {
    if (OfFlow& kept = of(*flow); !kept.logged) write_kept(kept);
  }
  return wanted;
}

bool PcapLog::passes_filter(const Packet& packet) {
  const int link = filter_link_of(packet.link);
  if (link != filter_link_) {  // once, unless the link type changes
    if (filter_ != nullptr) pcap_freecode(filter_.get());
    filter_ = std::make_unique<bpf_program>();
    filter_link_ = link;
    pcap_t* const dead = pcap_open_dead(link, 262144);
    if (dead == nullptr || pcap_compile(dead, filter_.get(), options_.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      log_error(fmt::format("pcap-log: the filter does not fit link type {}: nothing of it is logged", link));
      *filter_ = {};
    }
    if (dead != nullptr) pcap_close(dead);
  }
  if (filter_->bf_insns == nullptr) return false;
  pcap_pkthdr head{};
  head.caplen = static_cast<bpf_u_int32>(packet.data.size());
  head.len = packet.wire_length;
  return pcap_offline_filter(filter_.get(), &head, reinterpret_cast<const unsigned char*>(packet.data.data())) != 0;
}

PcapRecordHead PcapLog::head_of(const Packet& packet) const {
  PcapRecordHead head;
  head.microseconds =
      std::chrono::floor<std::chrono::microseconds>(packet.time.time_since_epoch()).count();
  head.captured = static_cast<std::uint32_t>(std::min(packet.data.size(), kMaxPacket));
  head.wire = packet.wire_length;
  head.link_type = pcap_link_type(packet.link);
  head.thread_id = thread_id_;
  head.thread = worker_;
  return head;
}

void PcapLog::write(const PcapRecordHead& head, Bytes bytes) {
  char text[sizeof(head)];
  std::memcpy(text, &head, sizeof(head));
  output_.write_bytes(sink_, {text, sizeof(text)}, as_text(bytes.first(head.captured)));
}

PcapLog::OfFlow& PcapLog::of(const Flow& flow) {
  if (flow.index >= flows_.size()) flows_.resize(std::max<std::size_t>(flow.index + std::size_t{1}, flows_.size() * 2));
  OfFlow& of = flows_[flow.index];
  if (of.id != flow.id) of = {flow.id, 0, false};
  return of;
}

void PcapLog::keep(const Packet& packet, const Flow& flow) {
  const std::size_t size = (sizeof(Kept) + packet.data.size() + 7) / 8 * 8;
  if (packet.data.size() > kMaxPacket) return;
  // A record does not go over the ring's end.
  const std::size_t room = ring_.size() - ring_end_ % ring_.size();
  if (room < size) ring_end_ += room;
  OfFlow& kept = of(flow);
  Kept record;
  record.flow = flow.id;
  record.before = kept.last;
  record.head = head_of(packet);
  std::byte* const to = ring_.data() + ring_end_ % ring_.size();
  std::memcpy(to, &record, sizeof(record));
  std::memcpy(to + sizeof(record), packet.data.data(), packet.data.size());
  kept.last = ring_end_ + 1;
  ring_end_ += size;
}

void PcapLog::write_kept(OfFlow& of) {
  of.logged = true;
  chain_.clear();
  // What was overwritten since is no longer there; nor is what comes before it.
  for (std::uint64_t at = of.last; at != 0 && ring_end_ - (at - 1) <= ring_.size() && chain_.size() < kMaxKeptPackets;) {
    Kept record;
    std::memcpy(&record, ring_.data() + (at - 1) % ring_.size(), sizeof(record));
    if (record.flow != of.id) break;
    chain_.push_back(at - 1);
    at = record.before;
  }
  for (auto at = chain_.rbegin(); at != chain_.rend(); ++at) {
    const std::byte* const from = ring_.data() + *at % ring_.size();
    Kept record;
    std::memcpy(&record, from, sizeof(record));
    write(record.head, Bytes(from + sizeof(record), record.head.captured));
    counters_.written.add();
  }
}

}  // namespace culvert
