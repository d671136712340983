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

    /// For events that no other store has. Thread-safe.
    [[nodiscard]] AuditTrail& trail() { return room_->log(); }
    [[nodiscard]] const api::LogFace& face() const { return *face_; }

    /// Writes down the policies in force, if they are others than were written down last.
    [[nodiscard]] Result<void> note_policies(const PolicyFolders& folders);
    void start();
    /// Puts what still waits into the log, and returns. Idempotent.
    void stop();
    void add_figures(std::vector<api::Figure>& out) const;

private:
    LogWing(const Config& config, const Cipher& cipher, const Clock& clock);
    [[nodiscard]] Result<void> open_witnesses();
    [[nodiscard]] Result<void> open_own_witness();
    [[nodiscard]] Result<std::optional<Instant>> publish();

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
    std::atomic<std::uint64_t> size_{};
    std::atomic<std::uint64_t> checkpoints_{};
    std::atomic<bool> refused_{};
    std::atomic<std::int64_t> last_at_{};  ///< Unix seconds.
    bool started_{};
    bool stopped_{};
};

/// Every file below `policies`, ascending, with what it holds. Errors: those of reading them.
[[nodiscard]] Result<records::PolicyChangeLeaf> policies_in_force(const std::filesystem::path& policies);

}  // namespace fedtrail::app
