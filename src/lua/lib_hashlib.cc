// suricata.hashlib: SHA-256, SHA-1 and MD5, of one text or of several in turn.

#include <openssl/evp.h>

#include <array>

#include "lua/library.h"

namespace culvert::lua {
namespace {

struct Sha256 {
  static constexpr char kType[] = "suricata:hashlib:sha256";
  static const EVP_MD* digest() { return EVP_sha256(); }
};
struct Sha1 {
  static constexpr char kType[] = "suricata:hashlib:sha1";
  static const EVP_MD* digest() { return EVP_sha1(); }
};
struct Md5 {
  static constexpr char kType[] = "suricata:hashlib:md5";
  static const EVP_MD* digest() { return EVP_md5(); }
};

struct Value {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
};

int push_value(lua_State* state, const Value& value, bool as_hex) {
  if (!as_hex) {
    return push_text(state, {reinterpret_cast<const char*>(value.bytes.data()), value.size});
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 2 * EVP_MAX_MD_SIZE> text{};
  for (unsigned i = 0; i < value.size; ++i) {
    text[2 * i] = kDigits[value.bytes[i] >> 4];
    text[2 * i + 1] = kDigits[value.bytes[i] & 15];
  }
  return push_text(state, {text.data(), 2 * std::size_t{value.size}});
}

template <class Hash, bool kHex>
int whole(lua_State* state) {
  const std::string_view text = check_text(state, 1);
  Value value;
  EVP_Digest(text.data(), text.size(), value.bytes.data(), &value.size, Hash::digest(), nullptr);
  return push_value(state, value, kHex);
}

EVP_MD_CTX*& context_of(lua_State* state, const char* type) {
  return *static_cast<EVP_MD_CTX**>(luaL_checkudata(state, 1, type));
}

template <class Hash>
int update(lua_State* state) {
  EVP_MD_CTX* const context = context_of(state, Hash::kType);
  const std::string_view text = check_text(state, 2);
  if (context == nullptr) return luaL_error(state, "the hash has been finalized");
  EVP_DigestUpdate(context, text.data(), text.size());
  return 0;
}

template <class Hash, bool kHex>
int finalize(lua_State* state) {
  EVP_MD_CTX*& context = context_of(state, Hash::kType);
  if (context == nullptr) return luaL_error(state, "the hash has been finalized");
  Value value;
  EVP_DigestFinal_ex(context, value.bytes.data(), &value.size);
  EVP_MD_CTX_free(context);
  context = nullptr;
  return push_value(state, value, kHex);
}

template <class Hash>
int collect(lua_State* state) {
  EVP_MD_CTX*& context = context_of(state, Hash::kType);
  EVP_MD_CTX_free(context);
  context = nullptr;
  return 0;
}

template <class Hash>
int create(lua_State* state) {
  constexpr luaL_Reg kMethods[] = {{"update", update<Hash>},
                                   {"finalize", finalize<Hash, false>},
                                   {"finalize_to_hex", finalize<Hash, true>}};
  auto& context = *static_cast<EVP_MD_CTX**>(lua_newuserdatauv(state, sizeof(EVP_MD_CTX*), 0));
  context = nullptr;
  if (luaL_newmetatable(state, Hash::kType) != 0) {
    push_library(state, kMethods);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, collect<Hash>);
    lua_setfield(state, -2, "__gc");
  }
  lua_setmetatable(state, -2);
  context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, Hash::digest(), nullptr);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {
    {"sha256", create<Sha256>},
    {"sha256_digest", whole<Sha256, false>},
    {"sha256_hexdigest", whole<Sha256, true>},
    {"sha1", create<Sha1>},
    {"sha1_digest", whole<Sha1, false>},
    {"sha1_hexdigest", whole<Sha1, true>},
    {"md5", create<Md5>},
    {"md5_digest", whole<Md5, false>},
    {"md5_hexdigest", whole<Md5, true>}};

}  // namespace

int open_hashlib(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
