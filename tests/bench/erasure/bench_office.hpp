/// Everything between the ledger and the network as the sidecar has it, on disk in a folder.

#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"

#include "backends/curl/curl_http.hpp"
#include "backends/openssl/actor_signer.hpp"
#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"
#include "erasure/courier.hpp"
#include "erasure/planner.hpp"

namespace fedtrail::bench {

class RunningClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

struct Recipient {
    std::string host;
    std::string software;  ///< "" is unknown.
    std::string address;   ///< Where it listens.
};

class Office {
public:
    /// One person, whose `posts` public posts every recipient has got.
    Office(const std::filesystem::path& folder,
           const std::vector<Recipient>& recipients,
           int posts,
           const std::string& ca);
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;
    Office(Office&&) = delete;
    Office& operator=(Office&&) = delete;
    ~Office();

    /// The person's private key.
    [[nodiscard]] const std::string& key() const { return key_; }
    /// A request for the whole account at these recipients, everywhere if there are none; it may be sent.
    [[nodiscard]] records::ErasureRequest open(const std::vector<std::string>& hosts);
    [[nodiscard]] erasure::PlanTotals plan(const records::ErasureRequest& request);
    /// Runs the courier until `done`, or that many seconds have passed.
    void send(const std::function<bool()>& done, double most_seconds);

    [[nodiscard]] erasure::CourierFigures figures() const { return courier_->figures(); }
    [[nodiscard]] NoticeTally tally(records::RequestNumber number) const;
    [[nodiscard]] std::uint64_t connections() const { return http_->figures().connections; }

private:
    void fill_ledger(const std::filesystem::path& folder,
                     const std::vector<Recipient>& recipients,
                     int posts);
    void fill_directory(const std::vector<Recipient>& recipients);

    RunningClock clock_;
    std::string key_;
    fediverse::Dialects dialects_;
    std::unique_ptr<openssl::OpensslCipher> cipher_;
    std::unique_ptr<sqlite::SqliteVault> vault_;
    privacy::SubjectNumber subject_;
    std::unique_ptr<sqlite::SqliteLedgerReader> ledger_;
    std::unique_ptr<sqlite::SqliteCases> cases_;
    std::unique_ptr<sqlite::SqliteDirectory> directory_;
    std::unique_ptr<openssl::ActorSigner> signer_;
    std::unique_ptr<erasure::RequestSigner> request_signer_;
    std::unique_ptr<erasure::Planner> planner_;
    std::unique_ptr<curl::CurlHttp> http_;
    std::mutex mutex_;
    std::condition_variable rung_;
    bool awake_{};
    std::unique_ptr<erasure::Courier> courier_;
};

}  // namespace fedtrail::bench
