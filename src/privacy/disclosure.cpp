#include "fedtrail/privacy/disclosure.hpp"

#include <array>
#include <utility>

namespace fedtrail::privacy {

namespace {

template <typename Value, std::size_t Size>
using Names = std::array<std::pair<Value, std::string_view>, Size>;

constexpr Names<Channel, 6> kChannels{{
    {Channel::Push, "push"},
    {Channel::Relay, "relay"},
    {Channel::Forward, "forward"},
    {Channel::SignedPull, "signed_pull"},
    {Channel::AnonymousPull, "anonymous_pull"},
    {Channel::Bridge, "bridge"},
}};

constexpr Names<OutcomeKind, 9> kOutcomes{{
    {OutcomeKind::Intended, "intended"},
    {OutcomeKind::Accepted, "accepted"},
    {OutcomeKind::Rejected, "rejected"},
    {OutcomeKind::Sent, "sent"},
    {OutcomeKind::RefusedBeforeBody, "refused_before_body"},
    {OutcomeKind::Unreachable, "unreachable"},
    {OutcomeKind::Fetched, "fetched"},
    {OutcomeKind::Inferred, "inferred"},
    {OutcomeKind::Prevented, "prevented"},
}};

constexpr Names<Evidence, 5> kEvidence{{
    {Evidence::Intended, "intended"},
    {Evidence::Inferred, "inferred"},
    {Evidence::Sent, "sent"},
    {Evidence::Accepted, "accepted"},
    {Evidence::Fetched, "fetched"},
}};

template <typename Value, std::size_t Size>
std::optional<Value> value_named(const Names<Value, Size>& names, std::string_view name) {
    for (const auto& [value, text] : names) {
        if (text == name) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Evidence> evidence_of(const Outcome& outcome) {
    switch (outcome.kind) {
        case OutcomeKind::Intended:
            return Evidence::Intended;
        case OutcomeKind::Accepted:
            return Evidence::Accepted;
        case OutcomeKind::Rejected:
        case OutcomeKind::Sent:
            return Evidence::Sent;
        case OutcomeKind::Fetched:
            return Evidence::Fetched;
        case OutcomeKind::Inferred:
            return Evidence::Inferred;
        case OutcomeKind::RefusedBeforeBody:
        case OutcomeKind::Unreachable:
        case OutcomeKind::Prevented:
            return std::nullopt;
    }
    return std::nullopt;
}

std::string_view name_of(Channel channel) {
    return kChannels.at(static_cast<std::size_t>(channel)).second;
}
std::string_view name_of(OutcomeKind kind) {
    return kOutcomes.at(static_cast<std::size_t>(kind)).second;
}
std::string_view name_of(Evidence evidence) {
    return kEvidence.at(static_cast<std::size_t>(evidence)).second;
}

std::optional<Channel> channel_named(std::string_view name) {
    return value_named(kChannels, name);
}
std::optional<OutcomeKind> outcome_named(std::string_view name) {
    return value_named(kOutcomes, name);
}

}  // namespace fedtrail::privacy
