#include "control/pass_statistics.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>

namespace tessera {
namespace {

constexpr const char* kSignature = "tessera-statistics 3";
constexpr double kMicro = 1e-6, kCenti = 1e-2;
constexpr int kMostExponentCents = 400;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Status file_error(const std::string& file, const char* what) {
  return Status::invalid("multipass-cache-file '" + file + "' cannot be " + what + ": " + std::strerror(errno));
}

}  // namespace

double PassStatistics::seconds() const {
  double sum = 0;
  for (const PassFrame& f : frames) sum += f.seconds;
  return sum;
}

PassFrame& PassStatistics::at(uint64_t display_index) {
  if (frames.size() <= display_index) frames.resize(display_index + 1);
  return frames[display_index];
}

std::string PassStatistics::text() const {
  std::ostringstream out;
  out << kSignature << "\n" << width << " " << height << " " << frames.size();
  for (const double e : exponents) out << " " << std::llround(e / kCenti);
  out << "\n";
  for (const PassFrame& f : frames)
    out << f.kind << " " << f.qindex << " " << std::llround(f.step_change / kCenti) << " " << f.bits << " " << std::llround(f.seconds / kMicro) << "\n";
  return out.str();
}

Status PassStatistics::parse(const std::string& text, PassStatistics* out) {
  *out = {};
  std::istringstream in(text);
  std::string line;
  if (!std::getline(in, line) || line != kSignature) return Status::invalid("it does not begin with '" + std::string(kSignature) + "'");
  size_t count = 0;
  std::getline(in, line);
  std::istringstream second(line);
  bool good = static_cast<bool>(second >> out->width >> out->height >> count);
  for (double& e : out->exponents) {
    int cents = 0;
    good = good && second >> cents && cents > 0 && cents <= kMostExponentCents;
    e = cents * kCenti;
  }
  if (!good) return Status::invalid("line 2 is not width, height, number of pictures and " + std::to_string(kFrameKinds) + " exponents in hundredths, 1 to " + std::to_string(kMostExponentCents));
  for (size_t number = 3; std::getline(in, line); number++) {
    PassFrame f;
    double micros = 0;
    int cents = 0;
    if (!(std::istringstream(line) >> f.kind >> f.qindex >> cents >> f.bits >> micros) || f.kind < -1 || f.kind >= kFrameKinds || f.qindex < 0 ||
        f.qindex > 255 || micros < 0)
      return Status::invalid("line " + std::to_string(number) + " is not kind, qindex, change of step, bits and microseconds of a frame");
    f.seconds = micros * kMicro;
    f.step_change = static_cast<float>(cents * kCenti);
    out->frames.push_back(f);
  }
  if (out->frames.size() != count || count == 0)
    return Status::invalid("it has " + std::to_string(out->frames.size()) + " pictures and announces " + std::to_string(count) +
                           (count == 0 ? ": the first pass saw none" : ": the first pass did not end"));
  return {};
}

Status check_statistics_writable(const std::string& file) {
  const bool is_there = File(std::fopen(file.c_str(), "rb")) != nullptr;
  if (!File(std::fopen(file.c_str(), "ab"))) return file_error(file, "written");
  if (!is_there) std::remove(file.c_str());
  return {};
}

Status write_statistics(const std::string& file, const PassStatistics& statistics) {
  const File out(std::fopen(file.c_str(), "wb"));
  if (!out) return file_error(file, "written");
  const std::string text = statistics.text();
  if (std::fwrite(text.data(), 1, text.size(), out.get()) != text.size() || std::fflush(out.get()) != 0) return file_error(file, "written");
  return {};
}

Status read_statistics(const std::string& file, PassStatistics* out) {
  const File in(std::fopen(file.c_str(), "rb"));
  if (!in) return file_error(file, "read");
  std::string text;
  char part[4096];
  for (size_t n; (n = std::fread(part, 1, sizeof(part), in.get())) > 0;) text.append(part, n);
  if (std::ferror(in.get())) return file_error(file, "read");
  const Status status = PassStatistics::parse(text, out);
  return status.ok() ? status : Status::invalid("multipass-cache-file '" + file + "' holds no statistics of a first pass: " + status.message());
}

}  // namespace tessera
