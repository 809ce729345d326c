#include "protocols/smb/smb_session.h"

#include <algorithm>
#include <memory>

namespace culvert::smb {
namespace {

SmbTransaction& as_smb(Transaction* transaction) {
  return static_cast<SmbTransaction&>(*transaction);
}

/// Room for one more: what has been there longest by its key goes.
template <class Map>
void make_room(Map& map, std::size_t most) {
  if (map.size() >= most) map.erase(map.begin());
}

std::size_t stub_of(const dcerpc::Exchange& call) {
  return call.to_server.stub.size() + call.to_client.stub.size();
}

constexpr std::string_view kNoSuchName = "<unknown>";

}  // namespace

SmbSession::SmbSession(const SmbOptions& options) : options_(options) {
  files_in_use_.use({options.max_read_queue_size, options.max_read_queue_count},
                    {options.max_write_queue_size, options.max_write_queue_count});
}

void SmbSession::finish(Direction direction) {
  for (Transaction* transaction : transactions_) {
    transaction->progress[index_of(direction)] = kComplete;
    transaction->updated[0] = transaction->updated[1] = true;
  }
}

void SmbSession::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  const SmbTransaction& tx = as_smb(transaction);
  if (tx.file != nullptr) files_in_use_.forget(tx);
  kept_stub_ -= tx.call_bytes;
  delete transaction;
}

// --- transactions -------------------------------------------------------------------------------

SmbTransaction& SmbSession::begin(const MessageInfo& info) {
  bool too_many = false;
  if (transactions_.size() >= options_.max_transactions) {
    const auto open = std::ranges::find_if(
        transactions_, [](Transaction* each) { return !as_smb(each).is_complete(); });
    if (open != transactions_.end()) {
      complete(as_smb(*open));
      too_many = true;
    }
  }
  SmbTransaction& tx = keep(std::make_unique<SmbTransaction>(), time_);
  tx.version = info.version;
  tx.command = info.command;
  tx.message = info.message;
  tx.session_id = info.session_id;
  tx.tree_id = info.tree_id;
  tx.shared = &shared_;
  tx.progress[index_of(Direction::kToServer)] = kComplete;
  if (too_many) tx.raise(Event::kTooManyTransactions);
  return tx;
}

SmbTransaction* SmbSession::find(const MessageInfo& info) {
  for (Transaction* transaction : transactions_) {
    SmbTransaction& tx = as_smb(transaction);
    if (tx.waits_for_answer && tx.version == info.version && tx.command == info.command &&
        tx.message == info.message && !tx.is_complete()) {
      return &tx;
    }
  }
  return nullptr;
}

SmbTransaction* SmbSession::find_command(unsigned version, std::uint16_t command) {
  for (Transaction* transaction : transactions_) {
    SmbTransaction& tx = as_smb(transaction);
    if (tx.version == version && tx.command == command && !tx.is_complete()) return &tx;
  }
  return nullptr;
}

void SmbSession::answer(SmbTransaction& tx, const MessageInfo& info) {
  constexpr std::uint32_t kBufferOverflow = 0x80000005;
  tx.status = info.status;
  // What the answer tells anew.
  if (tx.session != nullptr) tx.session_id = info.session_id;
  if (tx.tree != nullptr && !info.is_async) tx.tree_id = info.tree_id;
  tx.last_seen = time_;
  tx.updated[0] = tx.updated[1] = true;
  const bool goes_on = tx.call != nullptr && tx.call->is_request() && !tx.call->to_client.is_done &&
                       info.status.code == kBufferOverflow;
  if (goes_on) {
    tx.waits_for_answer = false;
  } else {
    complete(tx);
  }
}

void SmbSession::raise(Event event) {
  if (transactions_.empty()) {
    MessageInfo none;
    none.version = 0;
    SmbTransaction& tx = begin(none);
    tx.raise(event);
    complete(tx);
    return;
  }
  SmbTransaction& tx = as_smb(transactions_.back());
  tx.raise(event);
  tx.updated[0] = tx.updated[1] = true;
}

// --- what was agreed on -------------------------------------------------------------------------

void SmbSession::set_tree(std::uint64_t session, std::uint32_t tree, Tree what) {
  make_room(trees_, kMostTrees);
  trees_[{session, tree}] = std::move(what);
}
const SmbSession::Tree* SmbSession::find_tree(std::uint64_t session, std::uint32_t tree) const {
  const auto found = trees_.find({session, tree});
  return found == trees_.end() ? nullptr : &found->second;
}
void SmbSession::drop_tree(std::uint64_t session, std::uint32_t tree) {
  trees_.erase({session, tree});
}

void SmbSession::set_name(const FileId& id, std::string name) {
  make_room(names_, kMostNames);
  names_[id] = std::move(name);
}
std::string SmbSession::name_of(const FileId& id) const {
  const bool is_related =
      id.size == 16 && std::ranges::all_of(id.bytes, [](std::uint8_t b) { return b == 0xff; });
  if (is_related) return last_name_;
  const auto found = names_.find(id);
  return found == names_.end() ? std::string{} : found->second;
}

// --- files --------------------------------------------------------------------------------------

void SmbSession::add_pending(std::uint64_t message, Pending pending) {
  make_room(pending_, kMostPending);
  pending_[message] = pending;
}
std::optional<SmbSession::Pending> SmbSession::take_pending(std::uint64_t message) {
  const auto node = pending_.extract(message);
  if (node.empty()) return std::nullopt;
  return node.mapped();
}

void SmbSession::check_read_request(std::uint64_t size) {
  if (options_.max_read_size != 0 && size > options_.max_read_size) {
    raise(Event::kReadRequestTooLarge);
  } else if (negotiated_read_ != 0 && size > negotiated_read_) {
    raise(Event::kNegotiateMaxReadSizeTooLarge);
  }
}

DataPlan SmbSession::plan_data(const MessageInfo& info, const FileId& id, std::uint64_t offset,
                               std::uint32_t begin_at, std::uint64_t size) {
  const Direction direction = info.is_response ? Direction::kToClient : Direction::kToServer;
  const std::uint32_t most = info.is_response ? options_.max_read_size : options_.max_write_size;
  const std::uint32_t agreed = info.is_response ? negotiated_read_ : negotiated_write_;
  if (most != 0 && size > most) {
    raise(info.is_response ? Event::kReadResponseTooLarge : Event::kWriteRequestTooLarge);
  } else if (agreed != 0 && size > agreed) {
    raise(info.is_response ? Event::kNegotiateMaxReadSizeTooLarge
                           : Event::kNegotiateMaxWriteSizeTooLarge);
  }
  DataPlan plan{.id = id, .begin = begin_at, .size = size, .offset = offset, .info = info};
  if (size == 0) return plan;
  if (files_in_use_.find(id, direction) == nullptr) {
    const Tree* const tree = find_tree(info.session_id, info.tree_id);
    const bool is_undecided = tree == nullptr && !pipes_.contains(id);
    plan.sink = is_undecided ? DataPlan::Sink::kUndecided : DataPlan::Sink::kPipe;
    if (tree == nullptr || tree->is_pipe) return plan;
  }
  plan_file(plan);
  return plan;
}

void SmbSession::plan_file(DataPlan& plan) {
  const MessageInfo& info = plan.info;
  const FileId& id = plan.id;
  const Direction direction = info.is_response ? Direction::kToClient : Direction::kToServer;
  plan.sink = DataPlan::Sink::kNone;
  OpenFile* open = files_in_use_.find(id, direction);
  if (open == nullptr) {
    open = files_in_use_.add(id, direction);
    if (open == nullptr) return;
    open->tx = &begin_file(info, id);
    if (files() != nullptr) {
      open->file = files()->open(
          open->tx->files,
          {.direction = direction, .name = open->tx->file->name, .inspection = {}, .flow = flow()});
    }
  }
  if (info.version == 2 && info.is_response) open->tx->status = info.status;
  plan.sink = DataPlan::Sink::kFile;
}

SmbTransaction& SmbSession::begin_file(const MessageInfo& info, const FileId& id) {
  SmbTransaction& tx = begin(info);
  tx.waits_for_answer = false;
  if (!info.is_response) tx.progress[index_of(Direction::kToServer)] = 0;  // more is to come
  tx.file = std::make_unique<FileUse>();
  tx.file->id = id;
  tx.file->name = name_of(id);
  if (tx.file->name.empty()) tx.file->name = kNoSuchName;
  // As the reference has them: no ids of version 1, no share of what version 2 writes.
  const Tree* const tree = find_tree(info.session_id, info.tree_id);
  const bool has_share = info.version == 1 || info.is_response;
  if (tree != nullptr && has_share) tx.file->share = tree->share;
  if (info.version == 1) {
    tx.session_id = 0;
    tx.tree_id = 0;
  }
  return tx;
}

void SmbSession::take_data(const DataPlan& plan, std::uint64_t done, Bytes bytes,
                           Direction direction) {
  if (plan.sink != DataPlan::Sink::kFile) return;
  OpenFile* const open = files_in_use_.find(plan.id, direction);
  if (open == nullptr) return;
  open->tx->last_seen = time_;
  files_in_use_.append(*open, direction, plan.offset + done, bytes, files());
}

void SmbSession::lose_data(const DataPlan& plan, std::uint64_t done, std::uint64_t missing,
                           Direction direction) {
  if (plan.sink != DataPlan::Sink::kFile) return;
  OpenFile* const open = files_in_use_.find(plan.id, direction);
  if (open != nullptr) files_in_use_.gap(*open, plan.offset + done, missing, files());
}

void SmbSession::set_file_status(const FileId& id, Direction direction, const MessageInfo& info) {
  if (OpenFile* const open = files_in_use_.find(id, direction)) open->tx->status = info.status;
}

void SmbSession::end_of_file(const FileId& id, const MessageInfo& info) {
  OpenFile* const open = files_in_use_.find(id, Direction::kToClient);
  if (open == nullptr) return;
  open->tx->status = info.status;
  if (open->file == nullptr || !open->file->is_open() || !open->queue.empty()) return;
  if (open->file->gaps) {
    files()->truncate(*open->file);
  } else {
    files()->close(*open->file);
  }
  open->tx->updated[0] = open->tx->updated[1] = true;
}

void SmbSession::close(const FileId& id) {
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    OpenFile* const open = files_in_use_.find(id, direction);
    if (open == nullptr) continue;
    SmbTransaction& tx = *open->tx;
    files_in_use_.remove(id, direction, files());
    complete(tx);
  }
  names_.erase(id);
  pipes_.erase(id);
}

// --- calls --------------------------------------------------------------------------------------

SmbSession::Pipe* SmbSession::pipe_of(const FileId& id) {
  const auto found = pipes_.find(id);
  if (found != pipes_.end()) return &found->second;
  make_room(pipes_, kMostPipes);
  return &pipes_[id];
}

SmbTransaction* SmbSession::take_call(const MessageInfo& info, const FileId& id, Bytes bytes) {
  Pipe& pipe = *pipe_of(id);
  std::vector<std::byte>& held = pipe.held[info.is_response ? 1 : 0];
  if (!held.empty()) {
    held.insert(held.end(), bytes.begin(), bytes.end());
    bytes = held;
  }
  SmbTransaction* first = nullptr;
  while (!bytes.empty()) {
    const auto header = dcerpc::Header::parse(bytes);
    if (!header) {
      bytes = {};
      break;
    }
    if (bytes.size() < header->fragment_size) break;
    SmbTransaction* const tx = take_pdu(
        info, id, pipe, *header, bytes.first(header->fragment_size).subspan(dcerpc::Header::kSize));
    if (first == nullptr) first = tx;
    bytes = bytes.subspan(header->fragment_size);
  }
  // What is left is the front of a PDU: it is at most 64 KiB.
  std::vector<std::byte> left(bytes.begin(), bytes.end());
  if (left.size() > kMostHeldOfPipe) left.clear();
  held.swap(left);
  return first;
}

SmbTransaction* SmbSession::find_call(const FileId& id, std::uint32_t call, bool wants_request,
                                      dcerpc::PduType request) {
  for (Transaction* transaction : transactions_) {
    SmbTransaction& tx = as_smb(transaction);
    if (tx.call == nullptr || tx.pipe != id || tx.call->call_id != call || tx.is_complete())
      continue;
    if (tx.call->has_request && tx.call->request != request) continue;
    if (wants_request ? !tx.call->to_server.is_done : !tx.call->to_client.is_done) return &tx;
  }
  return nullptr;
}

SmbTransaction* SmbSession::take_pdu(const MessageInfo& info, const FileId& id, Pipe& pipe,
                                     const dcerpc::Header& header, Bytes body) {
  using dcerpc::PduType;
  PduType request = PduType::kRequest;
  bool is_answer = true;
  switch (header.type) {
    case PduType::kBind:
    case PduType::kAlterContext:
    case PduType::kRequest:
      request = header.type;
      is_answer = false;
      break;
    case PduType::kBindAck:
    case PduType::kBindNak:
      request = PduType::kBind;
      break;
    case PduType::kAlterContextResponse:
      request = PduType::kAlterContext;
      break;
    case PduType::kResponse:
    case PduType::kFault:
      break;
    case PduType::kAuth3:
      return nullptr;
  }
  if (is_answer != info.is_response) return nullptr;
  SmbTransaction* tx = nullptr;
  const bool goes_on = request == PduType::kRequest && !header.is_first();
  if (is_answer || goes_on) tx = find_call(id, header.call_id, !is_answer, request);
  if (tx == nullptr) {
    if (header.type == PduType::kFault) return nullptr;
    tx = &begin(info);
    tx->waits_for_answer = false;
    tx->call = std::make_unique<dcerpc::Exchange>();
    tx->call->call_id = header.call_id;
    tx->pipe = id;
    if (is_answer) tx->call->to_server.is_done = true;  // it was lost
    tx->progress[index_of(Direction::kToServer)] = is_answer ? kComplete : std::uint8_t{0};
  }
  dcerpc::Exchange& call = *tx->call;
  const std::size_t left = kMostStubOfFlow - std::min(kMostStubOfFlow, kept_stub_);
  const auto room = [&](const dcerpc::Exchange::Side& side) {
    return std::min<std::size_t>(options_.max_stub, side.stub.size() + left);
  };
  switch (header.type) {
    case PduType::kBind:
    case PduType::kAlterContext:
      pipe.bindings.bind(header, body);
      call.has_request = true;
      call.request = header.type;
      call.little_endian = header.little_endian;
      call.interfaces = pipe.bindings.latest();
      call.to_server.is_done = true;
      break;
    case PduType::kRequest:
      if (!call.take_request(header, body, pipe.bindings, room(call.to_server))) {
        call.to_server.is_done = true;
      }
      break;
    case PduType::kBindAck:
    case PduType::kBindNak:
    case PduType::kAlterContextResponse:
      if (header.type != PduType::kBindNak) pipe.bindings.acknowledge(header, body);
      if (call.has_request) call.interfaces = pipe.bindings.latest();
      call.has_response = true;
      call.response = header.type;
      call.to_client.is_done = true;
      break;
    case PduType::kResponse:
      // Without the hint, the context and the count of cancels in front, as the reference has it.
      call.take_response(header, body.subspan(std::min<std::size_t>(body.size(), 8)),
                         room(call.to_client));
      break;
    case PduType::kFault:
      call.to_client.is_done = true;
      break;
    case PduType::kAuth3:
      break;
  }
  kept_stub_ += stub_of(call) - tx->call_bytes;
  tx->call_bytes = stub_of(call);
  if (call.to_server.is_done) tx->progress[index_of(Direction::kToServer)] = kComplete;
  if (info.is_response) tx->status = info.status;
  // A request that waits for the answer to its message is complete with that.
  if (call.to_client.is_done && !tx->waits_for_answer) complete(*tx);
  tx->last_seen = time_;
  tx->updated[0] = tx->updated[1] = true;
  return tx;
}

}  // namespace culvert::smb
