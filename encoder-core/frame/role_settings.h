// How hard the search looks at a picture by what it is to the others: few are what all later ones are predicted from,
// and half of them nothing is predicted from.
#pragma once

#include "base/array.h"
#include "frame/search_settings.h"

namespace tessera {

enum class FrameRole : uint8_t {
  kKey,
  kBase,   ///< layer 0 of the pyramid
  kInner,  ///< layers 1 and 2
  kOuter,  ///< layer 3
  kLeaf,   ///< layer 4
};
inline constexpr int kFrameRoles = 5;

/// Without look-ahead one picture in four is of layer 0, one of layer 1, and the two of layer 2 are the leaves.
constexpr FrameRole frame_role(bool key, int layer, bool low_delay) {
  if (key) return FrameRole::kKey;
  if (low_delay) return layer == 0 ? FrameRole::kBase : layer == 1 ? FrameRole::kInner : FrameRole::kLeaf;
  return layer == 0 ? FrameRole::kBase : layer < 3 ? FrameRole::kInner : layer == 3 ? FrameRole::kOuter : FrameRole::kLeaf;
}

struct RoleSettings {
  Array<SearchSettings, kFrameRoles> roles;

  const SearchSettings& operator[](FrameRole role) const { return roles[role]; }
  SearchSettings& operator[](FrameRole role) { return roles[role]; }
  /// What is not decided frame by frame goes by these: look-ahead and its vectors, the temporal filter, importance. Frames of
  /// all roles have the same of it.
  const SearchSettings& common() const { return roles[FrameRole::kKey]; }
};

}  // namespace tessera
