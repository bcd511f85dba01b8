// A sequence of pictures in, temporal units out: waits for enough pictures to plan, schedules their frames, and packs
// what is done in display order.
#pragma once

#include "base/ring.h"
#include "control/frame_planner.h"
#include "control/rate_control.h"
#include "control/repeat_detector.h"
#include "control/scene_cut.h"
#include "pipeline/packetizer.h"
#include "pipeline/task_schedule.h"

namespace tessera {

/// What of the configuration the pipeline works by.
struct SequenceSettings {
  SequencePlan plan;
  int threads = 1;
  int lookahead = 0;          ///< pictures waited for before a mini-GOP is planned; 0: each is coded at once
  int beyond = 0;             ///< pictures after it that may be waited for besides, for the temporal filter
  bool scene_cuts = true;     ///< key frames where the picture changes
  uint32_t cpu_flags = 0;
  bool keep_reconstruction = false;
  bool compute_error = false;  ///< squared error of each picture against its source
  MetadataSettings metadata;
  RateSettings rate;
  bool first_pass = false;    ///< statistics() collects what a second pass wants to know
};

/// What may change before any picture.
struct SequenceTuning {
  FrameChoices choices;
  int keyframe_max_dist = 240;  ///< frames; 0: no limit
  int64_t keyframe_max_ns = 0;  ///< presentation time; 0: no limit
  double bits_per_second = 0;   ///< the target of rate control, where there is one
};

template <Pixel P>
class SequenceEncoder {
 public:
  SequenceEncoder(const SequenceSettings& settings, const SequenceTuning& tuning);
  ~SequenceEncoder();

  void tune(const SequenceTuning& tuning) { tuning_ = tuning; }
  void send(const InputFrame& frame);
  void finish();
  void reset();
  /// The next temporal unit; false when there is none yet. `drained`: none will come before reset().
  bool receive(Packet* packet, bool* drained);
  void recycle(Packet* packet) { packetizer_.recycle(packet); }
  int max_delay() const;
  const PassStatistics& statistics() const { return statistics_; }

 private:
  using Slots = Array<Lease<CodedFrame<P>>, NUM_REF_FRAMES>;
  struct Waiting {
    Lease<SourceFrame<P>> source;
    Lease<PictureAnalysis> analysis;  ///< once its mini-GOP is analysed
    bool key = false;          ///< starts a new coded video sequence
    bool cut = false;          ///< the picture before is of another scene
    int temporal_id = 0;
    uint64_t frame_id = 0;     ///< the caller's; outlives the source's hand-over to a job
    Lease<ByteVector> metadata;  ///< the picture's own OBUs, if any: for the step that shows it
    FrameChoices choices;
    RatePicture rate;          ///< with rate control
  };
  /// A frame whose size rate control was not told yet.
  struct Unmeasured {
    FrameJob<P>* job = nullptr;  ///< null: packed already
    FrameStats stats;
  };

  void make_room();
  bool keeps_shown() const { return settings_.keep_reconstruction || settings_.compute_error; }
  void decide_key(Waiting& picture);
  void look_for_repeats(Waiting& picture);
  void take_regions(const InputFrame& frame, SourceFrame<P>& source);
  void take_metadata(const FrameMetadata& metadata, Waiting& picture);
  RateTarget rate_target() const;
  bool expects(int index, int count);
  void plan_ready();
  int mini_gop_length(int index) const;
  int analysed_length() const;
  void analyse(bool key);
  bool ends_after(int index) const;
  void plan_mini_gop(int length);
  /// One frame that is a group of its own.
  void plan_single(const GopStep& step);
  float step_change(const GopStep& step, int index) const;
  RateStep rate_step(const GopStep& step, int index);
  void measure(bool first_of_group, bool last_group);
  struct Rehearsal;
  void rehearse();
  void plan_rehearsal(Rehearsal& next);
  bool begins_harder_scene(Rehearsal& next);
  void try_frames(Rehearsal& next, int leaf, int count);
  void learn(const Rehearsal& next, int known);
  FrameStats rehearse_frame(const GopStep& step, int index, int leaf_qindex, Slots& slots);
  void prepare(FrameJob<P>& job, const GopStep& step, int index, Slots& slots);
  void record(const FrameJob<P>& job);
  void schedule(const GopStep& step, int index);
  void add_neighbours(FrameJob<P>& job, int index, int before, int after);
  void schedule_show_existing(const GopStep& step, Waiting& picture);
  bool pack(Packet* packet);

  SequenceSettings settings_;
  SequenceTuning tuning_;
  const size_t backlog_;             ///< steps that receive() leaves to the threads
  DspTable<P> dsp_;
  DspTable<uint8_t> pyramid_dsp_;
  // Pools before what holds their leases.
  Pool<SourceFrame<P>> sources_;
  Pool<ReferenceFrame<P>> references_;
  Pool<PictureAnalysis> analyses_;
  Pool<CodedFrame<P>> coded_frames_;
  Pool<ByteVector> metadata_;
  Pool<FrameJob<P>> jobs_;
  WorkerPool workers_;
  FrameEncoder<P> encoder_;
  Lookahead lookahead_;
  FramePlanner planner_, rehearsal_planner_;
  SceneCutDetector scene_cut_;
  RepeatDetector repeats_;
  Packetizer<P> packetizer_;
  Slots slots_;
  Ring<Waiting> waiting_;            ///< display order
  Ring<Lease<FrameJob<P>>> coding_;  ///< coding order, not packed yet
  TaskSchedule<P> schedule_;
  RateControl rate_;
  Ring<Unmeasured> unmeasured_;      ///< coding order
  PassStatistics statistics_;
  double last_time_ = 0;             ///< of the picture taken last, with rate control or in a first pass
  uint64_t first_display_ = 0;       ///< of the first picture since the last reset
  bool last_group_ = false;          ///< nothing is waiting behind the group being planned, nor comes
  uint64_t next_coded_ = 0;          ///< coding order of the next frame planned
  uint64_t next_display_ = 0;              ///< of the next picture taken
  uint64_t sequence_start_ = 0;            ///< display index of the last key frame planned
  uint64_t last_key_ = 0;                  ///< display index of the last key frame decided
  int64_t last_key_ns_ = -1;               ///< its presentation time; -1: unknown
  bool finished_ = false;
};

extern template class SequenceEncoder<uint8_t>;
extern template class SequenceEncoder<uint16_t>;

}  // namespace tessera
