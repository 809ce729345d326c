// `fileinfo` records, and what alerts tell of files.
#pragma once

#include "event/json_writer.h"
#include "files/file.h"

namespace culvert {

/// "CLOSED"; what is still open is "UNKNOWN".
std::string_view name_of(FileState state);

/// The fields of a file, into an open object. As an alert comes before what it has stored, a file is
/// on its way to the store there.
void write_file_fields(const File& file, std::uint64_t tx_id, bool in_alert, JsonWriter& json);
/// `"files": [...]` of an alert; nothing when there are none.
void write_files(const FileList* files, std::uint64_t tx_id, JsonWriter& json);

}  // namespace culvert
