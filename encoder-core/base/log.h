// What builds with a log or a trace write for those who work on the encoder.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tessera {

/// The file that an environment variable names, emptied first; none where the variable is not set. It stays open to the end of the
/// process, and all is in it after each append(): threads may outlive whoever made it.
class LogFile {
 public:
  explicit LogFile(const char* variable, const char* head = "") {
    const char* const path = std::getenv(variable);
    file_ = path ? std::fopen(path, "wb") : nullptr;
    if (file_) std::fputs(head, file_);
  }

  /// Calls write(std::FILE*), one thread at a time.
  template <class Write>
  void append(Write write) {
    if (!file_) return;
    const std::lock_guard lock(mutex_);
    write(file_);
    std::fflush(file_);
  }

 private:
  std::FILE* file_ = nullptr;
  std::mutex mutex_;
};

}  // namespace tessera
