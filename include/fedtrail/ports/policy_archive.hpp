/// The policy texts of recipients: where they are kept, and who says what is in them.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/records/policy_text.hpp"

namespace fedtrail {

/// A text as it was read now.
struct ReadPolicy {
    Host host;
    records::PolicyKind kind{records::PolicyKind::Privacy};
    std::string url;
    std::string language;
    Personal<std::string> text;  ///< UTF-8, at most 256 KiB.
    bool cut{};
    std::array<std::byte, 32> sha256{};  ///< Of `text`.
    Instant at{};
    bool unchanged{};  ///< The server says that it is as it was: only `host`, `kind` and `at` count.
};

enum class PolicyKept : std::uint8_t { First, Changed, Unchanged };

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class PolicyArchive {
public:
    PolicyArchive() = default;
    PolicyArchive(const PolicyArchive&) = delete;
    PolicyArchive& operator=(const PolicyArchive&) = delete;
    PolicyArchive(PolicyArchive&&) = delete;
    PolicyArchive& operator=(PolicyArchive&&) = delete;
    virtual ~PolicyArchive() = default;

    /// By kind, oldest first; empty if none was ever read.
    [[nodiscard]] virtual Result<std::vector<records::PolicyVersion>> versions(const Host& host) const = 0;
    /// The text of `version`. Errors: also NotFound.
    [[nodiscard]] virtual Result<Personal<std::string>> text(const records::PolicyVersion& version) const = 0;
    /// All of them durable, or none. A text that is the newest version already moves its `last_seen`; any
    /// other begins a version; an unchanged one of which there is none is left out. The answers are in the
    /// order of `texts`. A host keeps at most 50 versions of a kind: beyond them the oldest but the first
    /// goes.
    [[nodiscard]] virtual Result<std::vector<PolicyKept>> keep(std::span<const ReadPolicy> texts) = 0;
};

/// Thread-safe.
class PolicyReader {
public:
    PolicyReader() = default;
    PolicyReader(const PolicyReader&) = delete;
    PolicyReader& operator=(const PolicyReader&) = delete;
    PolicyReader(PolicyReader&&) = delete;
    PolicyReader& operator=(PolicyReader&&) = delete;
    virtual ~PolicyReader() = default;

    /// What `host` promised and promises; empty if no text of it was ever read. Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<records::PolicyHistory> history(const Host& host) const = 0;
};

}  // namespace fedtrail
