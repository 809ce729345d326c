// Runs files through fuzz targets: what fuzzing found once is not to come back.
//
//   corpus_replay FOLDER    FOLDER/<target>/<file>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
};

#include "targets.inc"

std::string current;

/// Names the file that a target did not like; the default action then ends the program.
void on_signal(int number) {
  (void)!write(STDERR_FILENO, current.data(), current.size());
  (void)signal(number, SIG_DFL);
  (void)raise(number);
}

std::size_t replay(const Target& target, const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    current = "corpus_replay: " + entry.path().string() + "\n";
    std::ifstream file(entry.path(), std::ios::binary);
    // Of its own size, so that ASan sees reads behind its end.
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    target.run(exact.data(), exact.size());
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const int number : {SIGILL, SIGTRAP, SIGABRT, SIGSEGV}) (void)signal(number, on_signal);
  const std::filesystem::path root(argv[1]);
  std::size_t files = 0, without = 0;
  for (const Target& target : kTargets) {
    target.run(nullptr, 0);
    if (std::filesystem::is_directory(root / target.name)) {
      files += replay(target, root / target.name);
    } else {
      ++without;
      std::printf("%s has no corpus\n", target.name);
    }
  }
  // A folder of a target that is gone is a mistake.
  int unknown = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    bool known = false;
    for (const Target& target : kTargets) known |= entry.path().filename() == target.name;
    if (!known) {
      std::printf("%s is of no target\n", entry.path().c_str());
      ++unknown;
    }
  }
  std::printf("corpus_replay: %zu files, %zu targets, %zu without files\n", files,
              std::size(kTargets), without);
  return unknown == 0 ? 0 : 1;
}
