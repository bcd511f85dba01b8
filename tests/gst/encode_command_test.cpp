// tessera-encode, the program behind tools/encode.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "element_fixture.h"

namespace tessera::test {
namespace {

namespace fs = std::filesystem;

class EncodeCommand : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/tessera-encode-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    program_ = getenv("TESSERA_ENCODE") ? getenv("TESSERA_ENCODE") : "";
    ASSERT_TRUE(fs::exists(program_)) << "TESSERA_ENCODE must name the program";
  }
  void TearDown() override { fs::remove_all(directory_); }

  int run(const std::string& arguments) {
    const std::string log = (directory_ / "log").string();
    const int result =
        system(("cd " + directory_.string() + " && " + program_ + " " + arguments + " >log 2>&1").c_str());
    std::ifstream file(log);
    output_.assign(std::istreambuf_iterator<char>(file), {});
    return result;
  }
  bool said(const std::string& text) const { return output_.find(text) != std::string::npos; }

  void write_y4m(const char* name, const std::string& colour, int frames, size_t frame_bytes,
                 size_t missing = 0) {
    std::ofstream file(directory_ / name, std::ios::binary);
    std::string all = "YUV4MPEG2 W35 H21 F25:1 Ip A1:1 C" + colour + "\n";
    for (int i = 0; i < frames; i++) {
      all += "FRAME\n";
      for (size_t k = 0; k < frame_bytes; k++)
        all.push_back(k % 2 && frame_bytes > 1500 ? 1 : char(k + size_t(i)));
    }
    file << all.substr(0, all.size() - missing);
  }

  fs::path directory_;
  std::string program_, output_;
};

constexpr size_t k420 = 35 * 21 + 2 * 18 * 11;

TEST_F(EncodeCommand, y4m_of_8_and_10_bit_into_each_container) {
  write_y4m("a.y4m", "420jpeg", 7, k420);
  write_y4m("b.y4m", "420p10", 7, 2 * k420);
  for (const char* input : {"a.y4m", "b.y4m"})
    for (const char* output : {"o.mkv", "o.webm", "o.mp4", "o.obu"}) {
      EXPECT_EQ(run(std::string(input) + " " + output + " cpu-used=10"), 0) << output_;
      EXPECT_TRUE(said("7 frames")) << output_;
      EXPECT_TRUE(said("0.28 s")) << output_;
      EXPECT_TRUE(said((directory_ / output).string())) << output_;
    }
}

TEST_F(EncodeCommand, other_formats_are_converted) {
  write_y4m("a.y4m", "444", 3, 35 * 21 * 3);
  write_y4m("b.y4m", "mono", 3, 35 * 21);
  EXPECT_EQ(run("a.y4m o.mkv cpu-used=10"), 0) << output_;
  EXPECT_EQ(run("b.y4m o.mkv cpu-used=10"), 0) << output_;
}

TEST_F(EncodeCommand, standard_input_and_default_output) {
  write_y4m("a.y4m", "420jpeg", 3, k420);
  EXPECT_EQ(run("- cpu-used=10 <a.y4m"), 0) << output_;
  EXPECT_TRUE(fs::exists(directory_ / "out.mkv"));
}

TEST_F(EncodeCommand, other_files_go_through_decodebin) {
  write_y4m("a.y4m", "420jpeg", 5, k420);
  ASSERT_EQ(run("a.y4m a.mkv cpu-used=10"), 0) << output_;
  EXPECT_EQ(run("a.mkv b.webm cpu-used=10"), 0) << output_;
  EXPECT_TRUE(said("5 frames")) << output_;
}

TEST_F(EncodeCommand, cut_input_gives_what_there_is) {
  write_y4m("a.y4m", "420jpeg", 5, k420, 100);
  EXPECT_EQ(run("a.y4m o.mkv cpu-used=10"), 0) << output_;
  EXPECT_TRUE(said("4 frames")) << output_;
  EXPECT_TRUE(said("cut short")) << output_;
}

TEST_F(EncodeCommand, faults_are_named) {
  write_y4m("a.y4m", "420jpeg", 2, k420);
  EXPECT_NE(run("nowhere.mkv"), 0);
  EXPECT_TRUE(said("nowhere.mkv does not exist")) << output_;
  EXPECT_NE(run("a.y4m o.avi"), 0);
  EXPECT_TRUE(said(".mkv, .webm, .mp4 or .obu")) << output_;
  EXPECT_NE(run("a.y4m o.mkv cpu-used=11"), 0);
  EXPECT_TRUE(said("cpu-used cannot be 11")) << output_;
  EXPECT_NE(run("a.y4m o.mkv no-such=1"), 0);
  EXPECT_TRUE(said("no property no-such")) << output_;
  EXPECT_NE(run("a.y4m a.y4m"), 0);
  EXPECT_TRUE(said("same file") || said("must end in")) << output_;
  EXPECT_NE(run("log o.mkv"), 0);
}

}  // namespace
}  // namespace tessera::test
