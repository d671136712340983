/// What refreshing the directory of recipients works with: for the worker in `serve` and for the command.

#pragma once

#include <functional>
#include <memory>
#include <span>

#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

#include "app/config.hpp"
#include "app/recipient_policies.hpp"
#include "backends/curl/curl_http.hpp"
#include "backends/libxml2/html_text.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/finding_store.hpp"
#include "recipients/place_finder.hpp"
#include "recipients/refresher.hpp"

namespace fedtrail::app {

/// How fast.
struct RefreshPace {
    std::uint64_t max_rate{20};  ///< Requests a second to all recipients together; 0 is no limit.
    bool one_by_one{};
};

class RefreshRoom {
public:
    /// `config`, `cipher` and `clock` must outlive it; `wake` is called from another thread. Errors: those of
    /// the parts.
    [[nodiscard]] static Result<std::unique_ptr<RefreshRoom>> open(
        const Config& config,
        const Cipher& cipher,
        const Clock& clock,
        std::shared_ptr<const RecipientPolicies> policies,
        std::function<void()> wake,
        const RefreshPace& pace);
    RefreshRoom(const RefreshRoom&) = delete;
    RefreshRoom& operator=(const RefreshRoom&) = delete;
    RefreshRoom(RefreshRoom&&) = delete;
    RefreshRoom& operator=(RefreshRoom&&) = delete;
    ~RefreshRoom();

    /// Every recipient of the ledger that is not in the book yet is due at once; not the origins themselves.
    [[nodiscard]] Result<void> enter(const LedgerReader& ledger);
    /// The same, and those that are there are due as well.
    [[nodiscard]] Result<void> call_for_all(const LedgerReader& ledger);
    [[nodiscard]] recipients::Refresher& refresher() { return *refresher_; }
    [[nodiscard]] sqlite::SqliteDirectory& directory() { return *directory_; }
    /// Ends what is under way and writes what came back. Idempotent.
    [[nodiscard]] Result<void> stop();

private:
    using Take = std::function<Result<void>(std::span<const Host>)>;
    [[nodiscard]] Result<void> each_page(const LedgerReader& ledger, const Take& take) const;
    RefreshRoom(const Config& config, const Clock& clock, std::shared_ptr<const RecipientPolicies> policies);

    const Config& config_;
    const Clock& clock_;
    std::shared_ptr<const RecipientPolicies> policies_;
    libxml2::LibxmlHtmlReader html_;
    std::unique_ptr<sqlite::SqliteDirectory> directory_;
    std::unique_ptr<sqlite::SqliteFindings> findings_;
    std::unique_ptr<recipients::PlaceFinder> archive_;
    std::unique_ptr<curl::CurlHttp> http_;
    std::unique_ptr<recipients::Refresher> refresher_;
    bool stopped_{};
};

}  // namespace fedtrail::app
