// The door: one Encoder turns a sequence of pictures into temporal units. All calls come from one thread at a
// time; the encoder has worker threads of its own.
#pragma once

#include <memory>
#include <vector>

#include "api/config.h"
#include "api/packet.h"
#include "base/status.h"

namespace tessera {

/// What a container or a caps string needs to know of the stream.
struct StreamInfo {
  int profile = 0;                            ///< 0 main, 1 high, 2 professional
  int level_idx = 0;                          ///< seq_level_idx: 0 is 2.0, 1 is 2.1, ... 31 is "maximum parameters"
  int tier = 0;                               ///< 0 main, 1 high
  std::vector<uint8_t> sequence_header_obu;   ///< with its OBU header and size
  std::vector<uint8_t> av1c;                  ///< AV1CodecConfigurationRecord, sequence header included
};

class Encoder {
 public:
  /// Checks every field; kInvalidArgument names the first that is wrong and what is allowed.
  static Status create(const EncoderConfig& config, std::unique_ptr<Encoder>* out);
  virtual ~Encoder() = default;

  virtual const StreamInfo& stream_info() const = 0;
  /// Frames that may be inside before the first packet comes out.
  virtual int max_delay_frames() const = 0;

  /// Takes a picture. On an error the picture is released at once and nothing changed.
  virtual Status send_frame(const InputFrame& frame) = 0;
  /// kOk and a packet, kNeedMoreInput, or kEndOfStream after finish(). Waits for work under way as needed: in
  /// realtime use it returns the packet of the frame just sent.
  virtual Status receive_packet(Packet* packet) = 0;
  virtual void recycle(Packet* packet) = 0;
  /// No more pictures: receive_packet() drains what is inside. send_frame() works again after reset().
  virtual void finish() = 0;
  /// Drops everything inside, releases all pictures; the next picture starts with a key frame.
  virtual void reset() = 0;
  /// From the next picture taken on.
  virtual Status reconfigure(const RuntimeSettings& settings) = 0;
};

}  // namespace tessera
