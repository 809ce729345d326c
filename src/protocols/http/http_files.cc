#include "protocols/http/http_files.h"

#include "files/file_tracker.h"
#include "protocols/http/content_range.h"
#include "protocols/http/http_text.h"
#include "protocols/http/multipart.h"

namespace culvert::http1 {
namespace {

std::string_view path_of(std::string_view uri) { return uri.substr(0, uri.find('?')); }

/// As `Content-Disposition: attachment; filename="a.zip"` has it, else the path asked for.
std::string_view name_of(const HttpTransaction& tx, Direction direction) {
  const std::string_view disposition = tx.message(direction).value_of(Field::kContentDisposition);
  const std::string_view name = parameter_of(disposition, "filename");
  return name.empty() ? path_of(tx.uri) : name;
}

File* open_file(HttpTransaction& tx, Direction direction, std::string_view name, FileTracker& files,
                const Flow* flow) {
  const BodyOptions& options = tx.body_options(direction);
  File* const file = files.open(
      tx.files,
      {.direction = direction,
       .name = name,
       .inspection = {.limit = options.limit,
                      .min_size = tx.options->body_inline ? 0 : options.minimal_inspect_size,
                      .window = options.inspect_window},
       .flow = flow});
  tx.message(direction).file = file;
  return file;
}

/// Bytes beyond the limit of bodies are no part of the file, unless a rule has it stored. As in the
/// reference a file is truncated when more comes after the limit, not by the bytes that reach it.
void append(HttpTransaction& tx, Direction direction, Bytes bytes, FileTracker& files) {
  File* const file = tx.message(direction).file;
  if (file == nullptr) return;
  const std::uint64_t limit = tx.body_options(direction).limit;
  const bool is_stored =
      file->storing == FileStoring::kYes && (!files.stores_all() || !file->sids.empty());
  if (limit != 0 && !is_stored && file->size + bytes.size() > limit) {
    if (file->size >= limit) return files.truncate(*file);
    bytes = bytes.first(static_cast<std::size_t>(limit - file->size));
  }
  file->stream_at = tx.message(direction).stream_at;
  files.append(*file, bytes);
  if (auto& part = tx.message(direction).part; part != nullptr) files.ranges().append(*part, bytes);
}

/// The body is a part of a file that others may bring the rest of.
void begin_part(HttpTransaction& tx, File& file, FileTracker& files, const Flow* flow) {
  const auto found = parse_content_range(tx.response.value_of(Field::kContentRange));
  if (!found) return;
  file.range = found->range;
  if (!found->total || flow == nullptr) return;
  const std::string name = std::string(tx.host) + std::string(tx.uri);
  tx.response.part =
      files.ranges().begin(flow->key.tenant, name, found->range, *found->total, tx.last_seen);
}

/// The part is over. It may have been the last that was missing: then the whole is one more file.
void end_part(HttpTransaction& tx, bool whole, FileTracker& files) {
  std::unique_ptr<FileRanges::Part> part = std::move(tx.response.part);
  if (part == nullptr || !whole) return;
  const auto bytes = files.ranges().end(std::move(part), tx.last_seen);
  if (!bytes) return;
  File* const file =
      open_file(tx, Direction::kToClient, name_of(tx, Direction::kToClient), files, nullptr);
  if (file == nullptr) return;
  files.append(*file, *bytes);
  files.close(*file);
}

/// The files of a form.
class FormFiles final : public MultipartSink {
 public:
  FormFiles(HttpTransaction& tx, FileTracker& files, const Flow* flow)
      : tx_(tx), files_(files), flow_(flow) {}

  void begin_part(std::string_view name) override {
    open_file(tx_, Direction::kToServer, name, files_, flow_);
  }
  void on_part(Bytes bytes) override {
    append(tx_, Direction::kToServer, bytes, files_);
    if (tx_.request.file != nullptr) tx_.request.file->stream_at = File::kNowhere;
  }
  void end_part() override {
    File*& file = tx_.request.file;
    if (file != nullptr) files_.close(*file);
    file = nullptr;
  }
  void complain(Complaint complaint) override {
    switch (complaint) {
      case Complaint::kGeneric:
        return tx_.raise(Event::kMultipartGenericError);
      case Complaint::kNoFileData:
        return tx_.raise(Event::kMultipartNoFiledata);
      case Complaint::kInvalidHeader:
        return tx_.raise(Event::kMultipartInvalidHeader);
    }
  }

 private:
  HttpTransaction& tx_;
  FileTracker& files_;
  const Flow* flow_;
};

/// At the first bytes of a body, be they there or lost.
void begin_files(HttpTransaction& tx, Direction direction, FileTracker& files, const Flow* flow) {
  Message& message = tx.message(direction);
  if (message.files_begun) return;
  message.files_begun = true;
  const bool is_request = direction == Direction::kToServer;
  if (is_request && tx.method != "POST" && tx.method != "PUT") return;
  if (is_request && tx.method == "POST" && message.is_multipart) {
    if (message.form == nullptr) message.form = std::make_unique<MultipartParser>();
    message.form->start(message.value_of(Field::kContentType));
  }
  if (message.form != nullptr && message.form->is_active()) return;
  File* const file = open_file(tx, direction, name_of(tx, direction), files, flow);
  if (file != nullptr && !is_request) begin_part(tx, *file, files, flow);
}

}  // namespace

void add_to_files(HttpTransaction& tx, Direction direction, Bytes bytes, FileTracker& files,
                  const Flow* flow) {
  if (bytes.empty() || !files.wanted()) return;
  begin_files(tx, direction, files, flow);
  Message& message = tx.message(direction);
  if (message.form != nullptr && message.form->is_active()) {
    FormFiles sink(tx, files, flow);
    message.form->feed(bytes, sink);
  } else {
    append(tx, direction, bytes, files);
  }
}

bool files_need_more(const HttpTransaction& tx, Direction direction, const FileTracker& files) {
  if (!files.wanted()) return false;
  const Message& message = tx.message(direction);
  if (!message.files_begun || (message.form != nullptr && message.form->is_active())) return true;
  return message.file != nullptr && (message.file->is_open() || message.part != nullptr);
}

void note_gap_in_files(HttpTransaction& tx, Direction direction, std::uint64_t missing,
                       FileTracker& files, const Flow* flow) {
  if (!files.wanted()) return;
  begin_files(tx, direction, files, flow);
  if (File* const file = tx.message(direction).file) {
    file->stream_at = File::kNowhere;
    files.gap(*file, missing);
  }
}

void end_files(HttpTransaction& tx, Direction direction, bool whole, FileTracker& files) {
  Message& message = tx.message(direction);
  if (message.form != nullptr && message.form->is_active()) {
    FormFiles sink(tx, files, nullptr);
    message.form->finish(sink);
  }
  if (message.file == nullptr) return;
  if (whole && !message.file->gaps) {
    files.close(*message.file);
  } else {
    files.truncate(*message.file);
  }
  const bool came_whole = whole && !message.file->gaps;
  if (direction == Direction::kToClient) end_part(tx, came_whole, files);
  message.file = nullptr;
}

}  // namespace culvert::http1
