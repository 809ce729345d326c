#include <benchmark/benchmark.h>

#include <string>

#include "event/json_writer.h"

namespace culvert {
namespace {

void escape(benchmark::State& state, void (*append)(TextBuffer&, std::string_view)) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'a');
  TextBuffer out(1 << 20);
  for (auto _ : state) {
    out.clear();
    append(out, text);
    benchmark::DoNotOptimize(out.text().data());
  }
  if (out.text() != text) state.SkipWithError("wrong answer");
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
void escape_fast(benchmark::State& state) { escape(state, append_json_escaped); }
void escape_slow(benchmark::State& state) { escape(state, append_json_escaped_slowly); }
BENCHMARK(escape_fast)->Arg(16)->Arg(256)->Arg(4096);
BENCHMARK(escape_slow)->Arg(16)->Arg(256)->Arg(4096);

void base64(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'a');
  TextBuffer out(1 << 20);
  for (auto _ : state) {
    out.clear();
    append_base64(out, as_bytes(text));
    benchmark::DoNotOptimize(out.text().data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(base64)->Arg(1500);

/// A dns record of EVE, some 420 bytes.
void dns_record(benchmark::State& state) {
  JsonWriter json;
  std::int64_t nanoseconds = 0;
  for (auto _ : state) {
    json.clear();
    json.begin_object();
    json.field_time("timestamp", make_timestamp(1700000000, nanoseconds += 1000));
    json.field("flow_id", std::uint64_t{281499699735700});
    json.field("pcap_cnt", 12345);
    json.field("event_type", "dns");
    json.field_address("src_ip", IpAddress::v4(0x0a000001));
    json.field("src_port", 12345);
    json.field_address("dest_ip", IpAddress::v4(0x0a000002));
    json.field("dest_port", 53);
    json.field("proto", "UDP");
    json.field("ip_v", 4);
    json.field("pkt_src", "wire/pcap");
    json.begin_object("dns");
    json.field("version", 3);
    json.field("type", "request");
    json.field("tx_id", 0);
    json.field("id", 1);
    json.field("flags", "100");
    json.field("rd", true);
    json.field("opcode", 0);
    json.field("rcode", "NOERROR");
    json.begin_array("queries");
    json.begin_object();
    json.field("rrname", "www.some-name.example.com");
    json.field("rrtype", "TXT");
    json.end_object();
    json.end_array();
    json.end_object();
    json.end_object();
    benchmark::DoNotOptimize(json.text().data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
BENCHMARK(dns_record);

}  // namespace
}  // namespace culvert
