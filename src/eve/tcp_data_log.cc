#include "eve/tcp_data_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "eve/hex_lines.h"
#include "event/event_output.h"

namespace culvert {
namespace {

void append_end(const IpAddress& address, std::uint16_t port, std::string& out) {
  char text[IpAddress::kMaxTextSize];
  out.append(text, static_cast<std::size_t>(address.format_full(text) - text));
  fmt::format_to(std::back_inserter(out), "_{}", port);
}

}  // namespace

void TcpDataLog::on_data(const Flow& flow, Direction direction, Bytes bytes, std::uint64_t offset) {
  if (flow.index >= flows_.size()) {
    flows_.resize(std::max<std::size_t>(flow.index + std::size_t{1}, flows_.size() * 2));
  }
  Progress& progress = flows_[flow.index];
  if (progress.id != flow.id) progress = {flow.id, {0, 0}};
  std::uint64_t& next = progress.next[index_of(direction)];
  if (offset + bytes.size() <= next) return;
  if (offset < next) bytes = bytes.subspan(next - offset);
  next = offset < next ? next + bytes.size() : offset + bytes.size();

  const char* const way = direction == Direction::kToServer ? "ts" : "tc";
  name_.clear();
  append_end(flow.client(), flow.client_port(), name_);
  name_ += '-';
  append_end(flow.server(), flow.server_port(), name_);
  if (settings_.file) {
    text_ = name_;
    fmt::format_to(std::back_inserter(text_), "-{}:\n", way);
    append_hex_lines(bytes, text_);
    events_.write_bytes(settings_.file_sink, text_, {});
  }
  if (!settings_.folder) return;
  fmt::format_to(std::back_inserter(name_), "--{}.data", way);
  const auto name_size = static_cast<std::uint16_t>(name_.size());
  const auto data_size = static_cast<std::uint32_t>(bytes.size());
  char head[sizeof(name_size) + sizeof(data_size)];
  std::memcpy(head, &name_size, sizeof(name_size));
  std::memcpy(head + sizeof(name_size), &data_size, sizeof(data_size));
  events_.write_bytes(settings_.folder_sink, {head, sizeof(head)}, name_, as_text(bytes));
}

}  // namespace culvert
