// The programs in examples/: ends by signal, by key and by force leave files that play.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "pipeline_runner.h"

namespace tessera::test {
namespace {

std::string program(const char* variable) {
  const char* path = getenv(variable);
  return path ? path : "";
}

class Examples : public ScratchTest {
 protected:
  /// A process of `record` with these words, its standard input a pipe that press() writes to.
  void start_recording(const std::vector<std::string>& words) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const std::string executable = program("TESSERA_RECORD"), log = path("log");
    std::filesystem::remove(log);
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[0], 0);
      close(ends[0]);
      close(ends[1]);
      if (!freopen(log.c_str(), "w", stderr)) _exit(126);
      std::vector<char*> arguments = {const_cast<char*>(executable.c_str())};
      for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
      arguments.push_back(nullptr);
      execv(executable.c_str(), arguments.data());
      _exit(127);
    }
    close(ends[0]);
    keys_ = ends[1];
  }
  void press(char key) const { ASSERT_EQ(write(keys_, &key, 1), 1); }
  /// What it has said so far.
  std::string said() const {
    std::ifstream file(path("log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Waits until it has said `text`, 30 s at most.
  bool hears(const std::string& text) const {
    for (int i = 0; i < 300; i++, g_usleep(100000))
      if (said().find(text) != std::string::npos) return true;
    return false;
  }
  /// Waits for status line number `count`: one comes a second.
  bool status_lines(int count) const {
    for (int i = 0; i < 600; i++, g_usleep(100000)) {
      int lines = 0;
      const std::string text = said();
      for (size_t at = 0; (at = text.find("latency", at)) != std::string::npos; at++) lines++;
      if (lines >= count) return true;
    }
    return false;
  }
  int wait_for_end() {
    int status = 0;
    waitpid(child_, &status, 0);
    close(keys_);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  void TearDown() override {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    ScratchTest::TearDown();
  }

  static size_t frames_in(const std::string& file) {
    const bool mp4 = file.substr(file.size() - 3) == "mp4";
    std::string error;
    return decode("filesrc location=" + file + " ! " + (mp4 ? "qtdemux" : "matroskademux") + " ! av1dec ! appsink name=out", &error)
        .size();
  }

  pid_t child_ = 0;
  int keys_ = -1;
};

TEST_F(Examples, ctrl_c_ends_a_recording_properly) {
  for (const char* name : {"a.mp4", "a.mkv", "a.webm"}) {
    start_recording({"--size", "160x120", path(name)});
    ASSERT_TRUE(status_lines(1)) << said();
    kill(child_, SIGINT);
    EXPECT_EQ(wait_for_end(), 0) << said();
    EXPECT_GT(frames_in(path(name)), 10u) << name;
  }
}

TEST_F(Examples, killed_recordings_play_up_to_the_last_fragment) {
  for (const char* name : {"a.mp4", "a.mkv"}) {
    start_recording({"--size", "160x120", path(name)});
    ASSERT_TRUE(status_lines(4)) << said();
    kill(child_, SIGKILL);
    EXPECT_EQ(wait_for_end(), 1000 + SIGKILL);
    // Four seconds, of which the last may be lost, on a machine that may be slow.
    EXPECT_GT(frames_in(path(name)), 45u) << name << "\n" << said();
  }
}

TEST_F(Examples, keys_change_the_rate_and_ask_for_key_frames) {
  start_recording({"--size", "160x120", "--bitrate", "1000", path("a.mkv")});
  ASSERT_TRUE(status_lines(1)) << said();
  press('+');
  EXPECT_TRUE(hears("target-bitrate 1100 kbit/s")) << said();
  press('-');
  EXPECT_TRUE(hears("target-bitrate 1000 kbit/s")) << said();
  press('k');
  press('q');
  EXPECT_EQ(wait_for_end(), 0) << said();
  EXPECT_GT(frames_in(path("a.mkv")), 10u);
}

TEST_F(Examples, recordings_end_by_themselves_or_say_why_not) {
  start_recording({"--size", "160x120", "--fps", "10", "--seconds", "2", path("a.mkv")});
  EXPECT_EQ(wait_for_end(), 0) << said();
  EXPECT_GE(frames_in(path("a.mkv")), 10u);
  start_recording({"--source", "camera=/dev/nothing", path("b.mkv")});
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_NE(said().find("error"), std::string::npos) << said();
  start_recording({path("b.avi")});
  EXPECT_EQ(wait_for_end(), 2);
}

TEST_F(Examples, transcode_keeps_the_frames_and_the_sound) {
  ASSERT_EQ(run_pipeline("videotestsrc num-buffers=25 ! video/x-raw,width=160,height=120,framerate=25/1 ! theoraenc ! queue ! "
                         "matroskamux name=m ! filesink location=" + path("in.mkv") +
                         " audiotestsrc num-buffers=40 ! audio/x-raw,rate=48000 ! audioconvert ! opusenc ! queue ! m."),
            "");
  for (const char* name : {"out.mp4", "out.webm"}) {
    EXPECT_EQ(system((program("TESSERA_TRANSCODE") + " " + path("in.mkv") + " " + path(name) + " cpu-used=10 cq-level=40 2>" +
                      path("log"))
                         .c_str()),
              0);
    EXPECT_NE(said().find("25 frames"), std::string::npos) << said();
    EXPECT_EQ(frames_in(path(name)), 25u);
    const std::string demuxer = name == std::string("out.mp4") ? "qtdemux" : "matroskademux";
    EXPECT_EQ(run_pipeline("filesrc location=" + path(name) + " ! " + demuxer + " ! audio/x-opus ! fakesink"), "");
  }
  EXPECT_NE(system((program("TESSERA_TRANSCODE") + " " + path("nothing.mkv") + " " + path("o.mkv") + " 2>" + path("log")).c_str()), 0);
  EXPECT_NE(system((program("TESSERA_TRANSCODE") + " " + path("in.mkv") + " " + path("o.mkv") + " nothing=1 2>" + path("log")).c_str()),
            0);
}

}  // namespace
}  // namespace tessera::test
