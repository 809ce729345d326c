#include "protocols/smb/smb1_message.h"

#include <algorithm>
#include <memory>

#include "base/byte_cursor.h"
#include "protocols/smb/smb_text.h"
#include "protocols/smb/smb_wire.h"

namespace culvert::smb {
namespace {

enum Command : std::uint8_t {
  kClose = 0x04,
  kTransaction = 0x25,
  kReadAndX = 0x2e,
  kWriteAndX = 0x2f,
  kTransaction2 = 0x32,
  kTreeDisconnect = 0x71,
  kNegotiate = 0x72,
  kSessionSetupAndX = 0x73,
  kLogoffAndX = 0x74,
  kTreeConnectAndX = 0x75,
  kCreateAndX = 0xa2,
  kCancel = 0xa4,
};
constexpr std::uint32_t kSuccess = 0, kBufferOverflow = 0x80000005;
constexpr std::size_t kMostDialects = 64;
constexpr unsigned kMostChained = 8;

/// Words and bytes of a command.
struct Block {
  Bytes words, bytes;
  std::size_t bytes_at = 0;  ///< of `bytes` in the message
  bool ok = false;

  static Block at(Bytes message, std::size_t offset) {
    Block block;
    ByteCursor in(message.subspan(std::min(offset, message.size())));
    block.words = in.take(std::size_t{2} * in.u8());
    const std::uint16_t size = in.u16_little();
    block.ok = in.ok();
    block.bytes_at = message.size() - in.size();
    // What is too short for its own length is taken as far as it goes.
    block.bytes = in.rest().first(std::min<std::size_t>(size, in.size()));
    return block;
  }
};

FileId file_id(ByteCursor& in) { return FileId::of(in.take(2)); }
std::uint64_t u64(ByteCursor& in) { return in.read_little(8); }
/// Texts of 16 bits begin at even places of the message.
void align(Bytes& rest, std::size_t at, bool unicode) {
  if (unicode && at % 2 != 0 && !rest.empty()) rest = rest.subspan(1);
}

// --- requests -----------------------------------------------------------------------------------

void on_negotiate(SmbSession& session, const MessageInfo& info, const Block& block) {
  SmbTransaction& tx = session.begin(info);
  tx.session_id = 0;  // there is none yet, whatever the header says
  tx.tree_id = 0;
  tx.negotiation = std::make_unique<Negotiation>();
  Bytes rest = block.bytes;
  while (!rest.empty() && tx.negotiation->dialects.size() < kMostDialects) {
    constexpr std::byte kDialect{2};
    if (rest[0] != kDialect) {
      tx.raise(Event::kNegotiateMalformedDialects);
      return;
    }
    rest = rest.subspan(1);
    tx.negotiation->dialects.push_back(take_text(rest, false));
  }
}

void on_session_setup(SmbSession& session, const MessageInfo& info, const Block& block) {
  SmbTransaction& tx = session.begin(info);
  tx.session = std::make_unique<SessionSetup>();
  ByteCursor in(block.words);
  in.skip(4 + 2 + 2 + 2 + 4);
  const std::uint16_t first = in.u16_little();  // the blob, or the password in OEM characters
  const bool has_blob = block.words.size() == 24;
  const std::uint16_t second = has_blob ? std::uint16_t{0} : in.u16_little();
  if (!in.ok()) return;
  Bytes rest = block.bytes;
  const std::size_t size = std::min<std::size_t>(std::size_t{first} + second, rest.size());
  if (has_blob) {
    tx.session->blob = SecurityBlob::parse(rest.first(size));
    const SecurityBlob& blob = tx.session->blob;
    if (blob.malformed_ntlmssp) tx.raise(Event::kMalformedNtlmsspRequest);
    if (blob.ntlmssp && blob.ntlmssp->unusual_order) tx.raise(Event::kUnusualNtlmsspOrder);
  }
  rest = rest.subspan(size);
  align(rest, block.bytes_at + size, info.is_unicode);
  if (!has_blob) {
    take_text(rest, info.is_unicode);  // account
    take_text(rest, info.is_unicode);  // domain
  }
  SessionSetup::Host host;
  host.native_os = take_text(rest, info.is_unicode);
  host.native_lm = take_text(rest, info.is_unicode);
  tx.session->request = std::move(host);
}

void on_tree_connect(SmbSession& session, const MessageInfo& info, const Block& block) {
  SmbTransaction& tx = session.begin(info);
  tx.tree = std::make_unique<TreeConnect>();
  ByteCursor in(block.words);
  in.skip(4 + 2);
  const std::size_t password = std::min<std::size_t>(in.u16_little(), block.bytes.size());
  Bytes rest = block.bytes.subspan(password);
  align(rest, block.bytes_at + password, info.is_unicode);
  tx.tree->share = take_text(rest, info.is_unicode);
  // One backslash less, as the reference has it.
  if (tx.tree->share.starts_with("\\\\")) tx.tree->share.erase(0, 1);
  tx.tree->is_pipe = tx.tree->share.ends_with("\\IPC$");
  tx.tree->request_service = take_text(rest, false);
}

void on_create(SmbSession& session, const MessageInfo& info, const Block& block) {
  constexpr std::uint32_t kDirectory = 0x1, kDeleteOnClose = 0x1000;
  SmbTransaction& tx = session.begin(info);
  tx.creation = std::make_unique<Creation>();
  ByteCursor in(block.words);
  in.skip(4 + 1);
  const std::uint16_t name_size = in.u16_little();
  in.skip(4 + 4 + 4 + 8 + 4 + 4);
  tx.creation->disposition = in.u32_little();
  const std::uint32_t options = in.u32_little();
  Bytes rest = block.bytes;
  align(rest, block.bytes_at, info.is_unicode);
  rest = rest.first(std::min<std::size_t>(rest.size(), name_size));
  tx.creation->is_directory = (options & kDirectory) != 0;
  tx.creation->is_deleted = (options & kDeleteOnClose) != 0;
  tx.creation->name = info.is_unicode ? from_utf16(rest) : take_text(rest, false);
}

DataPlan on_write(SmbSession& session, const MessageInfo& info, Bytes words) {
  ByteCursor in(words);
  in.skip(4);
  const FileId id = file_id(in);
  std::uint64_t offset = in.u32_little();
  in.skip(4 + 2 + 2);
  const std::uint64_t high = in.u16_little();
  const std::uint64_t size = in.u16_little() | high << 16;
  const std::uint16_t begin = in.u16_little();
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return {};
  }
  if (in.size() >= 4) offset |= std::uint64_t{in.u32_little()} << 32;
  return session.plan_data(info, id, offset, begin, size);
}

void on_read(SmbSession& session, const MessageInfo& info, const Block& block) {
  ByteCursor in(block.words);
  in.skip(4);
  const FileId id = file_id(in);
  std::uint64_t offset = in.u32_little();
  const std::uint16_t size = in.u16_little();
  in.skip(2 + 4 + 2);
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return;
  }
  if (in.size() >= 4) offset |= std::uint64_t{in.u32_little()} << 32;
  session.check_read_request(size);
  session.add_pending(info.message, {id, offset});
}

void on_transaction(SmbSession& session, const MessageInfo& info, Bytes message,
                    const Block& block) {
  constexpr std::uint16_t kTransactPipe = 0x26;
  ByteCursor in(block.words);
  in.skip(2 + 2 + 2 + 2 + 1 + 1 + 2 + 4 + 2 + 2 + 2);
  const std::uint16_t size = in.u16_little();
  const std::uint16_t offset = in.u16_little();
  const std::uint8_t setup = in.u8();
  in.skip(1);
  const std::uint16_t function = in.u16_little();
  const FileId id = file_id(in);
  if (!in.ok() || setup < 2 || function != kTransactPipe) return;
  session.add_pending(info.message, {id, 0});
  SmbTransaction* const tx = session.take_call(info, id, part(message, offset, size));
  if (tx == nullptr) return;
  tx->command = info.command;
  tx->message = info.message;
  tx->waits_for_answer = true;
}

void on_transaction2(SmbSession& session, const MessageInfo& info, Bytes message,
                     const Block& block) {
  constexpr std::uint16_t kSetPathInfo = 6, kSetFileInfo = 8;
  constexpr std::uint16_t kDisposition = 0x0102, kDispositionPassThrough = 1013;
  constexpr std::uint16_t kRenamePassThrough = 1010;
  ByteCursor in(block.words);
  in.skip(2 + 2 + 2 + 2 + 1 + 1 + 2 + 4 + 2);
  const std::uint16_t parameter_size = in.u16_little();
  const std::uint16_t parameter_offset = in.u16_little();
  const std::uint16_t size = in.u16_little();
  const std::uint16_t offset = in.u16_little();
  in.skip(2);
  const std::uint16_t command = in.u16_little();
  if (!in.ok() || (command != kSetFileInfo && command != kSetPathInfo)) return;
  Bytes parameters = part(message, parameter_offset, parameter_size);
  ByteCursor parameter(parameters);
  FileId id;
  if (command == kSetFileInfo) id = file_id(parameter);
  const std::uint16_t level = parameter.u16_little();
  if (!parameter.ok()) return;
  const bool is_disposition = level == kDisposition || level == kDispositionPassThrough;
  if (!is_disposition && level != kRenamePassThrough) return;
  SmbTransaction& tx = session.begin(info);
  tx.change = std::make_unique<InfoChange>();
  tx.change->id = id;
  if (command == kSetFileInfo) {
    tx.change->name = session.name_of(id);
  } else {
    parameter.skip(4);
    Bytes rest = parameter.rest();
    tx.change->name = take_text(rest, info.is_unicode);
  }
  tx.change->subcommand = command == kSetFileInfo ? "SET_FILE_INFO" : "SET_PATH_INFO";
  ByteCursor content(part(message, offset, size));
  if (is_disposition) {
    tx.change->level = "Set Disposition Information";
    tx.change->is_deletion = (content.u8() & 1u) != 0;
    return;
  }
  tx.change->level = "Set Rename Information";
  content.skip(4 + 4);
  const std::uint32_t name_size = content.u32_little();
  tx.change->rename_to = from_utf16(content.take(name_size));
}

void on_close(SmbSession& session, const MessageInfo& info, const Block& block) {
  session.begin(info);
  ByteCursor in(block.words);
  const FileId id = file_id(in);
  if (in.ok()) session.close(id);
}

/// One command of a message.
DataPlan take_request(SmbSession& session, const MessageInfo& info, Bytes message,
                      const Block& block) {
  switch (info.command) {
    case kNegotiate:
      on_negotiate(session, info, block);
      return {};
    case kSessionSetupAndX:
      on_session_setup(session, info, block);
      return {};
    case kTreeConnectAndX:
      on_tree_connect(session, info, block);
      return {};
    case kTreeDisconnect:
      session.begin(info);
      session.drop_tree(info.session_id, info.tree_id);
      return {};
    case kCreateAndX:
      on_create(session, info, block);
      return {};
    case kReadAndX:
      on_read(session, info, block);
      return {};
    case kWriteAndX:
      return on_write(session, info, block.words);
    case kTransaction:
      on_transaction(session, info, message, block);
      return {};
    case kTransaction2:
      on_transaction2(session, info, message, block);
      return {};
    case kClose:
      on_close(session, info, block);
      return {};
    default:
      session.begin(info);
      return {};
  }
}

// --- responses ----------------------------------------------------------------------------------

void on_negotiated(SmbSession& session, SmbTransaction& tx, const Block& block) {
  constexpr std::uint32_t kExtendedSecurity = 0x80000000;
  if (tx.negotiation == nullptr) return;
  ByteCursor in(block.words);
  const std::uint16_t chosen = in.u16_little();
  in.skip(1 + 2 + 2 + 4 + 4 + 4);
  const std::uint32_t capabilities = in.u32_little();
  if (chosen < tx.negotiation->dialects.size())
    session.set_dialect(tx.negotiation->dialects[chosen]);
  if (in.ok() && (capabilities & kExtendedSecurity) != 0 && block.bytes.size() >= 16) {
    tx.negotiation->server_guid = FileId::of(block.bytes.first(16)).text();
  }
}

void on_session_begun(SmbTransaction& tx, const MessageInfo& info, const Block& block) {
  if (tx.session == nullptr) return;
  ByteCursor in(block.words);
  in.skip(4 + 2);
  const bool has_blob = block.words.size() == 8;
  const std::uint16_t blob = has_blob ? in.u16_little() : std::uint16_t{0};
  const std::size_t size = std::min<std::size_t>(blob, block.bytes.size());
  Bytes rest = block.bytes.subspan(size);
  align(rest, block.bytes_at + size, info.is_unicode);
  if (rest.empty()) return;
  SessionSetup::Host host;
  host.native_os = take_text(rest, info.is_unicode);
  host.native_lm = take_text(rest, info.is_unicode);
  tx.session->response = std::move(host);
}

void on_connected(SmbSession& session, SmbTransaction& tx, const MessageInfo& info,
                  const Block& block) {
  if (tx.tree == nullptr || info.status.code != kSuccess) return;
  Bytes rest = block.bytes;
  tx.tree->response_service = take_text(rest, false);
  tx.tree->is_pipe = *tx.tree->response_service == "IPC";
  session.set_tree(info.session_id, info.tree_id, {tx.tree->share, tx.tree->is_pipe});
}

void on_created(SmbSession& session, SmbTransaction& tx, const MessageInfo& info,
                const Block& block) {
  ByteCursor in(block.words);
  in.skip(4 + 1);
  const FileId id = file_id(in);
  in.skip(4);
  const std::uint64_t times[] = {u64(in), u64(in), u64(in), u64(in)};
  in.skip(4);
  const std::uint64_t size = u64(in);  // allocated, as the reference has it
  if (tx.creation == nullptr || !in.ok() || info.status.code != kSuccess) return;
  Creation& creation = *tx.creation;
  creation.created = seconds_of(times[0]);
  creation.accessed = seconds_of(times[1]);
  creation.modified = seconds_of(times[2]);
  creation.changed = seconds_of(times[3]);
  creation.size = size;
  creation.id = id;
  session.set_name(id, creation.name);
}

DataPlan on_read_answer(SmbSession& session, const MessageInfo& info, Bytes words) {
  const auto pending = session.take_pending(info.message);
  if (!pending || (info.status.code != kSuccess && info.status.code != kBufferOverflow)) return {};
  ByteCursor in(words);
  in.skip(4 + 2 + 2 + 2);
  const std::uint64_t low = in.u16_little();
  const std::uint16_t begin = in.u16_little();
  const std::uint64_t high = in.u32_little();
  if (!in.ok()) {
    session.raise(Event::kMalformedData);
    return {};
  }
  return session.plan_data(info, pending->id, pending->offset, begin, low | high << 16);
}

void on_transacted(SmbSession& session, const MessageInfo& info, Bytes message,
                   const Block& block) {
  const auto pending = session.take_pending(info.message);
  if (!pending || (info.status.code != kSuccess && info.status.code != kBufferOverflow)) return;
  ByteCursor in(block.words);
  in.skip(2 + 2 + 2 + 2 + 2 + 2);
  const std::uint16_t size = in.u16_little();
  const std::uint16_t offset = in.u16_little();
  if (in.ok()) session.take_call(info, pending->id, part(message, offset, size));
}

DataPlan take_response(SmbSession& session, const MessageInfo& info, Bytes message,
                       const Block& block) {
  if (info.command == kReadAndX) return on_read_answer(session, info, block.words);
  SmbTransaction* const tx = session.find(info);
  if (info.command == kTransaction) on_transacted(session, info, message, block);
  if (tx == nullptr) return {};
  if (info.command == kNegotiate) on_negotiated(session, *tx, block);
  if (info.command == kSessionSetupAndX) on_session_begun(*tx, info, block);
  if (info.command == kTreeConnectAndX) on_connected(session, *tx, info, block);
  if (info.command == kCreateAndX) on_created(session, *tx, info, block);
  session.answer(*tx, info);
  return {};
}

/// Those whose first words say which command follows, and where.
bool is_and_x(std::uint16_t command) {
  switch (command) {
    case 0x24:
    case 0x2d:
    case kReadAndX:
    case kWriteAndX:
    case kSessionSetupAndX:
    case kLogoffAndX:
    case kTreeConnectAndX:
    case kCreateAndX:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<MessageInfo> parse_smb1_header(Bytes message) {
  constexpr std::uint8_t kReply = 0x80;
  constexpr std::uint16_t kUnicode = 0x8000, kNtStatus = 0x4000;
  ByteCursor in(message);
  in.skip(4);
  MessageInfo info;
  info.version = 1;
  info.command = in.u8();
  info.status.code = in.u32_little();
  info.is_response = (in.u8() & kReply) != 0;
  const std::uint16_t flags = in.u16_little();
  in.skip(2 + 8 + 2);
  info.tree_id = in.u16_little();
  const std::uint64_t process = in.u16_little();
  info.session_id = in.u16_little();
  const std::uint64_t multiplex = in.u16_little();
  if (!in.ok()) return std::nullopt;
  info.message = process << 16 | multiplex;
  info.is_unicode = (flags & kUnicode) != 0;
  info.status.is_dos = (flags & kNtStatus) == 0;
  return info;
}

bool smb1_carries_data(const MessageInfo& info) {
  return (info.command == kWriteAndX && !info.is_response) ||
         (info.command == kReadAndX && info.is_response);
}

DataPlan take_smb1(SmbSession& session, const MessageInfo& info, Bytes message) {
  if (smb1_carries_data(info)) {
    ByteCursor in(message.subspan(std::min(message.size(), kSmb1HeaderSize)));
    const Bytes words = in.take(std::size_t{2} * in.u8());
    if (words.empty()) return {};
    return info.is_response ? on_read_answer(session, info, words) : on_write(session, info, words);
  }
  MessageInfo each = info;
  std::size_t at = kSmb1HeaderSize;
  for (unsigned chained = 0; chained < kMostChained; ++chained) {
    const Block block = Block::at(message, at);
    if (!block.ok) {
      session.raise(Event::kMalformedData);
      return {};
    }
    const DataPlan plan = info.is_response ? take_response(session, each, message, block)
                                           : take_request(session, each, message, block);
    if (plan.sink == DataPlan::Sink::kFile) {
      session.take_data(plan, 0, part(message, plan.begin, plan.size),
                        info.is_response ? Direction::kToClient : Direction::kToServer);
    }
    if (!is_and_x(each.command)) return {};
    ByteCursor in(block.words);
    const std::uint8_t next = in.u8();
    in.skip(1);
    const std::uint16_t offset = in.u16_little();
    constexpr std::uint8_t kNone = 0xff;
    if (!in.ok() || next == kNone || offset <= at) return {};
    each.command = next;
    at = offset;
  }
  return {};
}

}  // namespace culvert::smb
