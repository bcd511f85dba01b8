// Sinks that count or adapt instead of writing. Counts are in 1/512 bit.
#pragma once

#include "entropy/cdf_adapt.h"
#include "entropy/cdf_journal.h"
#include "entropy/cost_tables.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// Counts exactly: adapts the CDFs as the range coder will, through a journal, so that a trial can take it
/// back.
class CostCounter {
 public:
  CostCounter(CdfContext& context, CdfJournal& journal) : context_(&context), journal_(&journal) {}

  template <int N>
  void symbol(Cdf<N>& cdf, int value) {
    check(value >= 0 && value < N, "symbol outside its alphabet");
    bits_ += symbol_cost(cdf, value);
#ifdef TESSERA_SYMBOL_TRACE
    journal_->trace.symbol(cdf_offset(*context_, cdf), value);
#endif
#ifndef TESSERA_CDF_FULL_COPY
    journal_->push(*context_, cdf);
#endif
    adapt_cdf(cdf, value);
  }
  void boolean(uint16_t word, int bit) { bits_ += boolean_cost(word, bit); }
  void boolean_equiprobable(int) { bits_ += kCostOneBit; }
  void literal(uint32_t, int bits) { bits_ += static_cast<uint64_t>(bits) * kCostOneBit; }

  uint64_t bits512() const { return bits_; }
  /// For a checkpoint's owner: sets the count.
  void reset(uint64_t bits512 = 0) { bits_ = bits512; }

 private:
  CdfContext* context_;
  CdfJournal* journal_;
  uint64_t bits_ = 0;
};
static_assert(SymbolSink<CostCounter>);

/// Counts nothing: what it is given leaves its mark on the CDFs.
class CdfAdapter {
 public:
  template <int N>
  void symbol(Cdf<N>& cdf, int value) {
    check(value >= 0 && value < N, "symbol outside its alphabet");
    adapt_cdf(cdf, value);
  }
  void boolean(uint16_t, int) {}
  void boolean_equiprobable(int) {}
  void literal(uint32_t, int) {}
};
static_assert(SymbolSink<CdfAdapter>);

/// Counts with frozen tables, adapting nothing. The CDFs that are passed only say which table is meant.
class FrozenCostCounter {
 public:
  FrozenCostCounter(const CdfContext& context, const CostTables& tables)
      : context_(&context), tables_(&tables) {}

  template <int N>
  void symbol(const Cdf<N>& cdf, int value) {
    check(value >= 0 && value < N, "symbol outside its alphabet");
    bits_ += costs_of(*tables_, *context_, cdf)[value];
  }
  void boolean(uint16_t word, int bit) { bits_ += boolean_cost(word, bit); }
  void boolean_equiprobable(int) { bits_ += kCostOneBit; }
  void literal(uint32_t, int bits) { bits_ += static_cast<uint64_t>(bits) * kCostOneBit; }

  /// What symbol() adds, by value; and what was summed from that elsewhere.
  template <int N>
  const uint16_t* costs(const Cdf<N>& cdf) const {
    return costs_of(*tables_, *context_, cdf);
  }
  void add(uint64_t bits512) { bits_ += bits512; }

  uint64_t bits512() const { return bits_; }
  void reset(uint64_t bits512 = 0) { bits_ = bits512; }

 private:
  const CdfContext* context_;
  const CostTables* tables_;
  uint64_t bits_ = 0;
};
static_assert(SymbolSink<FrozenCostCounter>);

}  // namespace tessera
