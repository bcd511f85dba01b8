#include "av1enc_output.h"

#include "av1enc_state.h"

GST_DEBUG_CATEGORY_EXTERN(tessera_debug);
#define GST_CAT_DEFAULT tessera_debug

namespace tessera::gst {
namespace {

/// Bytes `begin` to `end` of the packet into the frame's output buffer.
GstFlowReturn fill_output(GstVideoEncoder* self, GstVideoCodecFrame* frame, const Packet& packet, size_t begin, size_t end) {
  const GstFlowReturn flow = gst_video_encoder_allocate_output_frame(self, frame, end - begin);
  if (flow != GST_FLOW_OK) return flow;
  GstBuffer* buffer = frame->output_buffer;
  gst_buffer_fill(buffer, 0, packet.data + begin, end - begin);
  if (begin == 0 && packet.has_sequence_header) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_HEADER);
  if (packet.droppable) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DROPPABLE);
  if (end == packet.size) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_MARKER);
  return GST_FLOW_OK;
}

/// The hidden frames of a unit, each in a buffer of its own, when downstream takes single frames.
GstFlowReturn push_hidden_frames(GstVideoEncoder* self, GstVideoCodecFrame* frame, const Packet& packet) {
  for (int i = 0; i + 1 < packet.num_frames; i++) {
    GstFlowReturn flow = fill_output(self, frame, packet, i ? packet.frame_end[i - 1] : 0, packet.frame_end[i]);
    if (flow == GST_FLOW_OK) flow = gst_video_encoder_finish_subframe(self, frame);
    if (flow != GST_FLOW_OK) return flow;
  }
  return GST_FLOW_OK;
}

GstFlowReturn push_packet(GstVideoEncoder* self, const Packet& packet) {
  ElementState& state = state_of(self);
  GstVideoCodecFrame* frame = gst_video_encoder_get_frame(self, int(packet.frame_id));
  if (!frame) {
    GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("A packet came for a frame that is not there."),
                      ("frame %" G_GUINT64_FORMAT, packet.frame_id));
    return GST_FLOW_ERROR;
  }
  drop_frames_before(self, frame);
  const FrameStatistics statistics = frame_statistics(packet, state.config);
  GST_OBJECT_LOCK(self);
  state.statistics.add(statistics);
  GST_OBJECT_UNLOCK(self);

  if (packet.key_frame) GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
  frame->dts = frame->pts;
  size_t begin = 0;
  GstFlowReturn flow = GST_FLOW_OK;
  if (state.alignment == Alignment::kFrame && packet.num_frames > 1) {
    flow = push_hidden_frames(self, frame, packet);
    begin = packet.frame_end[packet.num_frames - 2];
  }
  if (flow == GST_FLOW_OK) flow = fill_output(self, frame, packet, begin, packet.size);
  if (flow != GST_FLOW_OK) {
    gst_clear_buffer(&frame->output_buffer);
    gst_video_encoder_finish_frame(self, frame);
    return flow;
  }
  attach_statistics(frame->output_buffer, statistics);
  GST_LOG_OBJECT(self, "frame %u: %" G_GSIZE_FORMAT " bytes, q %u%s", frame->system_frame_number, packet.size,
                 packet.base_q_idx, packet.key_frame ? ", key" : "");
  return gst_video_encoder_finish_frame(self, frame);
}

}  // namespace

void drop_frames_before(GstVideoEncoder* self, GstVideoCodecFrame* next) {
  while (GstVideoCodecFrame* oldest = gst_video_encoder_get_oldest_frame(self)) {
    if (oldest == next) {
      gst_video_codec_frame_unref(oldest);
      return;
    }
    GST_DEBUG_OBJECT(self, "frame %u was dropped", oldest->system_frame_number);
    GST_OBJECT_LOCK(self);
    state_of(self).statistics.drop();
    GST_OBJECT_UNLOCK(self);
    gst_video_encoder_finish_frame(self, oldest);
  }
}

GstFlowReturn push_packets(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  while (true) {
    Packet packet;
    const Status status = state.encoder->receive_packet(&packet);
    if (status.code() == StatusCode::kNeedMoreInput || status.code() == StatusCode::kEndOfStream)
      return GST_FLOW_OK;
    if (!status.ok()) {
      GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("Encoding failed: %s.", status.message().c_str()), (nullptr));
      return GST_FLOW_ERROR;
    }
    const GstFlowReturn flow = push_packet(self, packet);
    state.encoder->recycle(&packet);
    if (flow != GST_FLOW_OK) return flow;
  }
}

}  // namespace tessera::gst
