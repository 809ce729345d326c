#include "protocols/nfs/nfs_parser.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "files/file_tracker.h"

namespace culvert::nfs {
namespace {

constexpr std::size_t kToServer = index_of(Direction::kToServer);
constexpr std::size_t kToClient = index_of(Direction::kToClient);

// Procedures of version 3; those of version 2 that matter have other numbers.
enum : std::uint32_t {
  kNull = 0,
  kGetAttr3 = 1,
  kLookup3 = 3,
  kRead3 = 6,
  kWrite3 = 7,
  kCreate3 = 8,
  kMkdir3 = 9,
  kSymlink3 = 10,
  kMknod3 = 11,
  kRemove3 = 12,
  kRmdir3 = 13,
  kRename3 = 14,
  kReadDirPlus3 = 17,
  kCommit3 = 21,
  kRoot2 = 3,
  kRead2 = 6,
  kWriteCache2 = 7,
};
constexpr std::size_t kHandle2 = 32;

std::string text_of(Bytes bytes) { return std::string(as_text(bytes)); }

/// Attributes of version 3, which may be there.
void skip_attributes3(ByteCursor& in) {
  constexpr std::size_t kSize = 84;
  if (in.u32() != 0) in.skip(kSize);
}

}  // namespace

ParseStatus NfsParser::feed(const AppInput& input) {
  time_ = input.time;
  if (!is_stream_) {
    const RecordPlace place{.size = input.bytes.size()};
    take(input.bytes, input, &place);
    return ParseStatus::kDone;
  }
  RpcReader& reader = readers_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (const auto record = reader.next(rest)) {
    constexpr std::size_t kMark = 4;
    const std::uint64_t end = input.offset_of(rest);
    const RecordPlace place{end - record->size() - kMark, kMark, record->size()};
    take(*record, input, reader.is_whole() ? &place : nullptr);
  }
  if (reader.is_lost()) {
    if (!transactions_.empty()) {
      static_cast<NfsTransaction*>(transactions_.back())->raise(Event::kMalformedData);
    }
    return ParseStatus::kMalformed;
  }
  return reader.is_in_record() ? ParseStatus::kNeedMore : ParseStatus::kDone;
}

/// `place`: where it lies in one piece; null: nowhere.
void NfsParser::take(Bytes record, const AppInput& input, const RecordPlace* place) {
  FrameList* const frames = place != nullptr ? input.frames : nullptr;
  if (input.direction == Direction::kToServer) {
    const auto call = Call::parse(record);
    if (call && frames != nullptr) add_frames(*frames, *place, *call);
    if (call && call->program == Call::kNfs && call->credentials.flavour <= Credentials::kUnix) {
      on_call(*call);
    }
  } else if (const auto reply = Reply::parse(record)) {
    if (frames != nullptr) {
      const auto call = calls_.find(reply->xid);
      add_frames(*frames, *place, *reply, call == calls_.end() ? 0 : call->second.version);
    }
    on_reply(*reply);
  }
}

// --- calls --------------------------------------------------------------------------------------

void NfsParser::on_call(const Call& call) {
  Waiting waiting;
  waiting.version = call.version;
  waiting.procedure = call.procedure;
  switch (call.version) {
    case 2:
      on_call_v2(call, waiting);
      break;
    case 3:
      on_call_v3(call, waiting);
      break;
    case 4:
      if (call.procedure == 1) on_compound(call, waiting);
      break;
    default:
      return;
  }
  if (calls_.size() < kMostCalls) calls_[call.xid] = std::move(waiting);
}

void NfsParser::on_call_v2(const Call& call, Waiting& waiting) {
  const Bytes handle = call.body.first(std::min(kHandle2, call.body.size()));
  if (call.procedure == kRead2) {
    ByteCursor in(call.body);
    waiting.handle = text_of(in.take(kHandle2));
    waiting.offset = in.u32();
    waiting.reads = in.ok();
    return;
  }
  if (call.procedure == kWriteCache2) return;
  waiting.tx = begin(call);
  if (waiting.tx != nullptr && call.procedure == kRoot2 && handle.size() == kHandle2) {
    set_handle(*waiting.tx, handle);
  }
}

void NfsParser::on_call_v3(const Call& call, Waiting& waiting) {
  ByteCursor in(call.body);
  if (call.procedure == kRead3) {
    const Bytes handle = take_opaque(in);
    waiting.offset = in.u64();
    waiting.reads = in.ok() && handle.size() <= kMostHandle;
    if (!waiting.reads) return;
    waiting.handle = text_of(handle);
    OpenFile* const file =
        open({waiting.handle, Direction::kToClient}, call.xid, call.version, call.procedure);
    if (file != nullptr && file->tx->xid == call.xid) {
      file->tx->keep(call.credentials);
    }
    return;
  }
  if (call.procedure == kWrite3) {
    const std::string handle = text_of(take_opaque(in));
    const std::uint64_t offset = in.u64();
    in.skip(4);  // count
    const bool is_stable = in.u32() == kFileSync;
    const Bytes data = take_opaque(in);
    if (!in.ok() || handle.size() > kMostHandle) return;
    const FileKey key{handle, Direction::kToServer};
    OpenFile* const file = open(key, call.xid, call.version, call.procedure);
    if (file == nullptr) return;
    append(*file, offset, data);
    if (is_stable) {
      close(key, call.xid);
    } else {
      ++file->tx->chunks;
    }
    return;
  }
  if (call.procedure == kCommit3) {
    close({text_of(take_opaque(in)), Direction::kToServer}, call.xid);
    return;
  }
  waiting.tx = begin(call);
  if (waiting.tx == nullptr || call.procedure == kNull) return;
  NfsTransaction& tx = *waiting.tx;
  const Bytes handle = take_opaque(in);
  switch (call.procedure) {
    case kLookup3: {
      const std::string_view name = as_text(take_opaque(in));
      tx.name = tx.arena.copy(name.substr(0, kMostName));
      waiting.name = tx.name;
      return;
    }
    case kCreate3:
    case kMkdir3:
    case kSymlink3:
    case kMknod3:
    case kRemove3:
    case kRmdir3: {
      const std::string_view name = as_text(take_opaque(in));
      if (!in.ok()) return;
      tx.name = tx.arena.copy(name.substr(0, kMostName));
      if (call.procedure == kCreate3 || call.procedure == kMkdir3) waiting.name = tx.name;
      break;
    }
    case kRename3: {
      const std::string_view from = as_text(take_opaque(in));
      take_opaque(in);
      const std::string_view to = as_text(take_opaque(in));
      if (!in.ok()) return;
      tx.name = tx.arena.copy(from.substr(0, kMostName));
      tx.renamed_to = tx.arena.copy(to.substr(0, kMostName));
      break;
    }
    default:
      break;
  }
  if (in.ok()) set_handle(tx, handle);
}

void NfsParser::on_compound(const Call& call, Waiting& waiting) {
  const CompoundCall compound = CompoundCall::parse(call.body);
  if (compound.handle.size() > kMostHandle) return;
  waiting.handle = text_of(compound.handle);
  if (compound.looked_up) waiting.name = compound.looked_up->substr(0, kMostName);
  const FileKey key{waiting.handle, Direction::kToServer};
  if (compound.write) {
    if (OpenFile* const file = open(key, call.xid, call.version, kWrite4)) {
      append(*file, compound.write->offset, compound.write->data);
      if (compound.write->is_stable) {
        close(key, call.xid);
      } else {
        ++file->tx->chunks;
      }
    }
  }
  if (compound.ends_writing) close(key, call.xid);
  if (compound.read_offset) {
    waiting.reads = true;
    waiting.offset = *compound.read_offset;
  }
  const auto& name = compound.created ? compound.created : compound.removed;
  if (!name) return;
  waiting.tx = begin(call);
  if (waiting.tx == nullptr) return;
  waiting.tx->procedure = compound.created ? kCreate4 : kRemove4;
  waiting.tx->name = waiting.tx->arena.copy(name->substr(0, kMostName));
}

// --- replies ------------------------------------------------------------------------------------

void NfsParser::on_reply(const Reply& reply) {
  const auto found = calls_.find(reply.xid);
  if (found == calls_.end()) return;
  Waiting waiting = std::move(found->second);
  calls_.erase(found);
  const bool is_good = reply.is_accepted && on_reply_body(reply, waiting);
  if (waiting.tx == nullptr) return;
  if (!is_good) waiting.tx->raise(Event::kMalformedData);
  complete(*waiting.tx, Direction::kToClient);
}

bool NfsParser::on_reply_body(const Reply& reply, Waiting& waiting) {
  const FileKey key{waiting.handle, Direction::kToClient};
  if (waiting.version == 4) {
    const auto compound = CompoundReply::parse(reply.body);
    if (!compound) return waiting.procedure == kNull;
    if (waiting.tx != nullptr) waiting.tx->status = compound->status;
    if (compound->handle && !waiting.name.empty()) name_handle(*compound->handle, waiting.name);
    if (!waiting.reads || !compound->read) return true;
    OpenFile* const file = open(key, reply.xid, waiting.version, kRead4);
    if (file == nullptr) return true;
    append(*file, waiting.offset, compound->read->data);
    if (compound->read->is_end) close(key, reply.xid);
    return true;
  }
  ByteCursor in(reply.body);
  if (waiting.procedure == kNull) return true;
  const std::uint32_t status = in.u32();
  if (!in.ok()) return false;
  if (waiting.tx != nullptr) waiting.tx->status = status;
  if (status != 0) return true;
  if (waiting.version == 3) return on_reply_v3(in, reply.xid, waiting);
  if (!waiting.reads) return true;
  constexpr std::size_t kAttributes2 = 68;
  in.skip(kAttributes2);
  const Bytes data = take_opaque(in);
  if (!in.ok()) return false;
  if (OpenFile* const file = open(key, reply.xid, waiting.version, kRead2)) {
    append(*file, waiting.offset, data);
    close(key, reply.xid);  // this version does not say where the end is
  }
  return true;
}

bool NfsParser::on_reply_v3(ByteCursor in, std::uint32_t xid, Waiting& waiting) {
  switch (waiting.procedure) {
    case kLookup3: {
      const Bytes handle = take_opaque(in);
      if (!in.ok()) return false;
      name_handle(handle, waiting.name);
      if (waiting.tx != nullptr) set_handle(*waiting.tx, handle);
      return true;
    }
    case kCreate3:
    case kMkdir3:
      if (in.u32() != 0) {
        const Bytes handle = take_opaque(in);
        if (in.ok()) name_handle(handle, waiting.name);
      }
      return in.ok() || waiting.procedure == kMkdir3;
    case kReadDirPlus3:
      skip_attributes3(in);
      in.skip(8);  // verifier
      while (in.u32() != 0 && in.ok()) {
        in.skip(8);  // number
        const std::string_view name = as_text(take_opaque(in));
        in.skip(8);  // cookie
        skip_attributes3(in);
        const Bytes handle = in.u32() != 0 ? take_opaque(in) : Bytes{};
        if (in.ok() && !handle.empty()) name_handle(handle, name);
      }
      return in.ok();
    case kRead3: {
      if (!waiting.reads) return true;
      skip_attributes3(in);
      in.skip(4);  // count
      const bool is_end = in.u32() != 0;
      const Bytes data = take_opaque(in);
      const FileKey key{waiting.handle, Direction::kToClient};
      const auto found = files_.find(key);
      if (found == files_.end()) return true;
      NfsTransaction& tx = *found->second.tx;
      if (!in.ok()) {
        tx.raise(Event::kMalformedData);
        return true;
      }
      append(found->second, waiting.offset, data);
      ++tx.chunks;
      if (is_end) close(key, xid);
      return true;
    }
    default:
      return true;
  }
}

// --- transactions and files ---------------------------------------------------------------------

NfsTransaction* NfsParser::begin(std::uint32_t xid, std::uint32_t version,
                                 std::uint32_t procedure) {
  if (transactions_.size() >= options_.max_transactions) {
    if (!transactions_.empty()) {
      static_cast<NfsTransaction*>(transactions_.back())->raise(Event::kTooManyTransactions);
    }
    return nullptr;
  }
  auto tx = std::make_unique<NfsTransaction>();
  tx->id = next_transaction_id_++;
  tx->xid = xid;
  tx->version = version;
  tx->procedure = procedure;
  tx->first_seen = tx->last_seen = time_;
  transactions_.push_back(tx.get());
  return tx.release();
}

NfsTransaction* NfsParser::begin(const Call& call) {
  NfsTransaction* const tx = begin(call.xid, call.version, call.procedure);
  if (tx == nullptr) return nullptr;
  tx->progress[kToServer] = kComplete;
  tx->keep(call.credentials);
  return tx;
}

NfsParser::OpenFile* NfsParser::open(const FileKey& key, std::uint32_t xid, std::uint32_t version,
                                     std::uint32_t procedure) {
  const auto found = files_.find(key);
  if (found != files_.end()) return &found->second;
  if (files_.size() >= kMostFiles) return nullptr;
  NfsTransaction* const tx = begin(xid, version, procedure);
  if (tx == nullptr) return nullptr;
  tx->is_file = true;
  tx->name = tx->arena.copy(name_of(key.first));
  set_handle(*tx, as_bytes(key.first));
  // What is not written to is read: the other side has said all that it will.
  if (key.second == Direction::kToClient) tx->progress[kToServer] = kComplete;
  OpenFile& file = files_[key];
  file.tx = tx;
  if (files() != nullptr) {
    file.file =
        files()->open(tx->files, {.direction = key.second, .name = tx->name, .flow = flow()});
  }
  return &file;
}

void NfsParser::append(OpenFile& open, std::uint64_t offset, Bytes data) {
  const std::uint64_t end = offset + data.size();
  if (end < offset || end <= open.expected) return;
  if (offset < open.expected) {
    data = data.subspan(static_cast<std::size_t>(open.expected - offset));
  } else if (offset > open.expected && open.file != nullptr && open.file->is_open()) {
    files()->gap(*open.file, offset - open.expected);
  }
  open.expected = end;
  if (open.file != nullptr && open.file->is_open()) files()->append(*open.file, data);
  open.tx->updated[0] = open.tx->updated[1] = true;
  open.tx->last_seen = time_;
}

void NfsParser::close(const FileKey& key, std::uint32_t xid) {
  const auto found = files_.find(key);
  if (found == files_.end()) return;
  const OpenFile& open = found->second;
  if (open.file != nullptr && open.file->is_open()) {
    if (open.file->gaps) {
      files()->truncate(*open.file);
    } else {
      files()->close(*open.file);
    }
  }
  open.tx->is_last = true;
  open.tx->last_xid = xid;
  complete(*open.tx, key.second);
  files_.erase(found);
}

void NfsParser::name_handle(Bytes handle, std::string_view name) {
  if (handle.empty() || handle.size() > kMostHandle || names_.size() >= kMostNames) return;
  names_[text_of(handle)] = name.substr(0, kMostName);
}

std::string_view NfsParser::name_of(const std::string& handle) const {
  const auto found = names_.find(handle);
  return found == names_.end() ? std::string_view{} : std::string_view(found->second);
}

void NfsParser::set_handle(NfsTransaction& tx, Bytes handle) {
  // A view of bytes, as zlib wants it.
  const auto* const bytes = reinterpret_cast<const Bytef*>(handle.data());
  tx.handle_hash = static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(handle.size())));
}

void NfsParser::complete(NfsTransaction& tx, Direction direction) {
  tx.progress[index_of(direction)] = kComplete;
  tx.updated[kToServer] = tx.updated[kToClient] = true;
  tx.last_seen = time_;
}

void NfsParser::free_transaction(Transaction* transaction) {
  std::erase_if(files_, [&](const auto& each) { return each.second.tx == transaction; });
  for (auto& [xid, waiting] : calls_) {
    if (waiting.tx == transaction) waiting.tx = nullptr;
  }
  ExchangeParser::free_transaction(transaction);
}

}  // namespace culvert::nfs
