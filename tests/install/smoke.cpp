// A program of somebody else: encodes three grey pictures.
#include <api/encoder.h>

#include <cstdio>
#include <vector>

int main() {
  tessera::EncoderConfig config;
  config.width = config.height = 64;
  config.fps_numerator = 25;
  config.usage_profile = tessera::UsageProfile::kRealtime;
  std::unique_ptr<tessera::Encoder> encoder;
  if (tessera::Status status = tessera::Encoder::create(config, &encoder); !status.ok()) {
    fprintf(stderr, "%s\n", status.message().c_str());
    return 1;
  }
  const std::vector<uint8_t> samples(64 * 64, 128);
  for (uint64_t i = 0; i < 3; i++) {
    tessera::InputFrame frame;
    for (int p = 0; p < 3; p++) {
      frame.plane[p] = samples.data();
      frame.stride_bytes[p] = p ? 32 : 64;
    }
    frame.frame_id = i;
    tessera::Packet packet;
    if (!encoder->send_frame(frame).ok() || !encoder->receive_packet(&packet).ok() || packet.size == 0) return 1;
    encoder->recycle(&packet);
  }
  return 0;
}
