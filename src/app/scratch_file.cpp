#include "app/scratch_file.hpp"

#include <cstdlib>

#include <unistd.h>

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kScratchPiece = std::size_t{64} << 10U;

/// The next piece; "" at the end.
std::string next_piece(std::istream& in) {
    std::string piece(kScratchPiece, '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in.gcount()));
    return piece;
}

}  // namespace

Result<ScratchFile> ScratchFile::make(const fs::path& folder) {
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    auto name = (folder / "scratch.XXXXXX").string();
    const int handle = ::mkstemp(name.data());  // for its owner alone
    auto file = std::make_shared<std::fstream>();
    if (handle >= 0) {
        ::close(handle);
        file->open(name, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
        fs::remove(name, ignored);
    }
    if (handle < 0 || !file->is_open()) {
        return fail(ErrorKind::Denied,
                    folder.string() + " is no folder to work in",
                    "Look at its rights and at the disk.");
    }
    return ScratchFile{std::move(file)};
}

Result<void> ScratchFile::finish() {
    file_->flush();
    if (!file_->good()) {
        return fail(ErrorKind::Unavailable, "there is no room for what is written", "Look at the disk.");
    }
    file_->seekg(0);
    return {};
}

HttpStream ScratchFile::give_out() {
    file_->clear();
    file_->seekg(0);
    return [file = file_](const std::stop_token& stop) -> std::optional<std::string> {
        if (stop.stop_requested() || !file->good()) {
            return std::nullopt;
        }
        auto piece = next_piece(*file);
        return piece.empty() ? std::nullopt : std::optional{std::move(piece)};
    };
}

Result<ledger::Hash> digest_of(std::istream& in) {
    ledger::Sha256 hash;
    while (in.good()) {
        hash.update(bytes_of(next_piece(in)));
    }
    if (!in.eof()) {
        return fail(ErrorKind::Unavailable, "what was written cannot be read again", "Look at the disk.");
    }
    return hash.finish();
}

}  // namespace fedtrail::app
