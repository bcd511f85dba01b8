// The parser against streams of other encoders, made on the spot from a synthetic clip: every tile must end
// at its trailing bits, which a single wrong context or table entry upsets. Skipped where an encoder is not
// installed.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/support/parser/stream_parser.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Texture that turns and slides, a flat square that jumps, noise in a corner.
void write_clip(const fs::path& path, int width, int height, int frames, bool full_chroma) {
  std::ofstream out(path, std::ios::binary);
  out << "YUV4MPEG2 W" << width << " H" << height << " F30:1 Ip A1:1 C" << (full_chroma ? "444" : "420jpeg")
      << "\n";
  uint32_t noise = 1;
  for (int t = 0; t < frames; t++) {
    out << "FRAME\n";
    for (int plane = 0; plane < 3; plane++) {
      const int shift = plane && !full_chroma;
      for (int y = 0; y < height >> shift; y++)
        for (int x = 0; x < width >> shift; x++) {
          const double u = (x << shift) - 1.7 * t, v = (y << shift) + 0.6 * t, turn = 0.02 * t;
          const double a = u * std::cos(turn) - v * std::sin(turn),
                       b = u * std::sin(turn) + v * std::cos(turn);
          int p = static_cast<int>(128 + 40 * std::sin(a / (7 + plane)) + 30 * std::sin(b / 5 + a / 11));
          const int left = 20 + 13 * t % 60;
          if ((x << shift) >= left && (x << shift) < left + 24 && (y << shift) >= 40 && (y << shift) < 72)
            p = 200;
          noise = noise * 1664525 + 1013904223;
          if ((x << shift) > width - 40 && (y << shift) > height - 40) p += static_cast<int>(noise >> 27);
          out.put(static_cast<char>(p));
        }
    }
  }
}

class Names : public parser::Listener {
 public:
  void on_symbol(int, const parser::SymbolRecord& s) override { names.insert(s.name); }
  std::set<std::string> names;
};

class ForeignStreams : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() /
           ("tessera_foreign_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "_" +
            std::to_string(reinterpret_cast<uintptr_t>(this)));
    fs::create_directories(dir_);
    write_clip(dir_ / "clip.y4m", 200, 136, 8, false);
    write_clip(dir_ / "clip444.y4m", 136, 104, 4, true);
  }
  void TearDown() override { fs::remove_all(dir_); }

  static bool installed(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
  }
  /// Runs `command` with CLIP, CLIP444 and OUT replaced and parses what it wrote.
  void parse_output_of(std::string command, Names& names) {
    const fs::path stream = dir_ / "out.ivf";
    fs::remove(stream);
    for (const auto& [key, value] : {std::pair<std::string, fs::path>{"CLIP444", dir_ / "clip444.y4m"},
                                     {"CLIP", dir_ / "clip.y4m"},
                                     {"OUT", stream}})
      if (const size_t at = command.find(key); at != std::string::npos)
        command.replace(at, key.size(), value.string());
    ASSERT_EQ(std::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
    parser::StreamParser parser(names);
    try {
      for (const auto& unit : parser::read_temporal_units(stream.string()))
        parser.parse({unit.data(), static_cast<ptrdiff_t>(unit.size())});
    } catch (const parser::ParseError& e) {
      FAIL() << command << "\nframe " << parser.frames() - 1 << ": " << e.what();
    }
    EXPECT_GT(parser.frames(), 1) << command;
  }

  fs::path dir_;
};

TEST_F(ForeignStreams, Aomenc) {
  if (!installed("aomenc")) GTEST_SKIP() << "no aomenc";
  Names names;
  for (const char* options : {
           "--cpu-used=2 --limit=5",
           "--cpu-used=4 --limit=4 --sb-size=128 --error-resilient=1",
           "--cpu-used=5 --limit=6 --tile-columns=1 --tile-rows=1 --sb-size=64 --aq-mode=1",
           "--cpu-used=5 --limit=4 --deltaq-mode=2 --delta-lf-mode=1",
           "--cpu-used=5 --limit=3 --lossless=1",
           "--cpu-used=5 --limit=4 --monochrome --bit-depth=10",
           "--cpu-used=5 --limit=4 --superres-mode=1 --superres-denominator=11 --reduced-tx-type-set=1",
           "--cpu-used=6 --limit=3 --tune-content=screen",
       })
    parse_output_of("aomenc --ivf --end-usage=q --cq-level=25 " + std::string(options) + " -o OUT CLIP",
                    names);
  parse_output_of("aomenc --ivf --end-usage=q --cq-level=25 --profile=1 --i444 --cpu-used=5 -o OUT CLIP444",
                  names);
  for (const char* name :
       {"partition",        "split_or_horz",  "intra_frame_y_mode", "y_mode",        "cfl_alpha_u",
        "use_filter_intra", "tx_depth",       "txfm_split",         "new_mv",        "drl_mode",
        "compound_mode",    "comp_group_idx", "motion_mode",        "interp_filter", "segment_id",
        "delta_q_abs",      "delta_lf_abs",   "inter_tx_type",      "intra_tx_type", "coeff_br",
        "golomb_data_bit"})
    EXPECT_TRUE(names.names.count(name)) << name << " was never parsed";
}

TEST_F(ForeignStreams, SvtAv1) {
  if (!installed("SvtAv1EncApp")) GTEST_SKIP() << "no SvtAv1EncApp";
  Names names;
  for (const char* options : {"--preset 8 --crf 30", "--preset 5 --crf 45 --tile-columns 1"})
    parse_output_of("SvtAv1EncApp " + std::string(options) + " -i CLIP -b OUT", names);
}

TEST_F(ForeignStreams, Rav1e) {
  if (!installed("rav1e")) GTEST_SKIP() << "no rav1e";
  Names names;
  for (const char* options : {"-s 6", "-s 9 --low-latency --tiles 2"})
    parse_output_of("rav1e -y " + std::string(options) + " -o OUT CLIP", names);
}

}  // namespace
}  // namespace tessera
