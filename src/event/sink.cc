#include "event/sink.h"

#include "base/log.h"

namespace culvert {

void Sink::on_lost(std::uint64_t records, const std::string& why) {
  lost_records_ += records;
  if (!failing_) log_error(why + ": records are lost until this is over");
  failing_ = true;
}

void Sink::on_success(const std::string& what) {
  if (failing_) {
    log_notice(what + ": works again; " + std::to_string(lost_records_) + " records lost so far");
  }
  failing_ = false;
}

Result<std::unique_ptr<Sink>> make_sink(const SinkOptions& options, Timestamp now) {
  switch (options.kind) {
    case SinkKind::kFile:
    case SinkKind::kStdout:
      return make_file_sink(options, now);
    case SinkKind::kUnixStream:
    case SinkKind::kUnixDatagram:
    case SinkKind::kSyslog:
      return make_socket_sink(options);
    case SinkKind::kPcap:
      return make_pcap_sink(options.pcap);
    case SinkKind::kFolder:
      return make_folder_sink(options);
  }
  return failure("unknown kind of output");
}

}  // namespace culvert
