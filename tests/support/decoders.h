// The independent decoders of the system, run as commands: dav1d, aomdec (libaom) and gav1_decode (libgav1).
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/test_video.h"

namespace tessera::test {

/// A directory of its own that goes when the test does.
class ScratchDir {
 public:
  ScratchDir() {
    std::string name = (std::filesystem::temp_directory_path() / "tessera-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~ScratchDir() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The units in an IVF file, which gav1_decode wants.
inline std::vector<uint8_t> as_ivf(const EncodedSequence& sequence, int width, int height) {
  std::vector<uint8_t> out;
  const auto le = [&](uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
  };
  out = {'D', 'K', 'I', 'F'};
  le(0, 2), le(32, 2);
  out.insert(out.end(), {'A', 'V', '0', '1'});
  le(static_cast<uint64_t>(width), 2), le(static_cast<uint64_t>(height), 2), le(30, 4), le(1, 4), le(sequence.units.size(), 4), le(0, 4);
  uint64_t pts = 0;
  for (const auto& unit : sequence.units) {
    le(unit.size(), 4), le(pts++, 8);
    out.insert(out.end(), unit.begin(), unit.end());
  }
  return out;
}

/// Empty when every decoder gives exactly the reconstruction; else which one differs and where.
inline std::string check_in_decoders(const EncodedSequence& sequence, const PictureShape& shape) {
  const ScratchDir dir;
  const std::string obu = dir.file("s.obu"), ivf = dir.file("s.ivf");
  write_file(obu, sequence.bytes());
  write_file(ivf, as_ivf(sequence, shape.width, shape.height));
  struct Tool {
    const char* name;
    std::string command;
    bool pads_monochrome;  ///< writes grey chroma planes after the luma
    int most_bits;         ///< of a sample
  };
  const std::string out = dir.file("out.yuv");
  const Tool tools[] = {
      {"dav1d", "dav1d -q --demuxer section5 -i " + obu + " --muxer yuv -o " + out, false},
      {"aomdec", "aomdec --rawvideo -o " + out + " " + obu, true, 12},
      {"gav1_decode", "gav1_decode --raw -o " + out + " " + ivf, false, 10},
  };
  for (const Tool& tool : tools) {
    if (shape.bit_depth > tool.most_bits) continue;
    std::filesystem::remove(out);
    if (std::system((tool.command + " >/dev/null 2>&1").c_str()) != 0) return std::string(tool.name) + " fails to decode";
    std::vector<uint8_t> decoded = read_file(out);
    if (shape.monochrome() && tool.pads_monochrome) {
      const size_t frames = sequence.units.size(), luma = sequence.reconstruction.size() / frames;
      const size_t whole = decoded.size() / frames;
      std::vector<uint8_t> kept;
      for (size_t f = 0; f < frames && whole >= luma; f++)
        kept.insert(kept.end(), decoded.begin() + static_cast<ptrdiff_t>(f * whole),
                    decoded.begin() + static_cast<ptrdiff_t>(f * whole + luma));
      decoded = kept;
    }
    if (decoded.size() != sequence.reconstruction.size())
      return std::string(tool.name) + " gives " + std::to_string(decoded.size()) + " bytes, the reconstruction has " +
             std::to_string(sequence.reconstruction.size());
    for (size_t i = 0; i < decoded.size(); i++)
      if (decoded[i] != sequence.reconstruction[i])
        return std::string(tool.name) + " differs at byte " + std::to_string(i) + ", picture " +
               std::to_string(i / (decoded.size() / sequence.units.size()));
  }
  return {};
}

}  // namespace tessera::test
