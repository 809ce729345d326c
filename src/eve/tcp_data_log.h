// `tcp-data`: the reassembled bytes of TCP streams, as text into one file or raw into one file a direction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config_node.h"
#include "event/sink_options.h"
#include "flow/flow.h"

namespace culvert {

class EventOutput;

/// `type: file`: one file of hexdumps. `type: dir`: raw files "A_1-B_2--ts.data" in the folder "tcp".
struct TcpDataOutput {
  bool file = true, folder = false;
  std::uint16_t file_sink = 0, folder_sink = 0;
};

class TcpDataLog {
 public:
  TcpDataLog(const TcpDataOutput& output, EventOutput& events) : settings_(output), events_(events) {}

  /// In stream order for each direction; bytes that come again are known by their offset.
  void on_data(const Flow& flow, Direction direction, Bytes bytes, std::uint64_t offset);

 private:
  struct Progress {
    std::uint64_t id = 0;
    std::uint64_t next[2] = {0, 0};
  };

  const TcpDataOutput settings_;
  EventOutput& events_;
  std::vector<Progress> flows_;  ///< by Flow::index
  std::string text_, name_;
};

}  // namespace culvert
