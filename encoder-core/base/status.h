// How something that can fail says so: a code, the field at fault and what is allowed.
#pragma once

#include <string>
#include <utility>

namespace tessera {

enum class StatusCode {
  kOk,
  kNeedMoreInput,    ///< no packet yet: send another frame or finish()
  kEndOfStream,      ///< every packet has been handed out
  kInvalidArgument,  ///< a setting or a frame is outside what is allowed; the message names it
  kUnsupported,      ///< valid AV1, not implemented
  kOutOfMemory,
  kWrongState,  ///< for example a frame after finish()
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message = {}) : code_(code), message_(std::move(message)) {}
  static Status invalid(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  /// Names the field and its limits; empty when ok.
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

}  // namespace tessera
