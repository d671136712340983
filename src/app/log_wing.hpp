/// The part of the house that keeps the transparency log: takes what waits, signs, asks witnesses, and is
/// one.

#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"
#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/clock.hpp"

#include "api/api.hpp"
#include "api/log_face.hpp"
#include "app/log_room.hpp"
#include "app/policies.hpp"
#include "app/step_loop.hpp"
#include "audit/witness.hpp"
#include "audit/witness_round.hpp"
#include "backends/curl/curl_http.hpp"
#include "backends/sqlite/witness_book.hpp"

namespace fedtrail::app {

/// The policies in force.
struct PoliciesInForce {
    records::PolicyChangeLeaf leaf;
    std::vector<std::string> texts;  ///< Of those that may not be kept yet and are UTF-8; in no order.
    bool noted{};

    /// Every file below `policies`, ascending, with what it holds; `rules` in the place of the shipped
    /// transfer rules. Errors: those of reading them.
    [[nodiscard]] static Result<PoliciesInForce> read(const std::filesystem::path& policies,
                                                      const std::string& rules);
    /// Puts a file in the place of what has that name, or adds it.
    void put(const std::string& name, const std::string& text);
    [[nodiscard]] bool has(const std::string& name, const records::LeafDigest& digest) const;
};

/// Writes `in_force` into the log, unless it is what was written last. Errors: those of the log.
[[nodiscard]] Result<void> note_in_force(sqlite::SqliteLog& log, PoliciesInForce& in_force, Instant at);

class LogWing {
public:
    /// The stores must have been opened before: their leaves are read. Nothing runs yet. `config`, `cipher`
    /// and `clock` must outlive it. Errors: Invalid (a witness that cannot be read), those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<LogWing>> open(const Config& config,
                                                               const Cipher& cipher,
                                                               const Clock& clock);
    LogWing(const LogWing&) = delete;
    LogWing& operator=(const LogWing&) = delete;
    LogWing(LogWing&&) = delete;
    LogWing& operator=(LogWing&&) = delete;
    ~LogWing();

    /// When the retention policy was last applied; if it never was, since when the policies are in force.
    /// Errors: those of the log.
    [[nodiscard]] Result<std::optional<Instant>> last_retention_run() const;

    /// For events that no other store has. Thread-safe.
    [[nodiscard]] AuditTrail& trail() { return room_->log(); }
    [[nodiscard]] const api::LogFace& face() const { return *face_; }

    /// Writes down the policies in force, if they are others than were written down last: those of the
    /// folder, and `rules`, the text of the transfer rules that decide.
    [[nodiscard]] Result<void> note_policies(const PolicyFolders& folders, const std::string& rules);
    /// The same after the transfer rules alone were exchanged, at `since`. Does nothing if they are the same;
    /// what could not be written is tried again by the next call.
    [[nodiscard]] Result<void> note_rules(const std::string& rules, Instant since);
    void start();
    /// Puts what still waits into the log, and returns. Idempotent.
    void stop();
    void add_figures(std::vector<api::Figure>& out) const;

private:
    LogWing(const Config& config, const Cipher& cipher, const Clock& clock);
    [[nodiscard]] Result<void> open_witnesses();
    [[nodiscard]] Result<void> open_own_witness();
    [[nodiscard]] Result<std::optional<Instant>> publish();
    [[nodiscard]] Result<std::optional<Instant>> publish_or_wait();
    [[nodiscard]] Result<std::optional<Instant>> ask_witnesses();
    [[nodiscard]] Result<void> note(Instant at);

    const Config& config_;
    const Cipher& cipher_;
    const Clock& clock_;
    std::unique_ptr<LogRoom> room_;
    std::unique_ptr<sqlite::SqliteWitnessBook> book_;
    std::unique_ptr<audit::Witness> witness_;
    std::unique_ptr<api::LogFace> face_;
    std::unique_ptr<curl::CurlHttp> http_;  ///< None without witnesses.
    StepLoop loop_;
    std::function<void()> wake_round_;
    std::unique_ptr<audit::WitnessRound> round_;
    std::vector<std::string> told_;  ///< What the log has of each witness's trouble.
    std::atomic<std::uint64_t> size_{};
    std::atomic<std::uint64_t> checkpoints_{};
    std::atomic<bool> refused_{};
    std::atomic<std::int64_t> last_at_{};      ///< Unix seconds.
    std::optional<PoliciesInForce> in_force_;  ///< As they were read last; they may not be noted yet.
    bool started_{};
    bool stopped_{};
    bool waits_{};  ///< For whoever holds the log, as was told.
};

}  // namespace fedtrail::app
