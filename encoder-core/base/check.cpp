#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tessera {

void fail_check(const char* what, int64_t value, int64_t limit, const std::source_location& where) {
  std::fprintf(stderr, "tessera: %s:%u (%s): %s (value %lld, limit %lld)\n", where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name(), what, static_cast<long long>(value),
               static_cast<long long>(limit));
  std::abort();
}

}  // namespace tessera
