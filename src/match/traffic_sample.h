// Bytes that look like traffic, and patterns that look like rules, made from a seed. Benchmarks
// only.
#pragma once

#include <cstddef>
#include <iterator>
#include <random>
#include <string>

namespace culvert {

/// `size` bytes: HTTP-like text, and now and then a run of random bytes.
inline std::string traffic_sample(std::size_t size, unsigned seed = 1) {
  constexpr const char* kWords[] = {
      "GET /",        "index.html",   "Host: ",     "www.",      "example",   ".com\r\n",
      "User-Agent: ", "Mozilla/5.0 ", "Accept: ",   "text/html", "=",         "&",
      "id",           "Cookie: ",     "session",    "<div>",     "</script>", "application/json",
      "charset",      "\r\n",         "static/img", ".png",      "12345",     "a8f0",
  };
  std::mt19937 random(seed);
  std::string data;
  while (data.size() < size) {
    if (random() % 24 == 0) {
      for (int i = 0; i < 64; ++i) data += static_cast<char>(random());
    } else {
      data += kWords[random() % std::size(kWords)];
    }
  }
  data.resize(size);
  return data;
}

/// A pattern of `size` bytes as authors write them: paths, names, some bytes.
inline std::string pattern_sample(std::size_t size, std::mt19937& random) {
  constexpr char kCharacters[] = "etaoinsrlcdhumpgbfywvkxjqz0123456789/.=-_%";
  std::string pattern;
  const bool binary = random() % 6 == 0;
  while (pattern.size() < size)
    pattern +=
        binary ? static_cast<char>(random()) : kCharacters[random() % (sizeof(kCharacters) - 1)];
  return pattern;
}

}  // namespace culvert
