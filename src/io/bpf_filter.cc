#include "io/bpf_filter.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace culvert {

struct BpfFilter::Program {
  bpf_program code{};
  bool valid = false;
  ~Program() {
    if (valid) pcap_freecode(&code);
  }
};

namespace {

constexpr int kSnapLength = 262144;

/// Compiles for a link type; what libpcap complains of, or empty.
std::string compile_for(const std::string& expression, int dlt, bpf_program& code) {
  std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(dlt, kSnapLength),
                                                        &pcap_close);
  if (handle == nullptr) return "out of memory";
  if (pcap_compile(handle.get(), &code, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return pcap_geterr(handle.get());
  }
  return {};
}

}  // namespace

BpfFilter::BpfFilter(std::string expression) : expression_(std::move(expression)) {}
BpfFilter::~BpfFilter() = default;

Result<std::unique_ptr<BpfFilter>> BpfFilter::compile(const std::string& expression) {
  bpf_program code{};
  const std::string complaint = compile_for(expression, DLT_EN10MB, code);
  if (!complaint.empty()) {
    return failure(fmt::format("the capture filter \"{}\" cannot be used: {}", expression,
                               complaint));
  }
  pcap_freecode(&code);
  return std::unique_ptr<BpfFilter>(new BpfFilter(expression));
}

bool BpfFilter::use(std::uint32_t dlt) {
  if (dlt == dlt_) return program_->valid;
  dlt_ = dlt;
  program_ = std::make_unique<Program>();
  program_->valid = compile_for(expression_, static_cast<int>(dlt), program_->code).empty();
  return program_->valid;
}

bool BpfFilter::matches(const CaptureParser::Record& record) {
  if (!use(record.dlt)) return false;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(record.data.size());
  header.len = record.wire_length;
  return pcap_offline_filter(&program_->code, &header,
                             reinterpret_cast<const u_char*>(record.data.data())) != 0;
}

}  // namespace culvert
