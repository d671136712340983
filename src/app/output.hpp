/// Where a command's document goes.

#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

#include "app/session.hpp"

namespace fedtrail::app {

/// In which of the `known` forms a document is written: the one `asked` for, else json with --json, else the
/// one that the file's name ends in, else, where it has no ending, `usual`. Errors: Invalid (an ending or a
/// form that is none of them).
[[nodiscard]] Result<std::string> document_form(const Session& session,
                                                const std::string& asked,
                                                const std::string& file,
                                                std::span<const std::string_view> known,
                                                std::string_view usual);

using DocumentWriter = std::function<Result<void>(std::ostream&)>;

/// To `file`, or to standard output if it is "" or "-". A file is written beside its place first, for its
/// owner alone, then renamed: a document is never half there, nor beside it where a signal ends the process.
/// A link to a file stays, and leads to it; one that leads nowhere or is_foreign_link() is replaced. What is
/// no plain file, as a pipe or a device, is written as it is, and what this process has open, as /dev/stderr
/// and /dev/fd/3, goes on where it stands. Errors: those of `write`, Denied, Unavailable.
[[nodiscard]] Result<void> write_document(Session& session,
                                          const std::string& file,
                                          const DocumentWriter& write);

}  // namespace fedtrail::app
