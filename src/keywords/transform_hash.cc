// to_md5, to_sha1, to_sha256: the digest of the buffer, as bytes.

#include <openssl/evp.h>

#include "keywords/transforms.h"

namespace culvert {
namespace {

template <const EVP_MD* (*kDigest)()>
bool digest(Bytes in, std::vector<std::byte>& out) {
  out.resize(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const int done = EVP_Digest(in.data(), in.size(), reinterpret_cast<unsigned char*>(out.data()),
                              &size, kDigest(), nullptr);
  out.resize(size);
  return done == 1;
}

constexpr std::string_view kMd5Name = "to_md5", kSha1Name = "to_sha1", kSha256Name = "to_sha256";

}  // namespace

const KeywordSpec keywords::kToMd5{kMd5Name, "MD5 of the buffer", KeywordArgument::kNone,
                         compile_plain_transform<kMd5Name, digest<EVP_md5>>};
const KeywordSpec keywords::kToSha1{kSha1Name, "SHA-1 of the buffer", KeywordArgument::kNone,
                          compile_plain_transform<kSha1Name, digest<EVP_sha1>>};
const KeywordSpec keywords::kToSha256{kSha256Name, "SHA-256 of the buffer", KeywordArgument::kNone,
                            compile_plain_transform<kSha256Name, digest<EVP_sha256>>};

}  // namespace culvert
