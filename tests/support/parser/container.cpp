#include "tests/support/parser/container.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace tessera::parser {

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  require(in.good(), "cannot open " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

Obu next_obu(Bytes& data) {
  BitReader r(data);
  Obu obu;
  require(r.f(1) == 0, "obu_forbidden_bit is one");
  obu.type = static_cast<ObuType>(r.f(4));
  obu.has_extension = r.flag();
  const bool has_size = r.flag();
  require(r.f(1) == 0, "obu_reserved_1bit is one");
  if (obu.has_extension) {
    obu.temporal_id = static_cast<int>(r.f(3));
    obu.spatial_id = static_cast<int>(r.f(2));
    r.f(3);
  }
  const ptrdiff_t size = has_size ? static_cast<ptrdiff_t>(r.leb128()) : r.bits_left() / 8;
  require(size <= r.bits_left() / 8, "OBU longer than its data");
  const ptrdiff_t start = r.position() / 8;
  obu.payload = data.sub(start, size);
  data = data.sub(start + size, data.size() - start - size);
  return obu;
}

std::vector<std::vector<uint8_t>> read_temporal_units(const std::string& path) {
  const std::vector<uint8_t> file = read_file(path);
  const Bytes all(file.data(), static_cast<ptrdiff_t>(file.size()));
  std::vector<std::vector<uint8_t>> units;
  if (file.size() > 32 && std::memcmp(file.data(), "DKIF", 4) == 0) {
    BitReader r(all);
    r.skip(6 * 8);
    r.skip((static_cast<int>(r.le(2)) - 8) * 8);
    while (r.bits_left() >= 12 * 8) {
      const ptrdiff_t size = r.le(4);
      r.skip(8 * 8);
      const Bytes unit = r.rest().sub(0, size);
      units.emplace_back(unit.begin(), unit.end());
      r.skip(size * 8);
    }
    return units;
  }
  for (Bytes rest = all; rest.size() > 0;) {
    const uint8_t* start = rest.begin();
    const Obu obu = next_obu(rest);
    if (obu.type == OBU_TEMPORAL_DELIMITER || units.empty()) units.emplace_back();
    units.back().insert(units.back().end(), start, rest.size() > 0 ? rest.begin() : all.end());
  }
  return units;
}

}  // namespace tessera::parser
