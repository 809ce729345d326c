// Everything that the packet path is told by configuration, read once and then shared by all workers.
#pragma once

#include <memory>

#include "app/app_config.h"
#include "app/app_layer.h"
#include "base/result.h"
#include "config/config_node.h"
#include "defrag/defrag_options.h"
#include "detect/options.h"
#include "files/file_tracker.h"
#include "flow/flow_options.h"
#include "packet/decode_options.h"
#include "stream/stream_options.h"

namespace culvert {

class DetectWatch;

struct EngineOptions {
  bool inline_mode = false;  ///< packets can be dropped (IPS), or `--simulate-ips`
  bool live = false;         ///< packets come from a network: lose events rather than wait for disks
  bool has_rules = true;
  DecodeOptions decode;
  DefragOptions defrag;
  FlowOptions flow;
  StreamOptions stream;
  DetectOptions detect;
  AppLayerOptions app_layer;
  FileTrackerOptions files;
  std::unique_ptr<const AppConfig> app;
  DetectWatch* watch = nullptr;  ///< of RunOptions
};

/// Reads all of it; what is wrong goes to `complaints`, all at once.
EngineOptions parse_engine_options(const ConfigNode& root, bool inline_mode, bool live,
                                   Complaints& complaints);

}  // namespace culvert
