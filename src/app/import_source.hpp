/// What an import reads, where it got to, and what it could not use.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "fedtrail/core/result.hpp"

#include "app/pipe_stream.hpp"
#include "backends/archive/packed_stream.hpp"
#include "intake/events/import.hpp"

namespace fedtrail::app {

/// Sums of one import, over all its runs.
struct ImportCounts {
    std::uint64_t fresh{};
    std::uint64_t duplicate{};
    std::uint64_t rejected{};
    std::uint64_t without_subject{};
    std::uint64_t to_own_origin{};  ///< Of those.
};

/// FILE with FILE.fedtrail-import (where it got to), FILE.rejected (bad lines) and FILE.rejected.reasons
/// (their numbers and what is wrong) beside; or standard input or a pipe, which cannot be resumed and end
/// where they wait once `stop_asked` is set.
class ImportSource {
public:
    /// A packed file (gzip, zstd, xz, bzip2) is read as what is in it. Where nothing can be written beside
    /// it, as in the web server's folder of logs, its three files lie in `elsewhere` (made if need be, for
    /// whoever owns the folder that it is in) under its path. Errors: NotFound, Denied, Invalid.
    [[nodiscard]] static Result<ImportSource> open(const std::string& name,
                                                   const std::filesystem::path& elsewhere);

    /// Whether an import that stops can go on from there.
    [[nodiscard]] bool can_resume() const { return size_ > 0; }
    /// At its beginning; go_behind() leads it to resume().
    [[nodiscard]] std::istream& stream();
    [[nodiscard]] const intake::events::Position& resume() const { return resume_; }
    [[nodiscard]] const ImportCounts& earlier() const { return earlier_; }
    /// Whether it is not what it was when its import stopped: nothing is resumed, it is read from the
    /// beginning.
    [[nodiscard]] bool has_changed() const { return changed_; }
    [[nodiscard]] std::uint64_t size() const { return packed_ ? 0 : size_; }  ///< 0 if it is not known.
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    [[nodiscard]] const std::filesystem::path& rejected_file() const { return rejected_.file; }
    [[nodiscard]] const std::filesystem::path& reasons_file() const { return reasons_.file; }
    /// Why it ended before its end; nothing if it did not. Corrupt where its packing is damaged or cut off;
    /// Unavailable where it could not be read any more.
    [[nodiscard]] std::optional<Error> fault();

    /// Keeps a bad line for the operator, and why it is one. Errors: Unavailable.
    [[nodiscard]] Result<void> reject(std::uint64_t number, std::string_view line, std::string_view reason);
    /// Remembers how far the import is durable. Errors: Unavailable, Denied.
    [[nodiscard]] Result<void> remember(const intake::events::Position& position, const ImportCounts& counts);
    /// All is in: nothing to resume. Errors: Unavailable (bad lines could not be kept).
    [[nodiscard]] Result<void> finish();

private:
    /// Lines set aside; a resumed import goes on where the durable part of it ended.
    struct Aside {
        std::filesystem::path file;
        std::ofstream out{};
        std::uint64_t size{};
        std::filesystem::path owner{};  ///< The folder whose owner gets it; empty: whoever runs this.

        [[nodiscard]] Result<void> add(const std::string& line);
        [[nodiscard]] Result<void> keep();
        [[nodiscard]] Result<void> cannot_keep() const;
        void hand_over(const std::filesystem::path& made) const;
    };

    ImportSource() = default;
    [[nodiscard]] Result<void> open_stream(const std::string& name);
    void keep_beside(const std::filesystem::path& file);
    [[nodiscard]] Result<void> keep_asides();
    void recall();
    void recall(const nlohmann::json& state);
    [[nodiscard]] std::string fingerprint() const;
    [[nodiscard]] std::string fingerprint_before(std::uint64_t offset) const;

    bool standard_input_{};
    std::filesystem::path file_;
    std::filesystem::path state_file_;
    std::ifstream in_;
    std::unique_ptr<zip::PackedStream> packed_;  ///< In place of `in_`, as the next one.
    std::unique_ptr<PipeStream> pipe_;
    Aside rejected_;
    Aside reasons_;
    std::uint64_t size_{};
    bool changed_{};
    intake::events::Position resume_;
    ImportCounts earlier_;
};

}  // namespace fedtrail::app
