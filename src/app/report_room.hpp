/// What reports are made with besides the stores: a press for PDF, a key to sign with, zip files, and a place
/// for what is too large for memory.

#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <semaphore>
#include <stop_token>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"

#include "app/config.hpp"
#include "backends/weasyprint/weasyprint_press.hpp"
#include "reports/report_writer.hpp"

namespace fedtrail::app {

/// Where pages lie while they are printed, and files without a name.
[[nodiscard]] std::filesystem::path scratch_folder(const Config& config);

/// Thread-safe.
class ReportRoom {
public:
    explicit ReportRoom(const Config& config);

    /// Neither the room nor `holdings` may go before them.
    [[nodiscard]] reports::ReportTools tools(const LedgerHoldings& holdings) const;
    /// Has `write` write into a file without a name, and gives it out in pieces. Errors: those of `write`,
    /// Denied (no such file can be made), Unavailable (the disk is full, or a quarter of the API's threads
    /// are at it already: printing takes long, and the others have to be answered).
    [[nodiscard]] Result<HttpStream> spool(const std::function<Result<void>(std::ostream&)>& write) const;

    /// Ends what is being printed, now and later: with one, a stop would take as long as that.
    void stop() { stop_.request_stop(); }

    /// The folder of such files.
    [[nodiscard]] const std::filesystem::path& scratch() const { return scratch_; }

private:
    std::filesystem::path key_;
    std::filesystem::path scratch_;
    std::stop_source stop_;
    weasyprint::WeasyprintPress press_;
    mutable std::counting_semaphore<> places_;
};

}  // namespace fedtrail::app
