// Reusable objects that are dear to make (pictures, frame work): shared by counted leases, returned to the pool
// by the last of them, from any thread. Once the pool has grown to what is needed at a time it allocates no more.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tessera {

template <class T>
class Pool;

/// A counted share of a pooled object; copies share it, an empty one is false.
template <class T>
class Lease {
 public:
  Lease() = default;
  Lease(const Lease& other) : slot_(other.slot_) {
    if (slot_) slot_->leases.fetch_add(1, std::memory_order_relaxed);
  }
  Lease(Lease&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  Lease& operator=(Lease other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~Lease() { reset(); }

  void reset() {
    auto* slot = std::exchange(slot_, nullptr);
    if (slot && slot->leases.fetch_sub(1, std::memory_order_acq_rel) == 1) slot->pool->take_back(slot);
  }
  T* get() const { return slot_ ? &slot_->object : nullptr; }
  T& operator*() const { return slot_->object; }
  T* operator->() const { return &slot_->object; }
  explicit operator bool() const { return slot_ != nullptr; }
  bool operator==(const Lease& other) const { return slot_ == other.slot_; }

 private:
  friend class Pool<T>;
  explicit Lease(typename Pool<T>::Slot* slot) : slot_(slot) {}
  typename Pool<T>::Slot* slot_ = nullptr;
};

/// Outlives its leases. A T with a member retire() gets it called when its last lease ends.
template <class T>
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  ~Pool() { check(free_.size() == slots_.size(), "a lease outlives its pool"); }

  /// A free object as its last user left it, or a new default-made one.
  Lease<T> acquire() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      free_.reserve(slots_.size() + 1);  // so that take_back() cannot fail
      slots_.push_back(std::make_unique<Slot>(this));
      free_.push_back(slots_.back().get());
    }
    Slot* slot = free_.back();
    free_.pop_back();
    slot->leases.store(1, std::memory_order_relaxed);
    return Lease<T>(slot);
  }
  /// Objects made so far, free or leased.
  int size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(slots_.size());
  }

 private:
  friend class Lease<T>;
  struct Slot {
    explicit Slot(Pool* p) : pool(p) {}
    Pool* pool;
    std::atomic<int> leases{0};
    T object{};
  };
  void take_back(Slot* slot) {
    if constexpr (requires { slot->object.retire(); }) slot->object.retire();
    const std::lock_guard lock(mutex_);
    free_.push_back(slot);
  }

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
};

}  // namespace tessera
