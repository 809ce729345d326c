// The address that a proxy says it forwards for: `xff`, the header X-Forwarded-For of HTTP requests.
#pragma once

#include <string>
#include <string_view>

#include "app/app_session.h"
#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

/// `xff:` of an eve-log, or of its alerts.
struct XffOptions {
  bool enabled = false;
  bool overwrite = false;  ///< takes the client's place in the record; else it is just told
  bool forward = false;    ///< the first address of the list counts; else the last
  std::string header = "X-Forwarded-For";
};
XffOptions parse_xff(const ConfigNode* node, Complaints& complaints);

/// The address in a header's value, "198.51.100.1" or "192.0.2.1:80, [2001:db8::1]:443", as it stands
/// there; empty: there is none.
std::string_view parse_forwarded(std::string_view value, bool forward);

/// Of that transaction, or, when it is null, of the newest one of the flow that has the header.
std::string_view find_forwarded(const AppSession& app, const Transaction* transaction,
                                const XffOptions& options);

}  // namespace culvert
