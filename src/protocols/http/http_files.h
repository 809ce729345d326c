// Bodies as files: what is downloaded, what PUT and POST upload, and the files in uploaded forms.
#pragma once

#include "base/bytes.h"
#include "protocols/http/http_transaction.h"

namespace culvert {
class FileTracker;
}

namespace culvert::http1 {

/// The next decoded bytes of a body. The headers of its message are complete.
void add_to_files(HttpTransaction& tx, Direction direction, Bytes bytes, FileTracker& files,
                  const Flow* flow);
/// Whether add_to_files() has a use for what follows.
bool files_need_more(const HttpTransaction& tx, Direction direction, const FileTracker& files);
/// Bytes of the body are lost.
void note_gap_in_files(HttpTransaction& tx, Direction direction, std::uint64_t missing,
                       FileTracker& files, const Flow* flow);
/// The body is over; `whole`: nothing of it is missing.
void end_files(HttpTransaction& tx, Direction direction, bool whole, FileTracker& files);

}  // namespace culvert::http1
