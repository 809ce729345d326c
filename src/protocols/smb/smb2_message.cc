#include "protocols/smb/smb2_message.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/byte_cursor.h"
#include "protocols/smb/smb_names.h"
#include "protocols/smb/smb_text.h"
#include "protocols/smb/smb_wire.h"

namespace culvert::smb {
namespace {

enum Command : std::uint16_t {
  kNegotiate = 0,
  kSessionSetup,
  kLogoff,
  kTreeConnect,
  kTreeDisconnect,
  kCreate,
  kClose,
  kFlush,
  kRead,
  kWrite,
  kLock,
  kIoctl,
  kCancel,
  kEcho,
  kFind,
  kNotify,
  kGetInfo,
  kSetInfo,
  kOplockBreak
};

constexpr std::uint32_t kSuccess = 0, kPending = 0x103, kBufferOverflow = 0x80000005,
                        kEndOfFile = 0xc0000011;
constexpr std::uint32_t kPipeTransceive = 0x0011c017;
constexpr std::uint32_t kMostDialects = 64;

std::uint64_t u64(ByteCursor& in) { return in.read_little(8); }

/// The fields of a command, behind its size.
ByteCursor fields_of(Bytes message) {
  ByteCursor in(message.subspan(std::min(message.size(), kSmb2HeaderSize)));
  in.skip(2);
  return in;
}

std::string guid_text(Bytes raw) { return FileId::of(raw).text(); }

// --- requests -----------------------------------------------------------------------------------

void on_negotiate(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction& tx = session.begin(info);
  tx.negotiation = std::make_unique<Negotiation>();
  ByteCursor in = fields_of(message);
  const std::uint32_t count = in.u16_little();
  in.skip(2 + 2 + 4);
  tx.negotiation->client_guid = guid_text(in.take(16));
  in.skip(8);
  for (std::uint32_t i = 0; i < count && i < kMostDialects; ++i) {
    const std::uint16_t dialect = in.u16_little();
    if (!in.ok()) break;
    tx.negotiation->dialects.push_back(name_of_dialect(dialect));
  }
  if (!in.ok()) tx.raise(Event::kNegotiateMalformedDialects);
}

void on_session_setup(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction& tx = session.begin(info);
  ByteCursor in = fields_of(message);
  in.skip(1 + 1 + 4 + 4);
  const std::uint16_t offset = in.u16_little();
  const std::uint16_t size = in.u16_little();
  if (!in.ok()) {
    tx.raise(Event::kMalformedData);
    return;
  }
  tx.session = std::make_unique<SessionSetup>();
  tx.session->blob = SecurityBlob::parse(part(message, offset, size));
  const SecurityBlob& blob = tx.session->blob;
  if (blob.malformed_ntlmssp) tx.raise(Event::kMalformedNtlmsspRequest);
  if (blob.ntlmssp && blob.ntlmssp->unusual_order) tx.raise(Event::kUnusualNtlmsspOrder);
}

void on_tree_connect(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction& tx = session.begin(info);
  ByteCursor in = fields_of(message);
  in.skip(2);
  const std::uint16_t offset = in.u16_little();
  const std::uint16_t size = in.u16_little();
  tx.tree = std::make_unique<TreeConnect>();
  tx.tree->share = from_utf16(part(message, offset, size));
  tx.tree->is_pipe = tx.tree->share.ends_with("\\IPC$");
}

void on_create(SmbSession& session, const MessageInfo& info, Bytes message) {
  constexpr std::uint32_t kDirectory = 0x1, kDeleteOnClose = 0x1000;
  SmbTransaction& tx = session.begin(info);
  ByteCursor in = fields_of(message);
  in.skip(1 + 1 + 4 + 8 + 8 + 4 + 4 + 4);
  tx.creation = std::make_unique<Creation>();
  tx.creation->disposition = in.u32_little();
  const std::uint32_t create_options = in.u32_little();
  const std::uint16_t offset = in.u16_little();
  const std::uint16_t size = in.u16_little();
  if (!in.ok()) {
    tx.raise(Event::kMalformedData);
    return;
  }
  tx.creation->is_directory = (create_options & kDirectory) != 0;
  tx.creation->is_deleted = (create_options & kDeleteOnClose) != 0;
  tx.creation->name = from_utf16(part(message, offset, size));
  session.set_last_name(tx.creation->name);
}

DataPlan on_write(SmbSession& session, const MessageInfo& info, Bytes message) {
  ByteCursor in = fields_of(message);
  const std::uint16_t begin = in.u16_little();
  const std::uint32_t size = in.u32_little();
  const std::uint64_t offset = u64(in);
  const FileId id = FileId::of(in.take(16));
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return {};
  }
  session.add_pending(info.message, {id, offset});
  return session.plan_data(info, id, offset, begin, size);
}

void on_read(SmbSession& session, const MessageInfo& info, Bytes message) {
  ByteCursor in = fields_of(message);
  in.skip(1 + 1);
  const std::uint32_t size = in.u32_little();
  const std::uint64_t offset = u64(in);
  const FileId id = FileId::of(in.take(16));
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return;
  }
  session.check_read_request(size);
  session.add_pending(info.message, {id, offset});
}

void on_ioctl(SmbSession& session, const MessageInfo& info, Bytes message) {
  ByteCursor in = fields_of(message);
  in.skip(2);
  const std::uint32_t function = in.u32_little();
  const FileId id = FileId::of(in.take(16));
  const std::uint32_t offset = in.u32_little();
  const std::uint32_t size = in.u32_little();
  SmbTransaction* tx = nullptr;
  if (in.ok() && function == kPipeTransceive) {
    tx = session.take_call(info, id, part(message, offset, size));
    session.add_pending(info.message, {id, 0});
  }
  if (tx == nullptr) {
    tx = &session.begin(info);
    if (in.ok()) {
      tx->function = function;
    } else {
      tx->raise(Event::kMalformedData);
    }
  }
  tx->command = info.command;
  tx->message = info.message;
  tx->waits_for_answer = true;
}

void on_set_info(SmbSession& session, const MessageInfo& info, Bytes message) {
  constexpr std::uint8_t kFile = 1, kRename = 10, kDisposition = 13;
  ByteCursor in = fields_of(message);
  const std::uint8_t type = in.u8();
  const std::uint8_t level = in.u8();
  const std::uint32_t size = in.u32_little();
  const std::uint16_t offset = in.u16_little();
  in.skip(2 + 4);
  const FileId id = FileId::of(in.take(16));
  if (!in.ok() || type != kFile || (level != kRename && level != kDisposition)) return;
  SmbTransaction& tx = session.begin(info);
  tx.change = std::make_unique<InfoChange>();
  tx.change->id = id;
  tx.change->name = session.name_of(id);
  ByteCursor content(part(message, offset, size));
  if (level == kDisposition) {
    tx.change->is_deletion = (content.u8() & 1u) != 0;
    return;
  }
  tx.change->info_class = "FILE_INFO";
  tx.change->info_level = "SMB2_FILE_RENAME_INFO";
  content.skip(8 + 8);
  const std::uint32_t name_size = content.u32_little();
  tx.change->rename_to = from_utf16(content.take(name_size));
}

void on_close(SmbSession& session, const MessageInfo& info, Bytes message) {
  session.begin(info);
  ByteCursor in = fields_of(message);
  in.skip(2 + 4);
  const Bytes id = in.take(16);
  if (in.ok()) session.close(FileId::of(id));
}

DataPlan take_request(SmbSession& session, const MessageInfo& info, Bytes message) {
  switch (info.command) {
    case kNegotiate:
      on_negotiate(session, info, message);
      return {};
    case kSessionSetup:
      on_session_setup(session, info, message);
      return {};
    case kTreeConnect:
      on_tree_connect(session, info, message);
      return {};
    case kTreeDisconnect:
      session.begin(info);
      session.drop_tree(info.session_id, info.tree_id);
      return {};
    case kCreate:
      on_create(session, info, message);
      return {};
    case kClose:
      on_close(session, info, message);
      return {};
    case kRead:
      on_read(session, info, message);
      return {};
    case kWrite:
      return on_write(session, info, message);
    case kIoctl:
      on_ioctl(session, info, message);
      return {};
    case kSetInfo:
      on_set_info(session, info, message);
      return {};
    case kGetInfo:  // frequent, and says nothing
      return {};
    case kCancel:  // has no answer
      SmbSession::complete(session.begin(info));
      return {};
    default:
      session.begin(info);
      return {};
  }
}

// --- responses ----------------------------------------------------------------------------------

void on_negotiated(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction* tx = session.find(info);
  if (tx == nullptr) tx = session.find_command(1, 0x72);  // which may ask for version 2
  ByteCursor in = fields_of(message);
  in.skip(2);
  const std::uint16_t dialect = in.u16_little();
  in.skip(2);
  const Bytes guid = in.take(16);
  in.skip(4 + 4);
  const std::uint32_t max_read = in.u32_little();
  const std::uint32_t max_write = in.u32_little();
  if (in.ok() && info.status.code == kSuccess) {
    session.set_dialect(name_of_dialect(dialect));
    session.set_limits(max_read, max_write);
    if (tx != nullptr && tx->negotiation != nullptr) {
      tx->negotiation->server_guid = guid_text(guid);
      tx->negotiation->max_read_size = max_read;
      tx->negotiation->max_write_size = max_write;
    }
  }
  if (tx != nullptr) session.answer(*tx, info);
}

void on_connected(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction* const tx = session.find(info);
  if (tx == nullptr || tx->tree == nullptr) return;
  ByteCursor in = fields_of(message);
  const std::uint8_t type = in.u8();
  tx->tree->share_type = info.status.code == kSuccess ? type : std::uint8_t{0};
  if (in.ok() && info.status.code == kSuccess) {
    constexpr std::uint8_t kPipe = 2;
    tx->tree->is_pipe = type == kPipe;
    session.set_tree(info.session_id, info.tree_id, {tx->tree->share, tx->tree->is_pipe});
  }
  session.answer(*tx, info);
}

void on_created(SmbSession& session, const MessageInfo& info, Bytes message) {
  SmbTransaction* const tx = session.find(info);
  if (tx == nullptr) return;
  ByteCursor in = fields_of(message);
  in.skip(1 + 1 + 4);
  const std::uint64_t times[] = {u64(in), u64(in), u64(in), u64(in)};
  in.skip(8);
  const std::uint64_t size = u64(in);
  in.skip(4 + 4);
  const FileId id = FileId::of(in.take(16));
  if (tx->creation != nullptr && in.ok() && info.status.code == kSuccess) {
    Creation& creation = *tx->creation;
    creation.created = seconds_of(times[0]);
    creation.accessed = seconds_of(times[1]);
    creation.modified = seconds_of(times[2]);
    creation.changed = seconds_of(times[3]);
    creation.size = size;
    creation.id = id;
    session.set_name(id, creation.name);
  }
  session.answer(*tx, info);
}

DataPlan on_read_answer(SmbSession& session, const MessageInfo& info, Bytes message) {
  const auto pending = session.take_pending(info.message);
  if (!pending) return {};
  if (info.status.code == kEndOfFile) session.end_of_file(pending->id, info);
  if (info.status.code != kSuccess && info.status.code != kBufferOverflow) return {};
  ByteCursor in = fields_of(message);
  const std::uint8_t begin = in.u8();
  in.skip(1);
  const std::uint32_t size = in.u32_little();
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return {};
  }
  return session.plan_data(info, pending->id, pending->offset, begin, size);
}

void on_ioctl_answer(SmbSession& session, const MessageInfo& info, Bytes message) {
  const auto pending = session.take_pending(info.message);
  SmbTransaction* const tx = session.find(info);
  if (pending && (info.status.code == kSuccess || info.status.code == kBufferOverflow)) {
    ByteCursor in = fields_of(message);
    in.skip(2 + 4 + 16 + 4 + 4);
    const std::uint32_t offset = in.u32_little();
    const std::uint32_t size = in.u32_little();
    if (in.ok()) session.take_call(info, pending->id, part(message, offset, size));
  }
  if (tx != nullptr) session.answer(*tx, info);
}

DataPlan take_response(SmbSession& session, const MessageInfo& info, Bytes message) {
  if (info.is_async && info.status.code == kPending) return {};  // the answer is yet to come
  switch (info.command) {
    case kNegotiate:
      on_negotiated(session, info, message);
      return {};
    case kTreeConnect:
      on_connected(session, info, message);
      return {};
    case kCreate:
      on_created(session, info, message);
      return {};
    case kRead:
      return on_read_answer(session, info, message);
    case kWrite:
      if (const auto pending = session.take_pending(info.message)) {
        session.set_file_status(pending->id, Direction::kToServer, info);
      }
      return {};
    case kIoctl:
      on_ioctl_answer(session, info, message);
      return {};
    default:
      if (SmbTransaction* const tx = session.find(info)) session.answer(*tx, info);
      return {};
  }
}

}  // namespace

std::optional<Smb2Header> parse_smb2_header(Bytes message) {
  constexpr std::uint32_t kFromServer = 0x1, kAsync = 0x2;
  ByteCursor in(message);
  Smb2Header header;
  MessageInfo& info = header.info;
  in.skip(4 + 2 + 2);
  info.status.code = in.u32_little();
  info.command = in.u16_little();
  in.skip(2);
  const std::uint32_t flags = in.u32_little();
  header.next = in.u32_little();
  info.message = u64(in);
  in.skip(4);
  const std::uint32_t tree = in.u32_little();
  info.session_id = u64(in);
  in.skip(16);
  if (!in.ok()) return std::nullopt;
  info.is_response = (flags & kFromServer) != 0;
  info.is_async = (flags & kAsync) != 0;
  info.tree_id = info.is_async ? 0 : tree;
  return header;
}

std::size_t smb2_data_head_size(const MessageInfo& info) {
  if (info.command == kWrite && !info.is_response) return kSmb2HeaderSize + 48;
  if (info.command == kRead && info.is_response) return kSmb2HeaderSize + 16;
  return 0;
}

DataPlan take_smb2(SmbSession& session, const MessageInfo& info, Bytes message) {
  return info.is_response ? take_response(session, info, message)
                          : take_request(session, info, message);
}

}  // namespace culvert::smb
