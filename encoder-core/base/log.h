// Where remarks of the encoder go: to whoever embeds it, or nowhere.
#pragma once

#include <cstdarg>
#include <cstdio>

namespace tessera {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// Passed by const reference; the sink may be called from any thread.
struct Logger {
  void (*sink)(void* context, LogLevel level, const char* message) = nullptr;
  void* context = nullptr;

  /// Takes what printf takes; cut at 255 characters.
  [[gnu::format(printf, 3, 4)]] void log(LogLevel level, const char* format, ...) const {
    if (!sink) return;
    char message[256];
    va_list args;
    va_start(args, format);
    std::vsnprintf(message, sizeof message, format, args);
    va_end(args);
    sink(context, level, message);
  }
};

}  // namespace tessera
