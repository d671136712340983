/// A log with one of everything, and bundles made of it.

#pragma once

#include <optional>
#include <sstream>
#include <string>

#include "audit/export.hpp"
#include "fakes/memory_log.hpp"

namespace fedtrail::testing {

inline constexpr std::int64_t kDayOne = 1'767'225'600;  ///< 2026-01-01

[[nodiscard]] ledger::NoteSigner signer_of(const std::string& name, ledger::NoteKeyKind kind, char seed);
[[nodiscard]] ledger::NoteSigner log_key();
[[nodiscard]] ledger::NoteSigner witness_key();

/// Two people (7 and 8), their posts in three windows, a request of 7 with notices, policies; published three
/// times.
class ExampleLog final : public MemoryLog {
public:
    ExampleLog();
};
/// The same, and then the person of request 2 was told how it ended.
class ToldLog {
public:
    ToldLog();
    [[nodiscard]] static std::string words() { return "fedtrail/told/1\nWe told a.example.\n"; }
    /// A bundle at level Full in which they were told `words`; nothing: these are not kept.
    [[nodiscard]] static std::string bundle(audit::Scope scope, const std::optional<std::string>& words);
    [[nodiscard]] ExampleLog& log() { return log_; }

private:
    ExampleLog log_;
};
/// A checkpoint of the example's log, signed; and the one it would have had at `size`.
[[nodiscard]] std::string signed_checkpoint(std::uint64_t size, const ledger::Hash& root);
[[nodiscard]] std::string checkpoint_at(const ExampleLog& log, std::uint64_t size);
/// The text of a policy that it says is in force.
[[nodiscard]] std::string example_policy();

[[nodiscard]] audit::ExportOrder order_for(audit::Scope scope, audit::Level level);
/// The octets of a bundle, and `log` has a leaf more, which says what is in it: what that is, or `said`.
[[nodiscard]] std::string exported_of(MemoryLog& log,
                                      audit::ExportOrder order,
                                      const std::optional<records::ExportLeaf>& said = {});
/// The same of a log of its own.
[[nodiscard]] std::string exported_of(audit::Scope scope, audit::Level level = audit::Level::Full);
/// What the last leaf of a log says was exported.
[[nodiscard]] records::ExportLeaf last_export(MemoryLog& log);
/// The octets of a bundle of format 1.
[[nodiscard]] std::string bundle_of(const LogReader& log,
                                    audit::Scope scope,
                                    audit::Level level = audit::Level::Full);
/// The same with every host withheld, at level Pseudonymised.
[[nodiscard]] std::string unnamed_bundle_of(const LogReader& log, audit::Scope scope);

/// A bundle in memory.
class TextSource final : public audit::ByteSource {
public:
    explicit TextSource(const std::string& text) : text_(text) {}
    [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override;

private:
    const std::string& text_;
};

[[nodiscard]] audit::Verification verified(const std::string& bundle,
                                           const audit::Trusted& trusted = {{log_key().verifier()}, {}});
/// "" if everything holds, else the names and sentences of what does not.
[[nodiscard]] std::string faults(const audit::Verification& verification);

}  // namespace fedtrail::testing
