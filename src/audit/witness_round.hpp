/// Asking witnesses for their cosignature of our checkpoints: C2SP tlog-witness v1.0.0.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/transparency_log.hpp"

namespace fedtrail::audit {

struct AskedWitness {
    Uri url;  ///< Before "/add-checkpoint".
    ledger::VerifierKey key;
};

/// All must outlive the round.
struct WitnessRoundPorts {
    TransparencyLog& log;
    RemoteHttp& http;
    const Clock& clock;
};

/// How one witness does.
struct WitnessStanding {
    std::string name;
    std::uint64_t size{};       ///< Leaves under its last cosignature.
    std::optional<Instant> at;  ///< Of that.
    std::string trouble;        ///< The last answer that was none; "" if there is none.
};

/// step() is called by one thread, standing() by any.
class WitnessRound {
public:
    /// `wake` is called from another thread when an answer came.
    WitnessRound(WitnessRoundPorts ports, std::vector<AskedWitness> witnesses, std::function<void()> wake);

    /// Asks whoever has not cosigned the last checkpoint and is due; takes in what was answered. Gives the
    /// time of the next question, if one is due. Errors: those of the log.
    [[nodiscard]] Result<std::optional<Instant>> step();
    [[nodiscard]] std::vector<WitnessStanding> standing() const;

private:
    struct Asked {
        AskedWitness witness;
        std::uint64_t known{};  ///< What it signed last, as far as we know.
        std::uint64_t asked{};  ///< The checkpoint that is asked for now, while `waiting`.
        std::string text;       ///< Of that.
        bool waiting{};
        bool corrected{};  ///< It has just said what it signed last.
        unsigned failures{};
        std::optional<Instant> not_before;
        WitnessStanding standing;
    };

    [[nodiscard]] Result<void> ask(std::size_t which, const SignedCheckpoint& checkpoint);
    [[nodiscard]] Result<void> take(Asked& asked, const RemoteResponse& answer);
    [[nodiscard]] Result<void> cosigned(Asked& asked, const std::string& body);
    void troubled(Asked& asked, std::string why);

    WitnessRoundPorts ports_;
    std::function<void()> wake_;
    mutable std::mutex guard_;  ///< Of the two below.
    std::vector<Asked> asked_;
    std::map<std::size_t, RemoteResponse> answers_;
};

}  // namespace fedtrail::audit
