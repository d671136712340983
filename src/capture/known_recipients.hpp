/// What rules ask of recipients, at hand: read from the register ahead of the deliveries, never by them.

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/recipient_register.hpp"

namespace fedtrail::capture {

struct KnownRecipient {
    std::optional<privacy::Country> country;
    privacy::BasisKind basis{privacy::BasisKind::Undocumented};
    std::string software;    ///< Lower case; "" is unknown.
    std::uint64_t judged{};  ///< As privacy::RuleFacts has it.
    std::uint64_t gone{};
    std::optional<records::IfConsented> if_consented{};
    privacy::Day day{};  ///< For which the bases are.
};

[[nodiscard]] KnownRecipient known_of(const records::RecipientCard& card, privacy::Day day);

struct KnownRecipientsOptions {
    std::size_t most{100'000};          ///< Recipients at hand; beyond, those not asked for lately go.
    std::chrono::minutes fresh_for{5};  ///< After that they are read again.
    std::size_t batch{1'000};           ///< Read again at once.
};

/// Thread-safe; one thread reads.
class KnownRecipients {
public:
    using Options = KnownRecipientsOptions;

    /// Both must outlive it.
    KnownRecipients(const RecipientRegister& reg, const Clock& clock, Options options)
        : register_(reg), clock_(clock), options_(options) {}

    /// Null: not read yet, or on another day: what a basis rests on ends with a day.
    [[nodiscard]] std::shared_ptr<const KnownRecipient> find(const Host& host) const;
    /// Reads these now. Errors: those of the register; what was known stays. Corrupt: all but those that are
    /// damaged were read.
    [[nodiscard]] Result<void> read(std::span<const Host> hosts);
    /// Reads some of what is no longer fresh. Whether there is more. Errors: as read().
    [[nodiscard]] Result<bool> refresh();
    /// Knows nobody any more: while nothing asks for them they are not read again.
    void forget();
    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        std::shared_ptr<const KnownRecipient> known;
        privacy::Day day;
        Instant read_at{};
        mutable std::atomic<bool> asked{};  ///< Since it was read.
    };

    [[nodiscard]] privacy::Day today() const;
    [[nodiscard]] Result<void> read_together(std::span<const Host> hosts);
    void make_room(std::size_t wanted);
    /// What is no longer fresh, at most a batch; whether there is more.
    [[nodiscard]] std::pair<std::vector<Host>, bool> due() const;

    const RecipientRegister& register_;
    const Clock& clock_;
    Options options_;
    mutable std::shared_mutex lock_;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace fedtrail::capture
