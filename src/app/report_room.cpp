#include "app/report_room.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>

#include <unistd.h>

#include "backends/openssl/report_key.hpp"
#include "backends/poco/zip_package.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kReportPiece = std::size_t{64} << 10U;

/// Open for both, known to nobody by name any more.
Result<std::shared_ptr<std::fstream>> nameless_file(const fs::path& folder) {
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    auto name = (folder / "report.XXXXXX").string();
    const int handle = ::mkstemp(name.data());  // for its owner alone
    auto file = std::make_shared<std::fstream>();
    if (handle >= 0) {
        ::close(handle);
        file->open(name, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
        fs::remove(name, ignored);
    }
    if (handle < 0 || !file->is_open()) {
        return fail(ErrorKind::Denied,
                    folder.string() + " is no folder to write a report in",
                    "Look at its rights and at the disk.");
    }
    return file;
}

}  // namespace

ReportRoom::ReportRoom(const Config& config)
    : key_(config.data_dir / "report-signing-key.pem"), scratch_(config.data_dir / "tmp"), press_(scratch_) {}

reports::ReportTools ReportRoom::tools(const LedgerHoldings& holdings) const {
    return {&holdings,
            &press_,
            [this]() -> Result<std::unique_ptr<ReportSeal>> {
                auto key = openssl::ReportKey::open_or_make(key_);
                return key ? Result<std::unique_ptr<ReportSeal>>{std::move(*key)}
                           : Result<std::unique_ptr<ReportSeal>>{fail(key)};
            },
            &poco::ZipPackage::make};
}

Result<HttpStream> ReportRoom::spool(const std::function<Result<void>(std::ostream&)>& write) const {
    const auto made = nameless_file(scratch_);
    if (!made) {
        return fail(made);
    }
    const auto& file = *made;
    if (auto written = write(*file); !written) {
        return fail(written);
    }
    file->flush();
    if (!file->good()) {
        return fail(ErrorKind::Unavailable, "there is no room for the report", "Look at the disk.");
    }
    file->seekg(0);
    return HttpStream{[file](const std::stop_token& stop) -> std::optional<std::string> {
        std::string piece(kReportPiece, '\0');
        if (stop.stop_requested() || !file->good()) {
            return std::nullopt;
        }
        file->read(piece.data(), static_cast<std::streamsize>(piece.size()));
        piece.resize(static_cast<std::size_t>(file->gcount()));
        return piece.empty() ? std::nullopt : std::optional{std::move(piece)};
    }};
}

}  // namespace fedtrail::app
