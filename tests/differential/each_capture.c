// Preloaded into culvert by `own.py`: rules are loaded once for many captures.
//
// When the program has its rules and makes its log folder ("-l ."), before it opens anything and before
// it has threads, it is copied (fork) for each folder named on standard input, a line each: the copy
// goes on there, reads `capture` and writes its records. An answer, its wait status, comes on standard
// output when it is done. The program itself ends with its input.
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_copy = 0;

int mkdir(const char* path, mode_t mode) {
  if (strcmp(path, ".") != 0) return (int)syscall(SYS_mkdirat, -100 /* AT_FDCWD */, path, mode);
  char folder[4096];
  malloc_trim(0);  // or each copy would tidy the heap, which copies all its pages
  for (int i = 0; i < 1000; ++i) {  // each sorts some of what is free
    void* volatile taken = malloc((size_t)(100 << 10) + 16 * (size_t)i);
    free(taken);
  }
  printf("ready\n");
  fflush(stdout);
  while (fgets(folder, sizeof folder, stdin) != NULL) {
    folder[strcspn(folder, "\n")] = '\0';
    const pid_t child = fork();
    if (child == 0) {
      is_copy = 1;
      if (chdir(folder) != 0) _exit(101);
      if (freopen("output", "w", stdout) == NULL || dup2(fileno(stdout), 2) < 0) _exit(102);
      errno = EEXIST;
      return -1;
    }
    int status = -1;
    if (child > 0) waitpid(child, &status, 0);
    printf("%d\n", status);
    fflush(stdout);
  }
  _exit(0);
}

// The records are complete when their file is closed. What comes then, freeing all rules, would cost ten
// times what the capture did, as every page would be copied.
int close(int fd) {
  char link[64], path[4096];
  ssize_t size = 0;
  if (is_copy && getpid() == (pid_t)syscall(SYS_gettid)) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, sizeof path - 1);
  }
  const int done = (int)syscall(SYS_close, fd);
  if (size > 9 && memcmp(path + size - 9, "/eve.json", 9) == 0) _exit(0);
  return done;
}
