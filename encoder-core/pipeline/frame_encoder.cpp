#include "pipeline/frame_encoder.h"

#include <utility>

#include "bitstream/tile_group_writer.h"
#include "block/ref_mv_temporal.h"
#include "filter/cdef_pass.h"
#include "filter/deblock_pass.h"
#include "pipeline/tile_write.h"
#include "search/activity.h"
#include "search/plane_weights.h"
#include "spec/quant_tables.h"

namespace tessera {

template <Pixel P>
void FrameEncoder<P>::Run::make_tile_room(int num_tiles) {
  const size_t n = static_cast<size_t>(num_tiles);
  if (tiles.size() >= n) return;
  tiles.resize(n);
  tile_spans.resize(n);
}

template <Pixel P>
void FrameEncoder<P>::start(FrameJob<P>& job, Done done) {
  Lease<Run> lease = runs_.acquire();
  Run& run = *lease;
  run.encoder = this;
  run.job = &job;
  run.done = done;
  run.self = std::move(lease);
  bind(run);
  filter_source(run);
  find_copies(run);
  find_motion(run);
  run.tries = 0;
  search(run);
}

template <Pixel P>
void FrameEncoder<P>::make_room(const PictureFormat& format, const TileInfo& tiles, int frames) {
  const int num_tiles = tiles.num_tiles();
  std::vector<Lease<CopyMap>> copies;
  for (int i = 0; i < std::min(frames, 2); i++) {  // a key frame may begin while the one before it is still under way
    copies.push_back(copy_maps_.acquire());
    copies.back()->resize(format);
  }
  std::vector<Lease<Run>> runs;
  std::vector<Lease<LaneSearch<P>>> searches;
  for (int i = 0; i < workers_.threads(); i++) searches.push_back(lane_searches_.acquire());
  for (int i = 0; i < frames; i++) {
    runs.push_back(runs_.acquire());
    Run& run = *runs.back();
    for (CoarseMotion& c : run.coarse_room) c.resize(format.width, format.height);
    run.deblock.make_room(format);
    run.cdef.make_room(format.sb_cols() * format.sb_rows());
    run.make_tile_room(num_tiles);
    run.work.prepare(format, tiles);
    run.search.make_room(format, tiles);
    for (int t = 0; t < num_tiles; t++) {
      // Twice its share: a run that has only met leaves must not grow when a base frame comes to it late.
      run.tiles[t].bytes.reserve(2 * usual_frame_bytes(format) / static_cast<size_t>(num_tiles));
      run.tiles[t].context.resize(tile_rect(tiles, t));
    }
  }
}

template <Pixel P>
void FrameEncoder<P>::make_restoration_room(const PictureFormat& format, int frames) {
  std::vector<Lease<Run>> runs;
  for (int i = 0; i < frames; i++) {
    runs.push_back(runs_.acquire());
    runs.back()->restoration.make_room(format);
    runs.back()->stripe_lines.make_room(format);
  }
}

/// Filtered frames stand in one chain of references; a key frame may overlap with what comes before it.
template <Pixel P>
void FrameEncoder<P>::make_filter_room(const PictureFormat& format) {
  std::vector<Lease<TemporalFilter<P>>> filters;
  for (int i = 0; i < std::min(workers_.threads(), 2); i++) {
    filters.push_back(temporal_filters_.acquire());
    filters.back()->make_room(format);
  }
}

template <Pixel P>
void FrameEncoder<P>::make_room(ReferenceFrame<P>& reference, const PictureFormat& format) {
  if (reference.picture.format() == format) return;
  reference.picture.resize(format);
  reference.saved_mvs.resize(format.mi_cols() / 2, format.mi_rows() / 2);
  resize_luma_pyramid(format.width, format.height, reference.pyramid);
}

template <Pixel P>
void FrameEncoder<P>::bind(Run& run) {
  const FrameHeader& h = run.plan().header;
  run.work.prepare(run.job->source->format, h.tile_info);
  run.work.header = h;
  run.work.source = run.job->source;
  for (int p = 0; p < run.work.format.planes(); p++) run.work.source_plane[p] = run.job->source->plane[p];
  run.job->coded->reference = references_.acquire();
  run.work.recon = run.job->coded->reference;
  make_room(*run.work.recon, run.work.format);
  for (int r = LAST_FRAME; r <= ALTREF_FRAME; r++) {
    run.work.refs[r].reset();
    if (!h.frame_is_intra()) run.work.refs[r] = run.job->slots[h.ref_frame_idx[r - LAST_FRAME]]->reference;
  }
}

/// Averages the source with its neighbours, then lets these go.
template <Pixel P>
void FrameEncoder<P>::filter_source(Run& run) {
  if (run.job->neighbours.empty()) return;
  TemporalFilterInput<P> input;
  input.centre = run.job->source.get();
  input.qindex = run.plan().header.quantization.base_q_idx;
  const TemporalFilterSettings& set = run.plan().settings.temporal;
  input.strength = set.strength;
  input.quarters = set.quarters;
  input.coarse = {.range_x = set.reach_x, .range_y = set.reach_y, .close = set.close};
  for (const auto& neighbour : run.job->neighbours) input.neighbours.push_back(neighbour.get());
  run.temporal = temporal_filters_.acquire();
  TemporalFilter<P>& filter = *run.temporal;
  filter.prepare(input, dsp_, pyramid_dsp_.distortion);
  workers_.run_parallel(run.work.format.sb_rows(), [&](int sb_row) { filter.filter_rows(sb_row); });
  for (int p = 0; p < run.work.format.planes(); p++) run.work.source_plane[p] = filter.plane(p);
  for (auto& neighbour : run.job->neighbours) {
    neighbour->readers.fetch_sub(1, std::memory_order_release);
    neighbour.reset();
  }
  run.job->neighbours.clear();
}

/// Forbids copies again where there is little to copy.
template <Pixel P>
void FrameEncoder<P>::find_copies(Run& run) {
  FrameHeader& h = run.plan().header;
  if (!h.allow_intrabc) return;
  run.copies = copy_maps_.acquire();
  run.copies->find(run.work.source_plane[0], run.work.format, h.tile_info);
  if (run.copies->pays()) return;
  run.copies.reset();
  h.allow_intrabc = run.work.header.allow_intrabc = false;
}

/// Vectors from outside the frame: the projected motion field, and coarse ones found on the source pictures.
template <Pixel P>
void FrameEncoder<P>::find_motion(Run& run) {
  if (run.plan().header.frame_is_intra()) return;
  const int rows8 = run.work.motion_field.height();
  if (run.plan().header.use_ref_frame_mvs) {
    MotionSources sources = {};
    for (int r = LAST_FRAME; r <= ALTREF_FRAME; r++) {
      const ReferenceFrame<P>& ref = *run.work.refs[r];
      sources[r] = {&ref.saved_mvs, ref.frame_type, ref.saved_order_hints};
    }
    const MotionFieldProjection projection(run.plan().sequence, run.plan().header, sources);
    workers_.run_parallel(div_ceil(rows8, kMotionFieldBand), [&](int band) {
      projection.project(band * kMotionFieldBand, std::min((band + 1) * kMotionFieldBand, rows8), run.work.motion_field);
    });
  }
  const InterSettings& set = run.plan().settings.inter;
  const PyramidSearchSettings coarse = {.range_x = set.coarse_reach_x, .range_y = set.coarse_reach_y, .close = set.coarse_close};
  const int refs = std::min({set.max_references + set.extra_references, run.plan().num_search_refs, set.coarse_references});
  const LumaPyramid& pyramid = run.work.source->pyramid;
  run.coarse = {};
  run.late = {};
  const int unit_rows = CoarseMotion::div_units(run.work.format.height), bands = div_ceil(unit_rows, kMotionBandUnits);
  const int hint_mask = (1 << run.plan().sequence.order_hint_bits) - 1;
  FixedVector<RefFrame, REFS_PER_FRAME> unknown;
  for (int i = 0; i < refs; i++) {
    const RefFrame r = run.plan().search_refs[i];
    const PictureAnalysis* const analysis = run.job->analysis.get();
    run.coarse[r] = analysis ? analysis->motion_towards(run.plan().header.ref_hint(r), hint_mask) : nullptr;
    if (run.coarse[r]) continue;
    run.coarse_room[r].resize(run.work.format.width, run.work.format.height);
    run.coarse[r] = &run.coarse_room[r];
    if (i < set.max_references) unknown.push_back(r);
    else run.late[r] = LateMotion(pyramid, run.work.refs[r]->pyramid, pyramid_dsp_.distortion, coarse, run.coarse_room[r]);
  }
  workers_.run_parallel(unknown.size() * bands, [&](int i) {
    const RefFrame r = unknown[i / bands];
    const int begin = i % bands * kMotionBandUnits;
    search_pyramid(pyramid, run.work.refs[r]->pyramid, pyramid_dsp_.distortion, coarse,
                   run.coarse_room[r].rows(begin, std::min(begin + kMotionBandUnits, unit_rows)), run.coarse_room[r]);
  });
}

template <Pixel P>
void FrameEncoder<P>::search(Run& run) {
  const FrameHeader& h = run.plan().header;
  FrameSearch<P>& search = run.search;
  if (h.primary_ref_frame == PRIMARY_REF_NONE) init_default(search.start.cdfs, h.quantization.base_q_idx);
  else load_cdfs(search.start.cdfs, run.job->slots[h.ref_frame_idx[h.primary_ref_frame]]->reference->cdfs);
  run.ref_mv_frame.emplace(run.plan().sequence, h, run.work.blocks, &run.work.motion_field);
  run.make_tile_room(h.tile_info.num_tiles());
  search.make_room(run.work.format, h.tile_info);
  search.plan = &run.plan();
  search.frame = &run.work;
  search.ref_mv_frame = &*run.ref_mv_frame;
  search.coarse = &run.coarse;
  search.late = &run.late;
  search.copies = run.copies.get();
  run.work.weights = plane_weights(dsp_, run.work, workers_);
  const ActivitySettings& activity = run.plan().settings.activity;
  scale_by_activity(dsp_, run.plan().pyramid_layer == 0 ? activity.base_strength : activity.inner_strength, run.work, workers_);
  search.prepare([&](int tile) -> BlockContext& { return run.tiles[static_cast<size_t>(tile)].context; });
  search.order.start(workers_, run.job->group, [](void* context, int) {
    Run& r = *static_cast<Run*>(context);
    r.encoder->search_lanes(r);
  }, &run);
}

/// One of the jobs that decide the frame's superblocks between them.
template <Pixel P>
void FrameEncoder<P>::search_lanes(Run& run) {
  Wavefront::Turn turn = run.search.order.take();
  if (turn) {
    const Lease<LaneSearch<P>> memory = lane_searches_.acquire();
    while (turn) {
      memory->run(run.search, dsp_, turn);
      turn = run.search.order.take(turn.row);
    }
  }
  if (turn.last) filter_and_write(run);
}

template <Pixel P>
void FrameEncoder<P>::filter_and_write(Run& run) {
  deblock_and_choose_cdef(run);
  if (may_restore(run)) {
    run.stripe_lines.save(run.work);
    apply_cdef(run);
    choose_restoration(run.work, run.plan(), dsp_, run.stripe_lines, run.search.start.cdfs, workers_, run.restoration);
  }
  const int tiles = run.work.header.tile_info.num_tiles();
  run.parts_left.store(tiles + 1, std::memory_order_relaxed);
  workers_.submit(run.job->group, [](void* context, int tile) {
    Run& r = *static_cast<Run*>(context);
    r.encoder->write_one(r, tile);
    r.encoder->end_part(r);
  }, &run, 0, tiles);
  finish_picture(run);
  end_part(run);
}

/// After this, the run belongs to whoever ended the last part.
template <Pixel P>
void FrameEncoder<P>::end_part(Run& run) {
  if (run.parts_left.fetch_sub(1, std::memory_order_acq_rel) == 1) accept(run);
}

/// Deblocking, then CDEF, each chosen on what the one before left. Without restoration the tiles can be written from then on.
template <Pixel P>
void FrameEncoder<P>::deblock_and_choose_cdef(Run& run) {
  FrameWork<P>& work = run.work;
  const int mi_rows = work.format.mi_rows(), sb_rows = work.format.sb_rows();
  const bool lossy = !work.header.coded_lossless;
  if (lossy && !work.header.allow_intrabc) workers_.run_parallel(sb_rows, [&](int sb_row) { find_deblock_edges(work, sb_row); });
  if (lossy) choose_deblock(work, run.plan(), dsp_, workers_, run.deblock);
  if (lossy && deblocks(work.header))
    for (DeblockPass pass : {DEBLOCK_VERTICAL_EDGES, DEBLOCK_HORIZONTAL_EDGES})
      workers_.run_parallel(sb_rows, [&](int sb_row) {
        deblock_rows(work, dsp_, pass, sb_row * kSbMi, std::min((sb_row + 1) * kSbMi, mi_rows));
      });
  work.cdef_idx.fill(-1);
  if (allows_cdef(run.plan().sequence, work.header)) choose_cdef(work, run.plan(), dsp_, workers_, run.cdef);
}

template <Pixel P>
bool FrameEncoder<P>::may_restore(Run& run) {
  return run.plan().settings.filter.restoration.any() && allows_restoration(run.plan().sequence, run.work.header);
}

template <Pixel P>
void FrameEncoder<P>::apply_cdef(Run& run) {
  FrameWork<P>& work = run.work;
  if (!allows_cdef(run.plan().sequence, work.header)) return;
  run.cdef_lines.save(work);
  workers_.run_parallel(work.format.sb_rows(), [&](int sb_row) { cdef_rows(work, dsp_, run.cdef_lines, sb_row, sb_row + 1); });
}

/// Where the frame may be restored, its units were chosen after CDEF.
template <Pixel P>
void FrameEncoder<P>::finish_picture(Run& run) {
  FrameWork<P>& work = run.work;
  if (!may_restore(run)) apply_cdef(run);
  if (work.header.lr.uses_lr())
    workers_.run_parallel(num_stripes(work.format), [&](int stripe) { restore_stripe(work, dsp_, run.stripe_lines, stripe); });
  work.recon->picture.extend_edges();
}

/// Against what was taken in, not against the source that the temporal filter made of it.
template <Pixel P>
void FrameEncoder<P>::measure(Run& run) {
  constexpr int kBandRows = 64;
  const PictureFormat& format = run.work.format;
  for (int p = 0; p < format.planes(); p++) {
    const PlaneView<const P> source = run.job->source->plane[p], recon = run.work.recon->picture.plane(p);
    const int width = format.plane_width(p), height = format.plane_height(p);
    std::atomic<uint64_t> total = 0;
    workers_.run_parallel(div_ceil(height, kBandRows), [&](int band) {
      uint64_t sum = 0;
      for (int y = band * kBandRows; y < std::min((band + 1) * kBandRows, height); y++) {
        const P* a = source.ptr(0, y);
        const P* b = recon.ptr(0, y);
        for (int x = 0; x < width; x++) sum += static_cast<uint64_t>((a[x] - b[x]) * (a[x] - b[x]));
      }
      total += sum;
    });
    run.job->coded->squared_error[p] = total;
  }
}

template <Pixel P>
void FrameEncoder<P>::write_one(Run& run, int tile) {
  typename Run::Tile& t = run.tiles[tile];
  t.cdfs = run.search.start.cdfs;
  write_tile<P>({run.plan(), run.work, dsp_, tile}, t.cdfs, t.context, t.bytes);
}

template <Pixel P>
void FrameEncoder<P>::accept(Run& run) {
  if (coarsen(run)) {
    search(run);
    return;
  }
  if (compute_error_) measure(run);
  finish(run);
}

/// Whether the frame took more than it may and is to be coded again: with a larger step, or, where that has reached its
/// limit, with bits worth more.
template <Pixel P>
bool FrameEncoder<P>::coarsen(Run& run) {
  constexpr int kMostTries = 5;
  constexpr double kHeaderBits = 320, kSpare = 1.05, kDearer = 6;
  FramePlan& plan = run.plan();
  if (plan.max_bits == 0 || run.tries++ == kMostTries || run.work.header.coded_lossless) return false;
  double bits = kHeaderBits;
  for (int t = 0; t < plan.header.tile_info.num_tiles(); t++) bits += 8.0 * static_cast<double>(run.tiles[t].bytes.size());
  const double over = bits / static_cast<double>(plan.max_bits);
  if (over <= 1) return false;
  uint8_t& q = plan.header.quantization.base_q_idx;
  const int depth = plan.sequence.color_config.bit_depth, before = q;
  if (before < plan.max_qindex) {
    const double step = ac_q(before, depth) * over * kSpare;
    while (q < plan.max_qindex && (ac_q(q, depth) < step || q == before)) q++;
    const double change = static_cast<double>(dc_q(q, depth)) / dc_q(before, depth);
    plan.lambda *= change * change;
  } else {
    plan.lambda *= kDearer;
  }
  run.work.header = plan.header;
  run.job->base_q_idx = q;
  return true;
}

/// Header and tiles into one OBU; what later frames need into the reference.
template <Pixel P>
void FrameEncoder<P>::finish(Run& run) {
  FrameHeader& h = run.work.header;
  const int tiles = h.tile_info.num_tiles();
  for (int t = 0; t < tiles; t++) run.tile_spans[t] = run.tiles[t].bytes.span();
  const Span<const Span<const uint8_t>> spans(run.tile_spans.data(), tiles);
  h.tile_info.tile_size_bytes = choose_tile_size_bytes(spans);
  const PreviousFrameParams previous;
  run.job->obu.clear();
  const ObuExtension ext = {.present = run.plan().sequence.operating_points_cnt_minus_1 > 0, .temporal_id = run.plan().temporal_id};
  write_frame_obu(run.job->obu, h, {.seq = run.plan().sequence, .previous = previous, .ext = ext}, spans);

  ReferenceFrame<P>& ref = *run.work.recon;
  ref.cdfs = h.disable_frame_end_update_cdf ? run.search.start.cdfs : run.tiles[h.tile_info.context_update_tile_id].cdfs;
  reset_counters(ref.cdfs);
  save_motion_vectors(run.plan().sequence, h, run.work.blocks, 0, ref.saved_mvs.height(), ref.saved_mvs);
  ref.frame_type = h.frame_type;
  ref.showable = h.showable_frame;
  ref.order_hint = h.order_hint;
  for (int r = LAST_FRAME; r <= ALTREF_FRAME; r++)
    ref.saved_order_hints[r] = h.frame_is_intra() ? 0 : static_cast<uint8_t>(h.ref_hint(r));
  ref.loop_filter = h.loop_filter;
  ref.base_q_idx = h.quantization.base_q_idx;
  std::swap(ref.pyramid, run.work.source->pyramid);
  run.work.source->release_samples();
  run.work.source.reset();
  run.job->source.reset();
  run.job->analysis.reset();
  run.work.recon.reset();
  for (auto& r : run.work.refs) r.reset();
  run.job->stats.bits = 8 * run.job->obu.size();
  run.job->stats.base_q_idx = h.quantization.base_q_idx;
  run.temporal.reset();
  run.copies.reset();

  FrameJob<P>& job = *run.job;
  const Done done = run.done;
  Lease<Run> self = std::move(run.self);
  self.reset();
  done(job);
}

template class FrameEncoder<uint8_t>;
template class FrameEncoder<uint16_t>;

}  // namespace tessera
