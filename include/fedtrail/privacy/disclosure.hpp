/// Disclosure: these categories of data, of this subject, went to this recipient, at this time, over this
/// channel, with this evidence (GDPR Art. 4(9), 15(1)(c), 19). The words and their order.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fedtrail/core/strong.hpp"

namespace fedtrail::privacy {

/// A data subject (Art. 4(1)) as the ledger knows them: a pseudonym (Art. 4(5)); who it is lies in the vault.
using SubjectNumber = Strong<struct SubjectNumberTag, std::uint64_t>;
/// A recipient (Art. 4(9)) as the ledger knows it; the host name lies in the ledger's dictionary.
using RecipientNumber = Strong<struct RecipientNumberTag, std::uint32_t>;

/// How data reached a recipient. The numbers are written to disk: append only.
enum class Channel : std::uint8_t {
    Push = 0,           ///< The origin POSTed it.
    Relay = 1,          ///< The origin POSTed it to a relay.
    Forward = 2,        ///< Another server passed it on (Announce, community fan-out), seen or inferred.
    SignedPull = 3,     ///< The recipient fetched it with a signature.
    AnonymousPull = 4,  ///< The recipient fetched it without one.
    Bridge = 5,         ///< The origin POSTed it to a bridge into another network.
};

/// By whose doing data comes to a recipient over a channel.
enum class Doing : std::uint8_t {
    Sent,      ///< Ours: the origin sent it there.
    Fetched,   ///< The recipient's: it fetched it from the origin.
    PassedOn,  ///< Somebody else's, who had it.
};

[[nodiscard]] constexpr Doing doing_of(Channel channel) {
    switch (channel) {
        case Channel::Push:
        case Channel::Relay:
        case Channel::Bridge:
            return Doing::Sent;
        case Channel::SignedPull:
        case Channel::AnonymousPull:
            return Doing::Fetched;
        case Channel::Forward:
            break;
    }
    return Doing::PassedOn;
}

/// What became of one attempt. The numbers are written to disk: append only.
enum class OutcomeKind : std::uint8_t {
    Intended = 0,           ///< About to leave; nothing known since.
    Accepted = 1,           ///< 2xx.
    Rejected = 2,           ///< 3xx or 4xx after the body went out.
    Sent = 3,               ///< The body left; the answer is unknown or a 5xx.
    RefusedBeforeBody = 4,  ///< An answer came before the body left.
    Unreachable = 5,        ///< No connection, no body left.
    Fetched = 6,            ///< A pull was answered with the data.
    Inferred = 7,           ///< Not seen; concluded from follower tables.
    Prevented = 8,          ///< A transfer rule stopped it before the body left.
};

struct Outcome {
    OutcomeKind kind{OutcomeKind::Intended};
    std::uint16_t status{};  ///< HTTP status, 0 if there was none.

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// How surely we know of a disclosure, weakest first. The numbers are written to disk.
enum class Evidence : std::uint8_t { Intended = 0, Inferred = 1, Sent = 2, Accepted = 3, Fetched = 4 };

/// The evidence an outcome gives; nothing for outcomes that are not disclosures (RefusedBeforeBody,
/// Unreachable, Prevented). An error status after the body left is `Sent`: presume received.
[[nodiscard]] std::optional<Evidence> evidence_of(const Outcome& outcome);

[[nodiscard]] std::string_view name_of(Channel channel);    ///< "push", "signed_pull", …
[[nodiscard]] std::string_view name_of(OutcomeKind kind);   ///< "accepted", "refused_before_body", …
[[nodiscard]] std::string_view name_of(Evidence evidence);  ///< "intended", "accepted", …
[[nodiscard]] std::optional<Channel> channel_named(std::string_view name);
[[nodiscard]] std::optional<OutcomeKind> outcome_named(std::string_view name);

/// A set of channels, one bit each.
class ChannelSet {
public:
    constexpr ChannelSet() = default;
    constexpr explicit ChannelSet(std::uint8_t bits) : bits_(bits) {}
    constexpr void add(Channel channel) {
        bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(channel)));
    }
    constexpr void add(ChannelSet other) { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }
    [[nodiscard]] constexpr bool has(Channel channel) const {
        return (bits_ & (1U << static_cast<unsigned>(channel))) != 0;
    }
    [[nodiscard]] constexpr bool has(Doing doing) const {
        for (unsigned bit = 0; bit < 8; ++bit) {
            const auto channel = static_cast<Channel>(bit);
            if (has(channel) && doing_of(channel) == doing) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
    friend constexpr bool operator==(ChannelSet, ChannelSet) = default;

private:
    std::uint8_t bits_{};
};

/// Art. 19 is about those who got something from us, sent or fetched. Who has it from others alone is one of
/// those whom Art. 17(2) is about.
[[nodiscard]] constexpr bool got_from_us(ChannelSet channels) {
    return channels.has(Doing::Sent) || channels.has(Doing::Fetched);
}

}  // namespace fedtrail::privacy
