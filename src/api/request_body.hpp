/// The bodies that REST takes for requests (schemas/erasure-order.schema.json, erasure-act-words).

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/request_acts.hpp"
#include "api/request_words.hpp"

namespace fedtrail::api {

/// A request as somebody brings it.
struct OrderBody {
    std::string subject;  ///< May be empty for a person's own token.
    ScopeWords scope;
    std::string reason;
    std::string received_at;
    bool identity_verified{};
    std::optional<bool> start;             ///< Absent: if the identity is verified.
    std::optional<std::int64_t> max_rate;  ///< Absent: none of its own.
    bool dry_run{};
};

/// What is declared of a recipient.
struct DeclarationBody {
    std::string reason;
    std::vector<std::pair<std::string, std::string>> words;  ///< "" takes it back.
};

/// How a switch is turned.
struct SwitchBody {
    bool on{};
    std::string reason;
};

/// What is written down of a person.
struct FactsBody {
    std::optional<bool> minor;  ///< Nothing: not known, or taken back.
};

/// What an audit bundle is to be.
struct BundleBody {
    std::uint64_t request{};  ///< 0: none. One of these four is what it is about.
    std::string subject;
    std::optional<std::string> since;
    std::optional<std::string> until;
    bool all{};
    std::string level;
    std::string checkpoint;  ///< That somebody kept; may be empty.
};

/// With the nearest member that the body may have. The name itself is not repeated: it may be anything.
[[nodiscard]] Error unknown_member(std::string_view name, std::span<const std::string> known);
[[nodiscard]] Error wrong_type_of(const std::string& member);

/// Errors: Invalid (not JSON, not an object, a member nobody knows, one of the wrong type).
[[nodiscard]] Result<OrderBody> order_body(const std::string& json);
/// As order_body(); also if `on` is missing.
[[nodiscard]] Result<SwitchBody> switch_body(const std::string& json);
/// As order_body().
[[nodiscard]] Result<DeclarationBody> declaration_body(const std::string& json);
/// As order_body(); also if `minor` is missing.
[[nodiscard]] Result<FactsBody> facts_body(const std::string& json);
/// As order_body().
[[nodiscard]] Result<BundleBody> bundle_body(const std::string& json);
/// As order_body(); an empty body is no words at all.
[[nodiscard]] Result<ActWords> act_words(const std::string& json);

}  // namespace fedtrail::api
