/// Where a command's document goes.

#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "fedtrail/core/result.hpp"

#include "app/session.hpp"

namespace fedtrail::app {

using DocumentWriter = std::function<Result<void>(std::ostream&)>;

/// To `file`, or to standard output if it is "" or "-". A file is written beside its place first, for its
/// owner alone, then renamed: a document is never half there. What is no plain file is written as it is.
/// Errors: those of `write`, Unavailable.
[[nodiscard]] Result<void> write_document(Session& session,
                                          const std::string& file,
                                          const DocumentWriter& write);

}  // namespace fedtrail::app
