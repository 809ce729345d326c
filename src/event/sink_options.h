// Where an output's records go: what the configuration says, checked. One struct for all kinds, as
// the keys are one set in suricata.yaml:
//
//     filetype: regular | unix_stream | unix_dgram | syslog | stdout
//     filename: eve.json          relative to the log folder; "%Y" and the like take part in
//     rotation append: yes filemode: 640               octal rotate-interval: hour       minute,
//     hour, day (as the clock strikes), or 10s, 5m, 2h, 1d rotate-size: 1gb            culvert's
//     own prefix: "@cee: "            before each record identity, facility, level   of syslog
//     threaded: yes               eve.1.json, eve.2.json: one a thread that writes
//     buffer-size: 8kb            taken note of: records always go out many at a time
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config_node.h"
#include "event/pcap_sink.h"

namespace culvert {

enum class SinkKind : std::uint8_t { kFile, kStdout, kUnixStream, kUnixDatagram, kSyslog,
                                     kPcap,     ///< packets: event/pcap_sink.h
                                     kFolder }; ///< files named by records: folder_sink.cc

/// When a file is followed by a new one by time.
enum class RotateAt : std::uint8_t { kNever, kInterval, kMinute, kHour, kDay };

struct SinkOptions {
  SinkKind kind = SinkKind::kFile;
  std::string path;  ///< of the file or the socket
  bool append = true;
  bool threaded = false;  ///< a file for each thread that writes: eve.json -> eve.1.json
  std::optional<unsigned> file_mode = {};
  std::uint64_t rotate_bytes = 0;  ///< 0: by time only
  RotateAt rotate_at = RotateAt::kNever;
  std::chrono::seconds rotate_interval{0};  ///< with kInterval
  std::string prefix;
  std::string identity = "suricata";
  PcapSinkOptions pcap = {};
  int syslog_priority = 0;  ///< facility and level, as syslog(3) takes them

  friend bool operator==(const SinkOptions&, const SinkOptions&) = default;
};

/// The sink of one output, such as the settings below `eve-log:`. `default_filename` where it names
/// no file.
SinkOptions parse_sink_options(const ConfigNode& output, std::string_view log_dir,
                               std::string_view default_filename, Complaints& complaints);

}  // namespace culvert
