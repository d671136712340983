/// The part of the house that watches who fetches: it follows the web server's access log, on a thread of its
/// own.

#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fedtrail/ports/delivery_sink.hpp"

#include "api/api.hpp"
#include "app/ingress_book.hpp"
#include "app/policies.hpp"
#include "intake/access_log/syslog_socket.hpp"

namespace fedtrail::app {

/// What the wing stands on; all must outlive it.
struct IngressPorts {
    const Config& config;
    const SubjectVault& vault;
    const LedgerReader& ledger;
    DeliverySink& sink;
    const Clock& clock;
    std::function<bool(std::string_view uri)> watched;  ///< Whether it was erased; from any thread.
};

class IngressWing {
public:
    /// Nothing runs yet. Errors: those of the policies, of ingress.json and of the socket. That there is no
    /// log is none: it may come.
    [[nodiscard]] static Result<std::unique_ptr<IngressWing>> open(IngressPorts ports,
                                                                   const PolicyFolders& folders);
    IngressWing(const IngressWing&) = delete;
    IngressWing& operator=(const IngressWing&) = delete;
    IngressWing(IngressWing&&) = delete;
    IngressWing& operator=(IngressWing&&) = delete;
    ~IngressWing();

    void start();
    /// Ends after the lines under way. Idempotent.
    void stop();
    /// Other words from the next lines on. Errors: those of the policies; then the old ones stay.
    [[nodiscard]] Result<void> use(const PolicyFolders& folders);
    void add_figures(std::vector<api::Figure>& out) const;

private:
    using Words = std::shared_ptr<const fediverse::FetcherWords>;

    IngressWing(IngressPorts ports, IngressState state, Words words);
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<bool> round(const std::stop_token& stop);
    [[nodiscard]] Result<bool> read_file(const std::stop_token& stop);
    [[nodiscard]] Result<bool> read_socket(const std::stop_token& stop);
    [[nodiscard]] Result<void> take(std::string_view line);
    [[nodiscard]] Result<void> hand_on(const std::stop_token& stop);
    void keep_bad();
    [[nodiscard]] Result<void> remember();
    void tell(const Error* error);
    void renew_reader();
    [[nodiscard]] intake::access_log::LineCounts counts() const;
    void rest(const std::stop_token& stop, std::chrono::milliseconds most);

    IngressPorts ports_;
    intake::access_log::People people_;
    IngressState state_;        ///< As it is on the disk, its counts as at the start.
    mutable std::mutex guard_;  ///< Of what figures are made of, and of `next_words_`.
    IngressState shown_;
    std::uint64_t behind_{};
    Words next_words_;
    Words words_;  ///< Of the thread alone, as everything below.
    std::unique_ptr<intake::access_log::LogReader> reader_;
    std::unique_ptr<intake::access_log::LogFollower> follower_;
    std::unique_ptr<intake::access_log::SyslogSocket> socket_;
    std::vector<records::Observation> batch_;
    std::vector<std::string> lines_;  ///< Of the socket, taken from it and not handed on.
    std::size_t lines_done_{};
    std::string bad_;    ///< Lines that are not understood, not kept yet.
    bool keeps_none_{};  ///< Of these: as was told.
    bool failing_{};
    std::mutex resting_;
    std::condition_variable_any wake_;
    std::jthread receiving_;
    std::jthread reading_;
};

}  // namespace fedtrail::app
