// desync STREAM [ENCODER_TRACE]: parses a stream; with the trace of the encoder that wrote it, names the
// first symbol where the two part. desync --write STREAM TRACE writes the trace as the decoder sees it (cdf
// offsets are 0). Exit status 0: parsed and equal, 1: not, 2: bad usage.
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <memory>

#include "spec/block_geometry.h"
#include "tests/support/parser/stream_parser.h"
#include "tests/support/parser/trace_format.h"

using namespace tessera;
using namespace tessera::parser;

namespace {

constexpr int kContext = 12;  ///< symbols shown in front of the fault

struct Desync : ParseError {
  using ParseError::ParseError;
};

using Trace = std::map<std::pair<uint32_t, uint16_t>, std::vector<TraceRecord>>;

Trace read_trace(const std::string& path) {
  const std::vector<uint8_t> file = read_file(path);
  require(file.size() >= 8 && std::memcmp(file.data(), kTraceMagic, 8) == 0, path + " is not a symbol trace");
  Trace trace;
  for (size_t at = 8; at + sizeof(TraceRecord) <= file.size(); at += sizeof(TraceRecord)) {
    TraceRecord record;
    std::memcpy(&record, file.data() + at, sizeof record);
    trace[{record.frame, record.tile}].push_back(record);
  }
  return trace;
}

class Comparer : public Listener {
 public:
  explicit Comparer(const Trace* trace) : trace_(trace) {}

  void on_frame(int frame, const FrameHeader& hdr) override {
    std::printf("frame %d: type %d, %dx%d, q %d, order hint %d, shown %d, tiles %d\n", frame, hdr.frame_type,
                hdr.size.upscaled_width, hdr.size.frame_height, hdr.quantization.base_q_idx, hdr.order_hint,
                hdr.show_frame, hdr.tile_info.num_tiles());
  }
  void on_symbol(int frame, const SymbolRecord& s) override {
    recent_[static_cast<size_t>(symbols_++ % kContext)] = s;
    if (!trace_) return;
    const TraceRecord* e = expected(frame, s.tile, index_++);
    if (!e) throw Desync("the encoder's trace of the tile ends before this symbol");
    const bool same_kind = s.adaptive == (e->cdf_offset != kTraceNoCdf);
    if (e->symbols == s.symbols && e->value == s.value && e->range == s.range && same_kind) return;
    char text[200];
    std::snprintf(text, sizeof text, "encoder wrote N=%d value=%d range=%d%s at mi (%d, %d), cdf offset %d",
                  e->symbols, e->value, e->range, e->cdf_offset == kTraceNoCdf ? " (no cdf)" : "", e->mi_row,
                  e->mi_col, e->cdf_offset);
    throw Desync(text);
  }
  void on_block(int, const Block&) override { blocks_++; }
  void on_tile_end(int frame, int tile) override {
    if (trace_ && expected(frame, tile, index_))
      throw Desync("the encoder's trace of the tile goes on after its end");
    index_ = 0;
  }

  void report(int frame) const {
    const int64_t first = std::max<int64_t>(0, symbols_ - kContext);
    for (int64_t i = first; i < symbols_; i++) {
      const SymbolRecord& s = recent_[static_cast<size_t>(i % kContext)];
      std::printf("%s frame %d tile %d mi (%d, %d) block %dx%d: %s N=%d value=%d range=%d\n",
                  i + 1 == symbols_ ? "->" : "  ", frame, s.tile, s.mi_row, s.mi_col, block_width(s.mi_size),
                  block_height(s.mi_size), s.name, s.symbols, s.value, s.range);
    }
  }
  int64_t symbols() const { return symbols_; }
  int64_t blocks() const { return blocks_; }

 private:
  static int block_width(BlockSize s) { return s == BLOCK_INVALID ? 0 : tessera::block_width(s); }
  static int block_height(BlockSize s) { return s == BLOCK_INVALID ? 0 : tessera::block_height(s); }
  const TraceRecord* expected(int frame, int tile, size_t i) const {
    const auto it = trace_->find({static_cast<uint32_t>(frame), static_cast<uint16_t>(tile)});
    return it == trace_->end() || i >= it->second.size() ? nullptr : &it->second[i];
  }

  const Trace* trace_;
  size_t index_ = 0;
  int64_t symbols_ = 0, blocks_ = 0;
  std::vector<SymbolRecord> recent_ = std::vector<SymbolRecord>(kContext);
};

class Writer : public Listener {
 public:
  explicit Writer(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    require(file_ != nullptr, "cannot write " + path);
    std::fwrite(kTraceMagic, 1, sizeof kTraceMagic, file_.get());
  }
  void on_symbol(int frame, const SymbolRecord& s) override {
    const TraceRecord record = {static_cast<uint32_t>(frame),    static_cast<uint16_t>(s.tile),
                                static_cast<uint16_t>(s.mi_row), static_cast<uint16_t>(s.mi_col),
                                static_cast<uint16_t>(s.range),  s.adaptive ? uint16_t{0} : kTraceNoCdf,
                                static_cast<uint8_t>(s.symbols), static_cast<uint8_t>(s.value)};
    std::fwrite(&record, sizeof record, 1, file_.get());
  }

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

void parse_file(StreamParser& parser, const char* path) {
  for (const auto& unit : read_temporal_units(path))
    parser.parse({unit.data(), static_cast<ptrdiff_t>(unit.size())});
}

int write_trace(const char* stream, const char* path) {
  try {
    Writer writer(path);
    StreamParser parser(writer);
    parse_file(parser, stream);
  } catch (const std::exception& e) {
    std::printf("FAILED: %s\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--write") == 0) return write_trace(argv[2], argv[3]);
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: desync STREAM [ENCODER_TRACE] | desync --write STREAM TRACE\n");
    return 2;
  }
  Trace trace;
  const bool compare = argc == 3;
  std::unique_ptr<Comparer> comparer;
  std::unique_ptr<StreamParser> parser;
  try {
    if (compare) trace = read_trace(argv[2]);
    comparer = std::make_unique<Comparer>(compare ? &trace : nullptr);
    parser = std::make_unique<StreamParser>(*comparer);
    parse_file(*parser, argv[1]);
  } catch (const std::exception& e) {
    if (parser) comparer->report(parser->frames() - 1);
    std::printf("FAILED: %s\n", e.what());
    return 1;
  }
  std::printf("ok: %d frames, %lld blocks, %lld symbols\n", parser->frames(),
              static_cast<long long>(comparer->blocks()), static_cast<long long>(comparer->symbols()));
  return 0;
}
