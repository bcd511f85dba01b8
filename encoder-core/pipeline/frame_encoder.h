// One frame's journey: decide -> filter -> write. Each step ends by queueing the next, so that no thread waits for the
// last tile of one frame while there are tiles of another.
#pragma once

#include <optional>

#include "base/worker_pool.h"
#include "pipeline/frame_job.h"
#include "filter/cdef_pass.h"
#include "pipeline/lane_search.h"
#include "search/cdef_search.h"
#include "search/deblock_search.h"
#include "search/restoration_search.h"

namespace tessera {

template <Pixel P>
class FrameEncoder {
 public:
  /// `references`: where reconstructions come from. `compute_error`: coded frames get their squared error.
  FrameEncoder(WorkerPool& workers, Pool<ReferenceFrame<P>>& references, const DspTable<P>& dsp, const DspTable<uint8_t>& pyramid_dsp,
               bool compute_error)
      : workers_(workers), references_(references), dsp_(dsp), pyramid_dsp_(pyramid_dsp), compute_error_(compute_error) {}

  using Done = void (*)(FrameJob<P>& job);
  /// Begins to code the job's frame from its source into its reconstruction and OBU; the rest is queued as part of
  /// job.group, and the last of it calls `done`. References must be complete. Called inside a job, for as many frames
  /// side by side as there are threads.
  void start(FrameJob<P>& job, Done done);
  /// Makes beforehand what `frames` frames under way at a time need.
  void make_room(const PictureFormat& format, const TileInfo& tiles, int frames);
  void make_restoration_room(const PictureFormat& format, int frames);
  void make_filter_room(const PictureFormat& format);
  static void make_room(ReferenceFrame<P>& reference, const PictureFormat& format);

 private:
  /// One frame under way: its memory, reused from frame to frame, and what its steps share.
  struct Run {
    FrameWork<P> work;
    Array<CoarseMotion, TOTAL_REFS_PER_FRAME> coarse_room;
    DeblockTrial<P> deblock;
    CdefTrial cdef;
    CdefLines<P> cdef_lines;
    RestorationTrial restoration;
    StripeLines<P> stripe_lines;
    FrameSearch<P> search;
    struct Tile {
      ByteBuffer bytes;
      CdfContext cdfs;
      BlockContext context;
    };
    std::vector<Tile> tiles;
    std::vector<Span<const uint8_t>> tile_spans;

    FrameEncoder* encoder = nullptr;
    FrameJob<P>* job = nullptr;
    Done done = nullptr;
    Lease<Run> self;                           ///< until the frame is done
    Lease<TemporalFilter<P>> temporal;         ///< owner of the filtered source, if there is one
    CoarseMotions coarse = {};
    LateMotions late = {};
    Lease<CopyMap> copies;                     ///< of the source, where copies are allowed
    std::optional<RefMvFrame> ref_mv_frame;
    std::atomic<int> parts_left = 0;           ///< tiles to write, and the picture to finish
    int tries = 0;                             ///< that were too large

    FramePlan& plan() { return job->plan; }
    void make_tile_room(int num_tiles);
  };

  void bind(Run& run);
  void filter_source(Run& run);
  void find_copies(Run& run);
  void find_motion(Run& run);
  void search(Run& run);
  void search_lanes(Run& run);
  void filter_and_write(Run& run);
  void deblock_and_choose_cdef(Run& run);
  bool may_restore(Run& run);
  void apply_cdef(Run& run);
  void finish_picture(Run& run);
  void end_part(Run& run);
  void measure(Run& run);
  void write_one(Run& run, int tile);
  void accept(Run& run);
  bool coarsen(Run& run);
  void finish(Run& run);

  WorkerPool& workers_;
  Pool<ReferenceFrame<P>>& references_;
  const DspTable<P>& dsp_;
  const DspTable<uint8_t>& pyramid_dsp_;
  const bool compute_error_;
  Pool<LaneSearch<P>> lane_searches_;
  Pool<TemporalFilter<P>> temporal_filters_;
  Pool<CopyMap> copy_maps_;
  Pool<Run> runs_;
};

extern template class FrameEncoder<uint8_t>;
extern template class FrameEncoder<uint16_t>;

}  // namespace tessera
