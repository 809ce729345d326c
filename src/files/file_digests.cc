#include "files/file_digests.h"

#include <openssl/evp.h>

namespace culvert {
namespace {

const EVP_MD* algorithm(std::size_t kind) {
  switch (static_cast<DigestKind>(kind)) {
    case DigestKind::kMd5:
      return EVP_md5();
    case DigestKind::kSha1:
      return EVP_sha1();
    case DigestKind::kSha256:
      return EVP_sha256();
  }
  return nullptr;
}

}  // namespace

void FileDigests::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }
FileDigests::FileDigests() = default;
FileDigests::~FileDigests() = default;

void FileDigests::add(DigestKind kind) {
  State& state = states_[static_cast<std::size_t>(kind)];
  if (state.running) return;
  if (state.context == nullptr) state.context.reset(EVP_MD_CTX_new());
  state.size = 0;
  state.running = state.context != nullptr &&
                  EVP_DigestInit_ex(state.context.get(), algorithm(static_cast<std::size_t>(kind)),
                                    nullptr) == 1;
}

void FileDigests::start(FileNeeds needs) {
  abandon();
  if (needs.has(FileNeed::kMd5)) add(DigestKind::kMd5);
  if (needs.has(FileNeed::kSha1)) add(DigestKind::kSha1);
  if (needs.has(FileNeed::kSha256)) add(DigestKind::kSha256);
}

void FileDigests::update(Bytes bytes) {
  for (State& state : states_) {
    if (state.running) EVP_DigestUpdate(state.context.get(), bytes.data(), bytes.size());
  }
}

void FileDigests::finish() {
  for (State& state : states_) {
    if (!state.running) continue;
    unsigned size = 0;
    unsigned char value[EVP_MAX_MD_SIZE];
    state.running = false;
    if (EVP_DigestFinal_ex(state.context.get(), value, &size) != 1 || size > state.value.size()) {
      continue;
    }
    for (unsigned i = 0; i < size; ++i) state.value[i] = std::byte{value[i]};
    state.size = static_cast<std::uint8_t>(size);
  }
}

void FileDigests::abandon() {
  for (State& state : states_) {
    state.running = false;
    state.size = 0;
  }
}

}  // namespace culvert
