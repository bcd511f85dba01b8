// One frame's journey: decide -> filter -> write.
#pragma once

#include "base/worker_pool.h"
#include "pipeline/frame_job.h"
#include "filter/cdef_pass.h"
#include "pipeline/tile_search.h"
#include "search/cdef_search.h"
#include "search/deblock_search.h"

namespace tessera {

template <Pixel P>
class FrameEncoder {
 public:
  /// `references`: where reconstructions come from. `compute_error`: coded frames get their squared error.
  FrameEncoder(WorkerPool& workers, Pool<ReferenceFrame<P>>& references, const DspTable<P>& dsp, const DspTable<uint8_t>& pyramid_dsp,
               bool compute_error)
      : workers_(workers), references_(references), dsp_(dsp), pyramid_dsp_(pyramid_dsp), compute_error_(compute_error) {}

  /// Codes the job's frame from its source into its reconstruction and OBU. Its references must be complete. May run
  /// for several jobs at a time.
  void encode(FrameJob<P>& job);
  /// Makes beforehand what as many frames as there are threads need at a time.
  void make_room(const PictureFormat& format, const TileInfo& tiles);
  void make_filter_room(const PictureFormat& format);
  static void make_room(ReferenceFrame<P>& reference, const PictureFormat& format);

 private:
  struct Run;
  void bind(Run& run);
  void filter_source(Run& run);
  void find_motion(Run& run);
  void search_tiles(Run& run);
  void filter(Run& run);
  void write_tiles(Run& run);
  void measure(Run& run);
  bool coarsen(Run& run, int tries);
  void finish(Run& run);

  WorkerPool& workers_;
  Pool<ReferenceFrame<P>>& references_;
  const DspTable<P>& dsp_;
  const DspTable<uint8_t>& pyramid_dsp_;
  const bool compute_error_;
  Pool<TileSearch<P>> tile_searches_;
  struct FrameMemory {
    Array<CoarseMotion, TOTAL_REFS_PER_FRAME> coarse;
    DeblockTrial<P> deblock;
    CdefTrial cdef;
    CdefLines<P> cdef_lines;
    std::vector<ByteBuffer> tile_bytes;
    std::vector<CdfContext> tile_cdfs;
    std::vector<BlockContext> tile_contexts;
    std::vector<Span<const uint8_t>> tile_spans;

    void make_tile_room(int tiles) {
      const size_t n = static_cast<size_t>(tiles);
      if (tile_cdfs.size() >= n) return;
      tile_bytes.resize(n);
      tile_cdfs.resize(n);
      tile_contexts.resize(n);
      tile_spans.resize(n);
    }
  };
  Pool<FrameMemory> frame_memory_;
  Pool<FrameWork<P>> frame_works_;
  Pool<TemporalFilter<P>> temporal_filters_;
};

extern template class FrameEncoder<uint8_t>;
extern template class FrameEncoder<uint16_t>;

}  // namespace tessera
