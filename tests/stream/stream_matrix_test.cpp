// Every stream decodes in three independent decoders to exactly what the encoder reconstructed.
#include <gtest/gtest.h>

#include "tests/support/decoders.h"
#include "tests/support/parser/stream_parser.h"

namespace tessera::test {
namespace {

enum class Structure { kKeyOnly, kLowDelay, kPyramid };

struct StreamCase {
  int width, height, frames;
  int bit_depth = 8;
  Structure structure = Structure::kPyramid;
  int cpu_used = 6, cq_level = 36;
  int tile_columns_log2 = 0, tile_rows_log2 = 0;
  ChromaFormat chroma = ChromaFormat::k420;
  bool error_resilient = false, screen = false;
  int cut = 1 << 30;
  EndUsage end_usage = EndUsage::kAuto;
  uint32_t target_kbps = 0, buffer_ms = 6000;
  int refresh_period = 0;  ///< frames; 0: no intra refresh
  bool turning = false;  ///< a picture that turns: blocks of every motion mode must occur
  bool regions = false;  ///< of interest
  bool drawn = false;    ///< a picture of tiles that occur again
  bool copies = true;    ///< where drawn: large enough for blocks to be copied from within their own picture
  bool restored = false;  ///< units with filters must occur
  bool slow_tools = false;  ///< what only slow presets try must occur: recursive intra prediction, masks; at 0 wedges, but not where turning
  bool importance = false;  ///< half of the picture stands still: some frames must tell superblocks' own quantisers

  operator PictureShape() const { return {width, height, bit_depth, chroma}; }
};

void PrintTo(const StreamCase& c, std::ostream* out) {
  *out << c.width << "x" << c.height << " depth " << c.bit_depth << " structure " << static_cast<int>(c.structure) << " cpu-used "
       << c.cpu_used << " cq-level " << c.cq_level << " log2 of tiles " << c.tile_columns_log2 << "x" << c.tile_rows_log2
       << kChromaNames[static_cast<int>(c.chroma)] << (c.error_resilient ? " error resilient" : "") << (c.turning ? " turning" : "")
       << (c.screen ? " screen" : "") << (c.regions ? " regions" : "") << (c.drawn ? " drawn" : "") << (c.importance ? " importance" : "");
  if (c.refresh_period > 0) *out << " refresh period " << c.refresh_period;
  if (c.target_kbps > 0) *out << " end-usage " << static_cast<int>(c.end_usage) << " target-bitrate " << c.target_kbps << " buffer " << c.buffer_ms;
}

/// Blocks that are copies of others of their frame.
class Copies : public parser::Listener {
 public:
  void on_block(int, const parser::Block& block) override { count += block.use_intrabc; }
  int count = 0;
};

/// Inter blocks by their motion mode.
class MotionModes : public parser::Listener {
 public:
  void on_block(int, const parser::Block& block) override {
    if (block.is_inter) count[block.motion_mode]++;
  }
  Array<int, 3> count = {};
};

/// Blocks with what only slow presets try.
class SlowTools : public parser::Listener {
 public:
  void on_block(int, const parser::Block& block) override {
    filter_intra += block.use_filter_intra;
    inter_intra += block.interintra;
    if (block.is_compound()) blend[block.compound_type]++;
  }
  int filter_intra = 0, inter_intra = 0;
  Array<int, 5> blend = {};
};

/// Frames whose superblocks have quantisers of their own.
class OwnQuantisers : public parser::Listener {
 public:
  void on_frame(int, const FrameHeader& header) override {
    if (!header.show_existing_frame) (header.delta.delta_q_present ? frames_with : frames_without)++;
  }
  int frames_with = 0, frames_without = 0;
};

/// Restoration units by type, of luma and of chroma.
class RestorationUnits : public parser::Listener {
 public:
  /// Units of 32 samples end dav1d 1.0 on CPUs with AVX-512.
  void on_frame(int, const FrameHeader& header) override {
    for (int plane = 0; plane < 3; plane++)
      if (header.lr.frame_restoration_type[plane] != RESTORE_NONE) {
        EXPECT_GE(header.lr.loop_restoration_size[plane], 64) << plane;
      }
  }
  void on_restoration_unit(int, int plane, RestorationType type) override { count[plane > 0][type]++; }
  Table2<int, 2, 3> count = {};
};

/// Its left half moves and changes, the right one stands still.
TestPicture make_half_still_picture(const StreamCase& c, int index) {
  TestPicture moving = make_test_picture(c, index, c.cut);
  const TestPicture still = make_test_picture(c, 0, c.cut);
  const size_t sample = c.bit_depth > 8 ? 2 : 1, row = static_cast<size_t>(c.width) * sample;
  for (size_t y = 0; y < static_cast<size_t>(c.height); y++)
    std::copy_n(still.bytes.begin() + static_cast<ptrdiff_t>(y * row + row / 2), row / 2, moving.bytes.begin() + static_cast<ptrdiff_t>(y * row + row / 2));
  return moving;
}

/// Picture `index` of the case's video.
TestPicture make_picture(const StreamCase& c, int index) {
  TestPicture picture = c.drawn        ? make_drawn_picture(c, index)
                        : c.importance ? make_half_still_picture(c, index)
                        : c.screen     ? make_screen_picture(c, index)
                        : c.turning    ? make_turning_picture(c, index)
                                       : make_test_picture(c, index, c.cut);
  if (c.regions) picture.regions = make_regions(c.width, c.height, index);
  return picture;
}

EncodedSequence encode(const StreamCase& c, Status* status) {
  EncoderConfig config = config_of_video(c.width, c.height, c.bit_depth, c.chroma);
  config.runtime.cpu_used = c.cpu_used;
  config.runtime.cq_level = c.cq_level;
  config.usage_profile = c.structure == Structure::kKeyOnly    ? UsageProfile::kAllIntra
                         : c.structure == Structure::kLowDelay ? UsageProfile::kRealtime
                                                               : UsageProfile::kGoodQuality;
  config.tile_columns_log2 = c.tile_columns_log2;
  config.tile_rows_log2 = c.tile_rows_log2;
  config.error_resilient = c.error_resilient;
  config.intra_refresh = c.refresh_period > 0;
  if (config.intra_refresh) config.runtime.keyframe_max_dist = c.refresh_period;
  config.end_usage = c.end_usage;
  config.runtime.target_bitrate_kbps = c.target_kbps;
  config.buffer_ms = config.buffer_initial_ms = config.buffer_optimal_ms = c.buffer_ms;
  config.threads = 2;
  config.keep_reconstruction = true;
  return encode_pictures(config, c.frames, status, [&](int i) { return make_picture(c, i); });
}

void parse(const EncodedSequence& sequence, parser::Listener& listener) {
  parser::StreamParser parser(listener);
  for (const auto& unit : sequence.units) parser.parse({unit.data(), static_cast<ptrdiff_t>(unit.size())});
}

class StreamMatrix : public testing::TestWithParam<StreamCase> {};

TEST_P(StreamMatrix, DecodesToTheReconstruction) {
  const StreamCase& c = GetParam();
  Status status;
  const EncodedSequence sequence = encode(c, &status);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(sequence.units.size(), static_cast<size_t>(c.frames));
  for (int i = 0; i < c.frames; i++) EXPECT_EQ(sequence.frame_ids[static_cast<size_t>(i)], static_cast<uint64_t>(i));
  EXPECT_TRUE(sequence.keys[0]);
  if (c.structure == Structure::kKeyOnly) {
    for (bool key : sequence.keys) EXPECT_TRUE(key);
  }
  EXPECT_EQ(check_in_decoders(sequence, c), "");
  if (c.turning && c.cq_level > 0) {
    MotionModes modes;
    parse(sequence, modes);
    for (MotionMode mode : {SIMPLE, OBMC, LOCALWARP}) EXPECT_GT(modes.count[mode], 0) << "motion mode " << int(mode);
  }
  if (c.restored) {
    RestorationUnits units;
    parse(sequence, units);
    for (int chroma = 0; chroma < (c.chroma == ChromaFormat::kMonochrome ? 1 : 2); chroma++)
      EXPECT_GT(units.count[chroma][RESTORE_WIENER] + units.count[chroma][RESTORE_SGRPROJ], 0) << (chroma ? "chroma" : "luma");
  }
  if (c.slow_tools) {
    SlowTools tools;
    parse(sequence, tools);
    EXPECT_GT(tools.filter_intra, 0);
    EXPECT_GT(tools.blend[COMPOUND_AVERAGE], 0);
    EXPECT_GT(tools.inter_intra + tools.blend[COMPOUND_DIFFWTD] + tools.blend[COMPOUND_WEDGE], 0);
  }
  if (c.drawn) {
    Copies copies;
    parse(sequence, copies);
    if (c.copies) EXPECT_GT(copies.count, 0);
    else EXPECT_EQ(copies.count, 0);
  }
  if (c.importance) {
    OwnQuantisers own;
    parse(sequence, own);
    EXPECT_GT(own.frames_with, 0);
    EXPECT_GT(own.frames_without, 0) << "only key and base frames tell them";
  }
  if (c.cq_level == 0) {  // lossless
    std::vector<uint8_t> source;
    for (int i = 0; i < c.frames; i++) {
      const TestPicture p = make_picture(c, i);
      source.insert(source.end(), p.bytes.begin(), p.bytes.end());
    }
    EXPECT_TRUE(source == sequence.reconstruction) << "lossless coding changed the pictures";
  }
}

std::vector<StreamCase> sizes() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{1, 1}, {2, 2}, {1, 70}, {16, 16}, {17, 19}, {33, 8}, {64, 64}, {66, 130}, {130, 66}, {226, 226}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kKeyOnly, Structure::kLowDelay, Structure::kPyramid})
      for (int depth : {8, 10})
        cases.push_back({.width = s[0], .height = s[1], .frames = structure == Structure::kKeyOnly ? 2 : 10, .bit_depth = depth,
                         .structure = structure, .cpu_used = s[0] > 200 ? 6 : 3});
  return cases;
}

std::vector<StreamCase> efforts() {
  std::vector<StreamCase> cases;
  for (int cpu_used : {0, 6, 10})
    for (int cq_level : {0, 20, 40, 63})
      for (Structure structure : {Structure::kLowDelay, Structure::kPyramid})
        for (int depth : {8, 10})
          cases.push_back({.width = 98, .height = 82, .frames = cpu_used == 0 ? 5 : 19, .bit_depth = depth, .structure = structure,
                           .cpu_used = cpu_used, .cq_level = cq_level, .cut = 7});
  for (int cpu_used = 1; cpu_used < 10; cpu_used++)
    cases.push_back({.width = 98, .height = 82, .frames = 9, .cpu_used = cpu_used, .cq_level = 30});
  return cases;
}

/// Without noise, so that predictions are good, and good is not enough: at every effort, with blocks of every size at the edges.
std::vector<StreamCase> lossless() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{4, 4}, {16, 16}, {3, 33}, {66, 50}};
  for (const auto& s : size)
    for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
      for (Structure structure : {Structure::kLowDelay, Structure::kPyramid})
        cases.push_back({.width = s[0], .height = s[1], .frames = cpu_used < 4 ? 7 : 20, .bit_depth = cpu_used % 2 ? 8 : 10, .structure = structure,
                         .cpu_used = cpu_used, .cq_level = 0, .turning = true});
  return cases;
}

std::vector<StreamCase> layouts() {
  std::vector<StreamCase> cases;
  for (int columns = 0; columns <= 2; columns++)
    for (int rows = 0; rows <= 2; rows++)
      if (columns + rows <= 3)
        cases.push_back({.width = 352, .height = 288, .frames = 6, .structure = columns > rows ? Structure::kLowDelay : Structure::kPyramid,
                         .cpu_used = 8, .tile_columns_log2 = columns, .tile_rows_log2 = rows});
  cases.push_back({.width = 352, .height = 288, .frames = 18, .cpu_used = 8, .cut = 11});
  cases.push_back({.width = 1280, .height = 720, .frames = 4, .cpu_used = 10, .tile_columns_log2 = -1, .tile_rows_log2 = -1});
  for (int depth : {8, 10}) {
    cases.push_back({.width = 98, .height = 82, .frames = 10, .bit_depth = depth, .chroma = ChromaFormat::kMonochrome});
    cases.push_back({.width = 97, .height = 81, .frames = 5, .bit_depth = depth, .cpu_used = 2, .cq_level = 0, .chroma = ChromaFormat::kMonochrome});
  }
  cases.push_back({.width = 98, .height = 82, .frames = 10, .error_resilient = true});
  cases.push_back({.width = 98, .height = 82, .frames = 10, .structure = Structure::kLowDelay, .error_resilient = true});
  return cases;
}

/// 4:2:2, 4:4:4 and 12 bits, with all that samples of chroma or their depth may change.
std::vector<StreamCase> formats() {
  std::vector<StreamCase> cases;
  const auto add = [&](ChromaFormat chroma, int depth) {
    const auto with = [&](StreamCase c) {
      c.chroma = chroma;
      c.bit_depth = depth;
      cases.push_back(c);
    };
    for (int cpu_used : {0, 2, 4, 6, 8, 9, 10}) with({.width = 131, .height = 93, .frames = 9, .cpu_used = cpu_used, .cq_level = 10 + 5 * cpu_used});
    for (int cpu_used : {6, 8, 9, 10}) with({.width = 130, .height = 67, .frames = 6, .structure = Structure::kLowDelay, .cpu_used = cpu_used});
    for (int size : {1, 8, 17, 64}) with({.width = size, .height = 2 * size + 1, .frames = 3, .cpu_used = 4});
    for (int cpu_used : {1, 8}) with({.width = 97, .height = 81, .frames = 5, .cpu_used = cpu_used, .cq_level = 0});
    for (int cpu_used : {2, 8}) with({.width = 200, .height = 140, .frames = 9, .cpu_used = cpu_used, .cq_level = 24, .turning = true});
    for (int cpu_used : {1, 4, 8, 10}) with({.width = 201, .height = 139, .frames = 5, .cpu_used = cpu_used, .screen = true});
    for (int cpu_used : {1, 8}) with({.width = 288, .height = 210, .frames = 3, .cpu_used = cpu_used, .drawn = true});
    with({.width = 201, .height = 139, .frames = 5, .cpu_used = 1, .cq_level = 58});
    with({.width = 202, .height = 138, .frames = 5, .cpu_used = 4, .cq_level = 63});
    with({.width = 352, .height = 288, .frames = 5, .structure = Structure::kLowDelay, .cpu_used = 10, .tile_columns_log2 = 1, .tile_rows_log2 = 1});
    with({.width = 131, .height = 93, .frames = 5, .structure = Structure::kKeyOnly, .cpu_used = 4});
    with({.width = 226, .height = 140, .frames = 19, .cpu_used = 8, .importance = true});
    with({.width = 98, .height = 82, .frames = 40, .cpu_used = 8, .cut = 21, .end_usage = EndUsage::kVbr, .target_kbps = 60, .buffer_ms = 200});
  };
  for (int depth : {8, 10, 12})
    for (ChromaFormat chroma : {ChromaFormat::k422, ChromaFormat::k444}) add(chroma, depth);
  add(ChromaFormat::k420, 12);
  add(ChromaFormat::kMonochrome, 12);
  return cases;
}

/// Small buffers make frames be coded more than once.
std::vector<StreamCase> rates() {
  std::vector<StreamCase> cases;
  for (EndUsage usage : {EndUsage::kVbr, EndUsage::kCbr, EndUsage::kCq})
    for (Structure structure : {Structure::kKeyOnly, Structure::kLowDelay, Structure::kPyramid})
      for (uint32_t kbps : {20u, 200u})
        cases.push_back({.width = 98, .height = 82, .frames = 40, .bit_depth = kbps == 20 ? 8 : 10, .structure = structure, .cpu_used = 8,
                         .cut = 21, .end_usage = usage, .target_kbps = kbps, .buffer_ms = 200});
  return cases;
}

/// Columns of intra blocks that go over the picture, with and without rate control.
std::vector<StreamCase> refreshes() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{1, 1}, {64, 64}, {66, 130}, {130, 66}, {226, 98}};
  for (const auto& s : size)
    for (int period : {1, 2, 7})
      for (int depth : {8, 10})
        cases.push_back({.width = s[0], .height = s[1], .frames = 10, .bit_depth = depth, .structure = Structure::kLowDelay,
                         .cpu_used = 6 + period % 5, .refresh_period = period});
  for (int cq_level : {0, 12, 63})
    cases.push_back({.width = 161, .height = 82, .frames = 8, .structure = Structure::kLowDelay, .cpu_used = 7, .cq_level = cq_level, .cut = 4,
                     .refresh_period = 5});
  for (uint32_t kbps : {20u, 200u})
    cases.push_back({.width = 161, .height = 82, .frames = 30, .structure = Structure::kLowDelay, .cpu_used = 8, .cut = 15,
                     .end_usage = EndUsage::kCbr, .target_kbps = kbps, .buffer_ms = 200, .refresh_period = 12});
  return cases;
}

/// Warped and overlapped blocks at every edge.
std::vector<StreamCase> motions() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{64, 64}, {66, 130}, {130, 66}, {201, 99}, {224, 226}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kLowDelay, Structure::kPyramid})
      for (int depth : {8, 10})
        cases.push_back({.width = s[0], .height = s[1], .frames = s[1] > 64 ? 9 : 25, .bit_depth = depth, .structure = structure,
                         .cpu_used = s[0] > 200 ? 6 : 3, .turning = true});
  for (int cpu_used : {0, 2, 5})
    for (int cq_level : {30, 45, 60})
      cases.push_back({.width = 130, .height = 114, .frames = 5, .cpu_used = cpu_used, .cq_level = cq_level, .turning = true});
  for (int columns = 0; columns <= 2; columns++)
    for (int rows = 0; rows <= 1; rows++)
      cases.push_back({.width = 352, .height = 288, .frames = 4, .bit_depth = rows ? 10 : 8, .structure = columns > rows ? Structure::kLowDelay : Structure::kPyramid,
                       .cpu_used = 6, .tile_columns_log2 = columns, .tile_rows_log2 = rows, .turning = true});
  for (int depth : {8, 10})
    cases.push_back({.width = 98, .height = 82, .frames = 9, .bit_depth = depth, .cpu_used = 4, .cq_level = 24, .chroma = ChromaFormat::kMonochrome, .turning = true});
  return cases;
}

/// Palettes, of all sizes and at the edges of pictures and tiles.
std::vector<StreamCase> screens() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{64, 64}, {66, 130}, {97, 81}, {130, 34}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kKeyOnly, Structure::kLowDelay, Structure::kPyramid})
      for (int depth : {8, 10})
        for (int cpu_used : {0, 6, 10})
          cases.push_back({.width = s[0], .height = s[1], .frames = structure == Structure::kKeyOnly || cpu_used == 0 ? 3 : 10,
                           .bit_depth = depth, .structure = structure, .cpu_used = cpu_used, .cq_level = 10 + 4 * cpu_used, .screen = true});
  for (int cpu_used : {1, 2, 3, 4, 5, 7, 8, 9})
    cases.push_back({.width = 98, .height = 82, .frames = 6, .cpu_used = cpu_used, .cq_level = 20, .screen = true});
  for (Structure structure : {Structure::kLowDelay, Structure::kPyramid}) {
    cases.push_back({.width = 352, .height = 288, .frames = 6, .structure = structure, .cpu_used = 8, .tile_columns_log2 = 1,
                     .tile_rows_log2 = 1, .screen = true});
    cases.push_back({.width = 97, .height = 81, .frames = 5, .structure = structure, .cpu_used = 4, .cq_level = 0, .screen = true});
    cases.push_back({.width = 98, .height = 82, .frames = 5, .structure = structure, .cpu_used = 4, .chroma = ChromaFormat::kMonochrome, .screen = true});
  }
  return cases;
}

/// Intra block copies: with and without room for them, at the edges of pictures and tiles, with rows side by side.
std::vector<StreamCase> copies() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{64, 64}, {130, 290}, {401, 139}, {98, 402}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kKeyOnly, Structure::kLowDelay, Structure::kPyramid})
      for (int depth : {8, 10})
        for (int cpu_used : {0, 6, 10})
          if (cpu_used > 0 || structure == Structure::kKeyOnly)
            cases.push_back({.width = s[0], .height = s[1], .frames = cpu_used == 0 ? 1 : structure == Structure::kKeyOnly ? 3 : 6,
                             .bit_depth = depth, .structure = structure, .cpu_used = cpu_used, .cq_level = 10 + 4 * cpu_used, .drawn = true,
                             .copies = s[1] > 64});
  for (int cpu_used : {1, 2, 3, 4, 5, 7, 8, 9})
    cases.push_back({.width = 354, .height = 202, .frames = 3, .cpu_used = cpu_used, .cq_level = 20 + 4 * cpu_used, .drawn = true});
  for (Structure structure : {Structure::kLowDelay, Structure::kPyramid}) {
    cases.push_back({.width = 705, .height = 290, .frames = 4, .structure = structure, .cpu_used = 8, .tile_columns_log2 = 1,
                     .tile_rows_log2 = 1, .drawn = true});
    cases.push_back({.width = 201, .height = 147, .frames = 3, .structure = structure, .cpu_used = 4, .cq_level = 0, .drawn = true});
    cases.push_back({.width = 202, .height = 146, .frames = 3, .structure = structure, .cpu_used = 4, .chroma = ChromaFormat::kMonochrome, .drawn = true});
    cases.push_back({.width = 330, .height = 262, .frames = 4, .structure = structure, .cpu_used = 7, .regions = true, .drawn = true});
    cases.push_back({.width = 330, .height = 262, .frames = 20, .structure = structure, .cpu_used = 8,
                     .end_usage = structure == Structure::kPyramid ? EndUsage::kVbr : EndUsage::kCbr, .target_kbps = 60, .buffer_ms = 200,
                     .drawn = true});
  }
  cases.push_back({.width = 201, .height = 139, .frames = 8, .structure = Structure::kLowDelay, .cpu_used = 8, .refresh_period = 5, .drawn = true});
  cases.push_back({.width = 201, .height = 139, .frames = 4, .structure = Structure::kLowDelay, .error_resilient = true, .drawn = true});
  return cases;
}

/// A qindex for each superblock: with neighbours that skip, at the limits of qindex, in several tiles, coded more than once.
std::vector<StreamCase> regions() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{64, 64}, {66, 130}, {201, 139}, {330, 262}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kKeyOnly, Structure::kLowDelay, Structure::kPyramid})
      for (int depth : {8, 10})
        for (int cpu_used : {0, 6, 10})
          if (cpu_used > 0 || s[0] < 100)
            cases.push_back({.width = s[0], .height = s[1], .frames = structure == Structure::kKeyOnly || cpu_used == 0 ? 4 : 12,
                             .bit_depth = depth, .structure = structure, .cpu_used = cpu_used, .cq_level = 20 + 4 * cpu_used,
                             .cut = 7, .regions = true});
  for (int cq_level : {0, 1, 3, 10, 58, 63})
    for (Structure structure : {Structure::kLowDelay, Structure::kPyramid})
      for (int cpu_used : {4, 8, 9})
        cases.push_back({.width = 201, .height = 139, .frames = 6, .bit_depth = cpu_used == 8 ? 10 : 8, .structure = structure,
                         .cpu_used = cpu_used, .cq_level = cq_level, .regions = true});
  for (int columns = 0; columns <= 1; columns++)
    for (int rows = 0; rows <= 1; rows++)
      for (Structure structure : {Structure::kLowDelay, Structure::kPyramid})
        for (int cpu_used : {7, 10})
          cases.push_back({.width = 353, .height = 287, .frames = 8, .bit_depth = columns ? 10 : 8, .structure = structure,
                           .cpu_used = cpu_used, .tile_columns_log2 = columns, .tile_rows_log2 = rows, .regions = true});
  for (EndUsage usage : {EndUsage::kVbr, EndUsage::kCbr})
    for (uint32_t kbps : {30u, 200u})
      cases.push_back({.width = 201, .height = 139, .frames = 30, .structure = usage == EndUsage::kCbr ? Structure::kLowDelay : Structure::kPyramid,
                       .cpu_used = 8, .cut = 16, .end_usage = usage, .target_kbps = kbps, .buffer_ms = 200, .regions = true});
  cases.push_back({.width = 201, .height = 139, .frames = 8, .chroma = ChromaFormat::kMonochrome, .regions = true});
  cases.push_back({.width = 201, .height = 139, .frames = 8, .structure = Structure::kLowDelay, .error_resilient = true, .regions = true});
  return cases;
}

/// Masks and recursive intra prediction at the edges of pictures and tiles, at both depths.
std::vector<StreamCase> slow_tools() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{130, 66}, {201, 99}};
  for (const auto& s : size)
    for (int depth : {8, 10})
      for (int cpu_used : {0, 2})
        for (int cq_level : {20, 44})
          cases.push_back({.width = s[0], .height = s[1], .frames = 9, .bit_depth = depth, .cpu_used = cpu_used, .cq_level = cq_level,
                           .turning = s[0] > 200, .slow_tools = s[0] > 200 && cq_level < 40});
  for (int depth : {8, 10})
    for (int cpu_used : {0, 2})
      cases.push_back({.width = 288, .height = 160, .frames = 6, .bit_depth = depth, .cpu_used = cpu_used, .tile_columns_log2 = 1,
                       .tile_rows_log2 = 1, .slow_tools = true});
  cases.push_back({.width = 201, .height = 99, .frames = 9, .cpu_used = 2, .chroma = ChromaFormat::kMonochrome, .slow_tools = true});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(SlowTools, StreamMatrix, testing::ValuesIn(slow_tools()));

/// Which of the rarer ones a single stream has is a matter of its content.
TEST(SlowToolsTogether, EachIsInSomeStream) {
  SlowTools tools;
  for (const StreamCase& c : slow_tools()) {
    if (!c.slow_tools || c.cpu_used > 0) continue;
    Status status;
    const EncodedSequence sequence = encode(c, &status);
    ASSERT_TRUE(status.ok()) << status.message();
    parse(sequence, tools);
  }
  EXPECT_GT(tools.inter_intra, 1);
  EXPECT_GT(tools.blend[COMPOUND_DIFFWTD], 1);
  EXPECT_GT(tools.blend[COMPOUND_WEDGE], 1);
}

INSTANTIATE_TEST_SUITE_P(Copies, StreamMatrix, testing::ValuesIn(copies()));
/// What look-ahead gives superblocks of key and base frames, at every effort, in tiles, with rate control.
std::vector<StreamCase> importance() {
  std::vector<StreamCase> cases;
  for (int cpu_used : {0, 3, 6, 8, 9, 10})
    for (int depth : {8, 10})
      cases.push_back({.width = 226, .height = 140, .frames = cpu_used == 0 ? 5 : 22, .bit_depth = depth, .cpu_used = cpu_used,
                       .cq_level = depth == 8 ? 30 : 55, .importance = true});
  for (int columns : {0, 1})
    for (int rows : {0, 1})
      cases.push_back({.width = 263, .height = 259, .frames = 19, .cpu_used = 8, .tile_columns_log2 = columns, .tile_rows_log2 = rows, .importance = true});
  for (EndUsage usage : {EndUsage::kVbr, EndUsage::kCbr})
    cases.push_back({.width = 263, .height = 199, .frames = 40, .cpu_used = 8, .end_usage = usage, .target_kbps = 150, .buffer_ms = 500, .importance = true});
  cases.push_back({.width = 226, .height = 140, .frames = 19, .cpu_used = 8, .chroma = ChromaFormat::kMonochrome, .error_resilient = true, .importance = true});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Importance, StreamMatrix, testing::ValuesIn(importance()));
/// Loop restoration: units of all sizes at all edges, in tiles, of both filters, in frames that are coded more than once.
std::vector<StreamCase> restorations() {
  std::vector<StreamCase> cases;
  const int size[][2] = {{64, 56}, {65, 57}, {66, 121}, {201, 139}, {330, 262}};
  for (const auto& s : size)
    for (Structure structure : {Structure::kKeyOnly, Structure::kPyramid})
      for (int depth : {8, 10})
        for (int cpu_used : {1, 4})
          cases.push_back({.width = s[0], .height = s[1], .frames = structure == Structure::kKeyOnly ? 2 : 6, .bit_depth = depth,
                           .structure = structure, .cpu_used = cpu_used, .cq_level = 45, .turning = s[0] > 100 && structure == Structure::kPyramid && cpu_used == 4,
                           .restored = s[0] > 100});
  for (int columns = 0; columns <= 2; columns++)
    for (int rows = 0; rows <= 2; rows++)
      if (columns + rows > 0)
        cases.push_back({.width = 450, .height = 333, .frames = 3, .bit_depth = rows == 1 ? 10 : 8, .cpu_used = 4, .cq_level = 40,
                         .tile_columns_log2 = columns, .tile_rows_log2 = rows, .restored = true});
  for (uint32_t kbps : {30u, 200u})
    cases.push_back({.width = 201, .height = 139, .frames = 20, .cpu_used = 4, .cut = 11, .end_usage = EndUsage::kVbr, .target_kbps = kbps, .buffer_ms = 200});
  cases.push_back({.width = 201, .height = 139, .frames = 5, .cpu_used = 1, .cq_level = 58, .chroma = ChromaFormat::kMonochrome, .restored = true});
  cases.push_back({.width = 201, .height = 139, .frames = 3, .cpu_used = 4, .cq_level = 0});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Restorations, StreamMatrix, testing::ValuesIn(restorations()));
INSTANTIATE_TEST_SUITE_P(Regions, StreamMatrix, testing::ValuesIn(regions()));
INSTANTIATE_TEST_SUITE_P(Screens, StreamMatrix, testing::ValuesIn(screens()));
INSTANTIATE_TEST_SUITE_P(Sizes, StreamMatrix, testing::ValuesIn(sizes()));
INSTANTIATE_TEST_SUITE_P(Efforts, StreamMatrix, testing::ValuesIn(efforts()));
INSTANTIATE_TEST_SUITE_P(Rates, StreamMatrix, testing::ValuesIn(rates()));
INSTANTIATE_TEST_SUITE_P(Refreshes, StreamMatrix, testing::ValuesIn(refreshes()));
INSTANTIATE_TEST_SUITE_P(Motions, StreamMatrix, testing::ValuesIn(motions()));
INSTANTIATE_TEST_SUITE_P(Lossless, StreamMatrix, testing::ValuesIn(lossless()));
INSTANTIATE_TEST_SUITE_P(Formats, StreamMatrix, testing::ValuesIn(formats()));
INSTANTIATE_TEST_SUITE_P(Layouts, StreamMatrix, testing::ValuesIn(layouts()));

}  // namespace
}  // namespace tessera::test
