// file.data, file.name and file.magic: one instance a file.

#include "keywords/file_buffers.h"

#include "files/file.h"

namespace culvert {
namespace {

File* file_of(const BufferRequest& request) {
  const FileList* const files = request.transaction.files[index_of(request.direction)];
  return files == nullptr ? nullptr : files->at_for_rules(request.instance);
}

Bytes not_yet(const BufferRequest& request) {
  if (request.extent != nullptr) request.extent->not_yet = true;
  return {};
}

/// The content as far as it is there, and new since the last look.
std::optional<Bytes> file_data(const BufferRequest& request) {
  const File* const file = file_of(request);
  if (file == nullptr) return std::nullopt;
  const auto view = file->view();
  if (!view) return not_yet(request);
  if (request.extent != nullptr) {
    *request.extent = {.offset = view->offset, .end = !file->is_open()};
    if (file->stream_at != File::kNowhere) {
      request.extent->stream_at = file->stream_at + view->offset;
    }
  }
  return view->bytes;
}

std::optional<Bytes> file_name(const BufferRequest& request) {
  const File* const file = file_of(request);
  if (file == nullptr) return std::nullopt;
  return as_bytes(file->name);
}

std::optional<Bytes> file_magic(const BufferRequest& request) {
  File* const file = file_of(request);
  if (file == nullptr) return std::nullopt;
  const std::string& magic =
      request.transaction.files[index_of(request.direction)]->magic_of(*file);
  if (magic.empty()) return not_yet(request);
  return as_bytes(magic);
}

}  // namespace

constinit const BufferSpec keywords::kFileData{
    .name = "file.data",
    .description = "content of a file: an HTTP body, a mail's attachment, what FTP transfers",
    .get = file_data,
    .multi_instance = true,
    .alias = "file_data",
    .in_stream = true,
    .file_needs = {FileNeed::kContent}};
constinit const BufferSpec keywords::kFileName{.name = "file.name",
                                               .description = "name of a file",
                                               .get = file_name,
                                               .multi_instance = true,
                                               .file_needs = {FileNeed::kTrack}};
constinit const BufferSpec keywords::kFileMagic{.name = "file.magic",
                                                .description = "what libmagic says of a file",
                                                .get = file_magic,
                                                .multi_instance = true,
                                                .file_needs = {FileNeed::kMagic}};

}  // namespace culvert
