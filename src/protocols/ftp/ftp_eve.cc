#include "protocols/ftp/ftp_eve.h"

#include "event/json_writer.h"
#include "protocols/ftp/ftp_types.h"

namespace culvert::ftp {
namespace {

void write_list(std::string_view key, const std::vector<std::string_view>& items,
                JsonWriter& json) {
  if (items.empty()) return;
  json.begin_array(key);
  for (const std::string_view text : items) json.item(text);
  json.end_array();
}

bool write_ftp(const Flow& flow, const Transaction& transaction, Direction /*direction*/,
               const EveOptionsBase* /*options*/, JsonWriter& json) {
  write_ftp_metadata(flow, transaction, json);
  return true;
}

bool write_ftp_data(const Flow& flow, const Transaction& transaction, Direction /*direction*/,
                    const EveOptionsBase* /*options*/, JsonWriter& json) {
  write_ftp_data_metadata(flow, transaction, json);
  return true;
}

bool of_flow(const Transaction&, const EveOptionsBase*) { return true; }

}  // namespace

void write_ftp_metadata(const Flow& /*flow*/, const Transaction& transaction, JsonWriter& json) {
  const auto& ftp = static_cast<const FtpTransaction&>(transaction);
  json.begin_object("ftp");
  if (ftp.has_command && ftp.command != Command::kUnknown) {
    json.field("command", ftp.name);
    if (!ftp.data.empty()) json.field("command_data", ftp.data);
    if (ftp.has_data) json.field("command_truncated", ftp.command_truncated);
  }
  write_list("completion_code", ftp.codes, json);
  write_list("reply", ftp.replies, json);
  if (ftp.dynamic_port) json.field("dynamic_port", *ftp.dynamic_port);
  if (ftp.mode != Mode::kNone) json.field("mode", ftp.mode == Mode::kActive ? "active" : "passive");
  json.field("reply_received", ftp.replies.empty() ? "no" : "yes");
  json.field("reply_truncated", ftp.reply_truncated);
  json.end_object();
}

void write_ftp_data_metadata(const Flow& /*flow*/, const Transaction& transaction,
                             JsonWriter& json) {
  const auto& data = static_cast<const FtpDataTransaction&>(transaction);
  json.begin_object("ftp_data");
  if (!data.file_name.empty()) json.field("filename", std::string_view(data.file_name));
  if (!data.name.empty()) json.field("command", data.name);
  json.end_object();
}

constinit const EveLogger kFtpLoggers[1] = {{.event_type = "ftp",
                                             .to_server_progress = kComplete,
                                             .to_client_progress = kComplete,
                                             .write = write_ftp,
                                             .header_of_flow = of_flow}};
constinit const EveLogger kFtpDataLoggers[1] = {{.event_type = "ftp_data",
                                                 .config_key = "ftp",
                                                 .to_server_progress = kComplete,
                                                 .to_client_progress = kComplete,
                                                 .write = write_ftp_data,
                                                 .header_of_flow = of_flow}};

}  // namespace culvert::ftp
