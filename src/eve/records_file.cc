#include "eve/records_file.h"

namespace culvert {

std::string_view name_of(FileState state) {
  switch (state) {
    case FileState::kOpen:
      return "UNKNOWN";
    case FileState::kClosed:
      return "CLOSED";
    case FileState::kTruncated:
      return "TRUNCATED";
    case FileState::kError:
      return "ERROR";
  }
  return "UNKNOWN";
}

namespace {

void write_digest(std::string_view key, Bytes value, JsonWriter& json) {
  if (!value.empty()) json.field_hex(key, value);
}

}  // namespace

void write_file_fields(const File& file, std::uint64_t tx_id, bool in_alert, JsonWriter& json) {
  if (!file.name.empty()) json.field("filename", std::string_view(file.name));
  if (!file.sids.empty()) {
    json.begin_array("sid");
    for (const std::uint32_t sid : file.sids) json.item(sid);
    json.end_array();
  }
  if (!file.magic().empty()) json.field("magic", std::string_view(file.magic()));
  json.field("gaps", file.gaps);
  json.field("state", name_of(file.state));
  if (file.state != FileState::kTruncated) {  // of a part, as in the reference, SHA-256 only
    write_digest("md5", file.digests.value(DigestKind::kMd5), json);
    write_digest("sha1", file.digests.value(DigestKind::kSha1), json);
  }
  write_digest("sha256", file.digests.value(DigestKind::kSha256), json);
  const bool stored = file.storing == FileStoring::kStored && !in_alert;
  json.field("stored", stored);
  if (stored) json.field("file_id", file.id);
  if (file.storing == FileStoring::kYes || (file.storing == FileStoring::kStored && in_alert)) {
    json.field("storing", true);
  }
  json.field("size", file.size);
  if (file.range) {
    json.field("start", file.range->start);
    json.field("end", file.range->end);
  }
  json.field("tx_id", tx_id);
}

void write_files(const FileList* files, std::uint64_t tx_id, JsonWriter& json) {
  if (files == nullptr) return;
  bool any = false;
  for (const File& file : *files) {
    if (file.logged) continue;  // has a record of its own
    if (!any) json.begin_array("files");
    any = true;
    json.begin_object();
    write_file_fields(file, tx_id, true, json);
    json.end_object();
  }
  if (any) json.end_array();
}

}  // namespace culvert
