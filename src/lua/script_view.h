// What a script sees of the world while it runs. Filled before each call, empty after it.
#pragma once

#include <span>
#include <string_view>

#include "app/app_proto.h"
#include "app/protocol_spec.h"
#include "app/transaction.h"
#include "base/clock.h"
#include "detect/alert.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {
class DetectState;
class File;
}  // namespace culvert

namespace culvert::lua {

/// Null where there is no such thing at the moment.
struct ScriptView {
  const Packet* packet = nullptr;
  const Flow* flow = nullptr;
  Flow* changeable_flow = nullptr;  ///< the same, in rules: variables may be set
  const Transaction* transaction = nullptr;
  AppProto proto = AppProto::kUnknown;  ///< of the transaction
  Direction direction = Direction::kToServer;
  Timestamp time{};
  DetectState* detect = nullptr;   ///< in rules
  const RuleMeta* rule = nullptr;  ///< that runs the script, or that alerted
  const File* file = nullptr;
};

}  // namespace culvert::lua
