#include "protocols/nfs/nfs4_compound.h"

#include "protocols/nfs/rpc_message.h"

namespace culvert::nfs {
namespace {

enum : std::uint32_t {
  kAccess = 3,
  kClose = 4,
  kCommit = 5,
  kGetAttr = 9,
  kGetFh = 10,
  kLookup = 15,
  kLookupParent = 16,
  kOpen = 18,
  kPutFh = 22,
  kPutPublicFh = 23,
  kPutRootFh = 24,
  kRename = 29,
  kRenew = 30,
  kRestoreFh = 31,
  kSaveFh = 32,
  kSetAttr = 34,
  kSequence = 53,
};
constexpr std::size_t kStateId = 16, kChangeInfo = 20;
constexpr std::uint32_t kMostOperations = 64;

void skip_bitmap(ByteCursor& in) { in.skip(std::size_t{in.u32()} * 4); }
void skip_attributes4(ByteCursor& in) {
  skip_bitmap(in);
  take_opaque(in);
}
std::string_view take_text(ByteCursor& in) { return as_text(take_opaque(in)); }

/// The name, where it has one.
std::optional<std::string_view> take_open(ByteCursor& in) {
  in.skip(4 + 4 + 4 + 8);  // sequence, access, deny, client
  take_opaque(in);         // owner
  if (in.u32() == 1) {     // creates
    const std::uint32_t mode = in.u32();
    if (mode >= 2) in.skip(8);  // verifier
    if (mode != 2) skip_attributes4(in);
  }
  switch (in.u32()) {  // claim
    case 0:
    case 3:
      return take_text(in);
    case 1:
      in.skip(4);
      return std::nullopt;
    case 2:
      in.skip(kStateId);
      return take_text(in);
    default:
      return std::nullopt;
  }
}

/// False: what follows cannot be read.
bool take_arguments(std::uint32_t operation, ByteCursor& in, CompoundCall& call) {
  switch (operation) {
    case kAccess:
      in.skip(4);
      break;
    case kClose:
      in.skip(4 + kStateId);
      call.ends_writing = true;
      break;
    case kCommit:
      in.skip(8 + 4);
      call.ends_writing = true;
      break;
    case kCreate4: {
      const std::uint32_t type = in.u32();
      if (type == 5) take_opaque(in);              // target of a link
      if (type == 3 || type == 4) in.skip(4 + 4);  // device
      call.created = take_text(in);
      skip_attributes4(in);
      break;
    }
    case kGetAttr:
      skip_bitmap(in);
      break;
    case kLookup:
      call.looked_up = take_text(in);
      break;
    case kOpen:
      if (const auto name = take_open(in)) call.looked_up = name;
      break;
    case kPutFh:
      call.handle = take_opaque(in);
      break;
    case kGetFh:
    case kLookupParent:
    case kPutPublicFh:
    case kPutRootFh:
    case kRestoreFh:
    case kSaveFh:
      break;
    case kRead4:
      in.skip(kStateId);
      call.read_offset = in.u64();
      in.skip(4);
      break;
    case kRemove4:
      call.removed = take_text(in);
      break;
    case kRename:
      take_opaque(in);
      take_opaque(in);
      break;
    case kRenew:
      in.skip(8);
      break;
    case kSetAttr:
      in.skip(kStateId);
      skip_attributes4(in);
      break;
    case kSequence:
      in.skip(kStateId + 4 * 4);
      break;
    case kWrite4: {
      CompoundCall::Write write;
      in.skip(kStateId);
      write.offset = in.u64();
      write.is_stable = in.u32() == kFileSync;
      write.data = take_opaque(in);
      if (in.ok()) call.write = write;
      break;
    }
    default:
      return false;
  }
  return in.ok();
}

/// Of an operation that was done. False: what follows cannot be read.
bool take_results(std::uint32_t operation, ByteCursor& in, CompoundReply& reply) {
  switch (operation) {
    case kAccess:
      in.skip(8);
      break;
    case kClose:
      in.skip(kStateId);
      break;
    case kCommit:
      in.skip(8);
      break;
    case kCreate4:
      in.skip(kChangeInfo);
      skip_bitmap(in);
      break;
    case kGetAttr:
      skip_attributes4(in);
      break;
    case kGetFh:
      reply.handle = take_opaque(in);
      break;
    case kOpen:
      in.skip(kStateId + kChangeInfo + 4);
      skip_bitmap(in);
      return in.u32() == 0 && in.ok();  // no delegation
    case kLookup:
    case kLookupParent:
    case kPutFh:
    case kPutPublicFh:
    case kPutRootFh:
    case kRenew:
    case kRestoreFh:
    case kSaveFh:
      break;
    case kRead4: {
      CompoundReply::Read read;
      read.is_end = in.u32() != 0;
      read.data = take_opaque(in);
      if (in.ok()) reply.read = read;
      break;
    }
    case kRemove4:
      in.skip(kChangeInfo);
      break;
    case kRename:
      in.skip(2 * kChangeInfo);
      break;
    case kSetAttr:
      skip_bitmap(in);
      break;
    case kSequence:
      in.skip(kStateId + 5 * 4);
      break;
    case kWrite4:
      in.skip(4 + 4 + 8);
      break;
    default:
      return false;
  }
  return in.ok();
}

}  // namespace

CompoundCall CompoundCall::parse(Bytes body) {
  ByteCursor in(body);
  CompoundCall call;
  take_opaque(in);  // tag
  in.skip(4);       // minor version
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && i < kMostOperations && in.ok(); ++i) {
    if (!take_arguments(in.u32(), in, call)) break;
  }
  return call;
}

std::optional<CompoundReply> CompoundReply::parse(Bytes body) {
  ByteCursor in(body);
  CompoundReply reply;
  reply.status = in.u32();
  if (!in.ok()) return std::nullopt;
  take_opaque(in);  // tag
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && i < kMostOperations && in.ok(); ++i) {
    const std::uint32_t operation = in.u32(), status = in.u32();
    if (status != 0 || !take_results(operation, in, reply)) break;
  }
  return reply;
}

}  // namespace culvert::nfs
