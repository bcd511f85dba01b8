// Whole pipelines as gst-launch-1.0 writes them, run to their end, and pictures back out of files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "element_fixture.h"

namespace tessera::test {

/// Runs to the end of the stream; the text of the error, or empty.
std::string run_pipeline(const std::string& description);

struct Picture {
  GstClockTime pts;
  Bytes luma;
};

/// Decoded pictures at the appsink called "out".
std::vector<Picture> decode(const std::string& description, std::string* error_text);

double luma_psnr(const Bytes& a, const Bytes& b);

/// A test with a directory of its own that goes when it does.
class ScratchTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  std::filesystem::path directory_;
};

}  // namespace tessera::test
