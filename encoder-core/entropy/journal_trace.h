// With the build option symbol_trace: what exact counting asks of a CDF journal goes, as text, to the file that the
// environment variable TESSERA_JOURNAL_TRACE names, for tests/bench/journal_bench to replay. One event a line:
//   s <offset> <value>  a symbol of the CDF at that word of the context
//   c                   a checkpoint opens
//   r                   rollback to the newest open checkpoint, which stays open
//   k                   the newest checkpoint closes; what came since stays
#pragma once

#ifdef TESSERA_SYMBOL_TRACE

#include <cstdint>
#include <string>

namespace tessera {

/// The events of one journal, appended to the file at each superblock's end.
class JournalTrace {
 public:
  JournalTrace() = default;
  JournalTrace(const JournalTrace&) = delete;
  ~JournalTrace() { flush(); }
  void symbol(uint16_t offset, int value) { text_.append("s ").append(std::to_string(offset)).append(" ").append(std::to_string(value)).append("\n"); }
  void event(char kind) { text_.append({kind, '\n'}); }
  void flush();
  const std::string& unflushed() const { return text_; }

 private:
  std::string text_;
};

/// A checkpoint from here to the end of its life.
class TracedCheckpoint {
 public:
  explicit TracedCheckpoint(JournalTrace& trace) : trace_(trace) { trace_.event('c'); }
  TracedCheckpoint(const TracedCheckpoint&) = delete;
  ~TracedCheckpoint() { trace_.event('k'); }

 private:
  JournalTrace& trace_;
};

}  // namespace tessera

#endif
