#include "protocols/http2/http2_frame.h"

#include <algorithm>
#include <array>

#include "base/byte_cursor.h"
#include "rule/value.h"

namespace culvert::http2 {
namespace {

constexpr std::array<std::string_view, 10> kFrameTypes{
    "DATA", "HEADERS", "PRIORITY", "RSTSTREAM",    "SETTINGS",
    "PUSHPROMISE", "PING", "GOAWAY", "WINDOWUPDATE", "CONTINUATION"};

struct Name {
  std::string_view rule, eve;
};
/// From 0 on (section 7).
constexpr Name kErrors[] = {
    {"NO_ERROR", "NoError"},
    {"PROTOCOL_ERROR", "ProtocolError"},
    {"INTERNAL_ERROR", "InternalError"},
    {"FLOW_CONTROL_ERROR", "FlowControlError"},
    {"SETTINGS_TIMEOUT", "SettingsTimeout"},
    {"STREAM_CLOSED", "StreamClosed"},
    {"FRAME_SIZE_ERROR", "FrameSizeError"},
    {"REFUSED_STREAM", "RefusedStream"},
    {"CANCEL", "Cancel"},
    {"COMPRESSION_ERROR", "CompressionError"},
    {"CONNECT_ERROR", "ConnectError"},
    {"ENHANCE_YOUR_CALM", "EnhanceYourCalm"},
    {"INADEQUATE_SECURITY", "InadequateSecurity"},
    {"HTTP_1_1_REQUIRED", "Http11Required"},
};
/// From 1 on (section 6.5.2).
constexpr Name kSettingNames[] = {
    {"SETTINGS_HEADER_TABLE_SIZE", "SETTINGSHEADERTABLESIZE"},
    {"SETTINGS_ENABLE_PUSH", "SETTINGSENABLEPUSH"},
    {"SETTINGS_MAX_CONCURRENT_STREAMS", "SETTINGSMAXCONCURRENTSTREAMS"},
    {"SETTINGS_INITIAL_WINDOW_SIZE", "SETTINGSINITIALWINDOWSIZE"},
    {"SETTINGS_MAX_FRAME_SIZE", "SETTINGSMAXFRAMESIZE"},
    {"SETTINGS_MAX_HEADER_LIST_SIZE", "SETTINGSMAXHEADERLISTSIZE"},
};

/// Index of the entry with that name, in any case.
template <class Table, class Projection>
std::optional<std::size_t> find(const Table& table, std::string_view name, Projection projection) {
  const auto* const found = std::find_if(std::begin(table), std::end(table), [&](const auto& entry) {
    return equals_ignoring_case(projection(entry), name);
  });
  if (found == std::end(table)) return std::nullopt;
  return static_cast<std::size_t>(found - std::begin(table));
}

}  // namespace

FrameHeader read_frame_header(Bytes bytes) {
  ByteCursor in(bytes);
  FrameHeader header;
  header.length = in.u24();
  header.type = in.u8();
  header.flags = in.u8();
  header.stream = in.u32() & 0x7fffffff;
  return header;
}

std::string_view name_of_setting(std::uint16_t id) {
  return id >= 1 && id <= std::size(kSettingNames) ? kSettingNames[id - 1].eve : std::string_view{};
}
std::optional<std::uint16_t> find_setting(std::string_view name) {
  const auto found = find(kSettingNames, name, [](const Name& entry) { return entry.rule; });
  if (!found) return std::nullopt;
  return static_cast<std::uint16_t>(*found + 1);
}
std::string_view name_of_error(std::uint32_t code) {
  return code < std::size(kErrors) ? kErrors[code].eve : std::string_view{};
}
std::optional<std::uint32_t> find_error(std::string_view name) {
  const auto found = find(kErrors, name, [](const Name& entry) { return entry.rule; });
  if (!found) return std::nullopt;
  return static_cast<std::uint32_t>(*found);
}
std::optional<std::uint8_t> find_frame_type(std::string_view name) {
  const auto found = find(kFrameTypes, name, [](std::string_view entry) { return entry; });
  if (!found) return std::nullopt;
  return static_cast<std::uint8_t>(*found);
}

}  // namespace culvert::http2
