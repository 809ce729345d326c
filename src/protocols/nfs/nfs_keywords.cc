#include "protocols/nfs/nfs_keywords.h"

#include "keywords/transaction_number.h"
#include "protocols/nfs/nfs_parser.h"

namespace culvert::nfs {
namespace {

constexpr BufferSide kBegun{true, 0};
constexpr TransactionHook kHook{.proto = AppProto::kNfs, .to_server = kBegun, .to_client = kBegun};

std::optional<std::uint64_t> get_procedure(const NfsTransaction& tx) { return tx.procedure; }
std::optional<std::uint64_t> get_version(const NfsTransaction& tx) { return tx.version; }

constexpr std::uint64_t kHighest = 0xffffffff;
constexpr KeywordSpec kProcedure{
    .name = "nfs_procedure",
    .help = "procedure of NFS; of version 4 the operation",
    .compile = compile_transaction_number<NfsTransaction, get_procedure, kHook, kHighest>,
    .can_negate = true};
constexpr KeywordSpec kVersion{
    .name = "nfs.version",
    .help = "version of NFS: 2, 3 or 4",
    .compile = compile_transaction_number<NfsTransaction, get_version, kHook, kHighest>,
    .alias = "nfs_version",
    .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kNfsKeywords[2] = {&kProcedure, &kVersion};

}  // namespace culvert::nfs
