/// Being a witness of other logs: C2SP tlog-witness v1.0.0. Signs only what continues the last thing it
/// signed.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/witness_book.hpp"

namespace fedtrail::audit {

/// Longest body of a question: a checkpoint and at most 63 hashes.
inline constexpr std::size_t kMaxWitnessBody = 70'000;

/// What is answered over HTTP.
struct WitnessAnswer {
    int status{200};
    std::string type{"text/plain; charset=utf-8"};
    std::string body;
};

/// Thread-safe if its ports are; they must outlive it.
class Witness {
public:
    /// `logs` are the keys of the logs it knows, named by their origin.
    Witness(WitnessBook& book,
            const Clock& clock,
            ledger::NoteSigner signer,
            std::vector<ledger::VerifierKey> logs)
        : book_(book), clock_(clock), signer_(std::move(signer)), logs_(std::move(logs)) {}

    /// POST …/add-checkpoint: 200 with the cosignature, 400, 403 (no known key signed it), 404 (a log that is
    /// not known), 409 with the size that was signed last, 422 (the proof does not hold). What is answered
    /// 200 is durable.
    [[nodiscard]] WitnessAnswer add_checkpoint(std::string_view body);
    /// GET …/<hexadecimal SHA-256 of the origin>/checkpoint: the last one that was cosigned; 404.
    [[nodiscard]] WitnessAnswer checkpoint(std::string_view origin_hash) const;

    [[nodiscard]] const ledger::VerifierKey& verifier() const noexcept { return signer_.verifier(); }
    [[nodiscard]] const std::vector<ledger::VerifierKey>& logs() const noexcept { return logs_; }

private:
    struct Question;
    [[nodiscard]] static Result<Question> read(std::string_view body);
    [[nodiscard]] Result<Witnessed> decide(const Question& question,
                                           const std::optional<Witnessed>& before,
                                           WitnessAnswer& answer) const;

    WitnessBook& book_;
    const Clock& clock_;
    ledger::NoteSigner signer_;
    std::vector<ledger::VerifierKey> logs_;
};

/// Whether what is remembered is what `own` cosigned, at that time and of that log: no octet of it was
/// changed since. Of a log that is one of `logs`, its own signature must hold too.
[[nodiscard]] bool is_as_cosigned(const Witnessed& known,
                                  const ledger::VerifierKey& own,
                                  std::span<const ledger::VerifierKey> logs);

/// The body of a question, and what comes back.
[[nodiscard]] std::string witness_question(std::uint64_t old_size,
                                           std::span<const ledger::Hash> proof,
                                           std::string_view note);

}  // namespace fedtrail::audit
