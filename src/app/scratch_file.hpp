/// A place for what is too large for memory.

#pragma once

#include <filesystem>
#include <fstream>
#include <iosfwd>
#include <memory>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::app {

/// A file without a name, for its owner alone; gone with whoever holds it.
class ScratchFile {
public:
    /// In `folder`, which is made if it is not there. Errors: Denied.
    [[nodiscard]] static Result<ScratchFile> make(const std::filesystem::path& folder);

    /// Seekable.
    [[nodiscard]] std::iostream& stream() { return *file_; }
    /// Nothing is written any more; it is read from its beginning. Errors: Unavailable (the disk is full).
    [[nodiscard]] Result<void> finish();
    /// What is in it, from its beginning, in pieces.
    [[nodiscard]] HttpStream give_out();

private:
    explicit ScratchFile(std::shared_ptr<std::fstream> file) : file_(std::move(file)) {}

    std::shared_ptr<std::fstream> file_;
};

/// SHA-256 of all that follows in `in`. Errors: Unavailable.
[[nodiscard]] Result<ledger::Hash> digest_of(std::istream& in);

}  // namespace fedtrail::app
