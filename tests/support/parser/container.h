// Where temporal units come from: IVF files and section 5 ("low overhead") streams.
#pragma once

#include <string>
#include <vector>

#include "spec/enums.h"
#include "tests/support/parser/bit_reader.h"

namespace tessera::parser {

std::vector<uint8_t> read_file(const std::string& path);

/// The temporal units of a file, IVF by its signature, else a stream of OBUs cut at temporal delimiters.
std::vector<std::vector<uint8_t>> read_temporal_units(const std::string& path);

struct Obu {
  ObuType type = OBU_PADDING;
  bool has_extension = false;
  int temporal_id = 0, spatial_id = 0;
  Bytes payload;
};

/// spec 5.3.1: takes one OBU off the front of `data`.
Obu next_obu(Bytes& data);

}  // namespace tessera::parser
