/// What a server says of itself: NodeInfo (FEP-f1d5, schemas 2.0 and 2.1) and the instance API of its
/// software, from bytes that anybody may have made up. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

struct NodeFacts {
    std::string software;                  ///< Lower case; letters, digits, '.', '-' and '_', at most 64.
    std::string version;                   ///< Printable ASCII, at most 64; may be empty.
    Personal<std::string> contact;         ///< Mail address of the operator; "" is not told.
    std::string language;                  ///< BCP 47; "" is not told.
    std::optional<std::uint64_t> users{};  ///< Accounts of its own.
    std::optional<bool> registrations_open{};
    Personal<std::string> operator_name{};  ///< From a field made for it; legal entity or person, at most 200
                                            ///< octets.
    Personal<std::string>
        contact_name{};            ///< As the account to turn to shows itself: not who answers for it.
    std::string privacy_policy{};  ///< URI, as all that follow; "" is not told.
    std::string terms{};
    std::string imprint{};
    std::string declared_country{};  ///< As it is written in a field made for it, at most 64 octets.
    Host account_host{};             ///< The host in the names of its accounts; empty is not told.

    friend bool operator==(const NodeFacts&, const NodeFacts&) = default;
};

/// The document with the newest schema of 2.0 and 2.1 that lies on `host` itself; http becomes https. Errors:
/// Invalid (no JSON, or none of them is there).
[[nodiscard]] Result<Uri> node_info_link(std::string_view well_known, const Host& host);

/// The same on any host: a server may say that another one speaks for it, and that one must agree.
[[nodiscard]] Result<Uri> node_info_link_anywhere(std::string_view well_known);

/// Errors: Invalid (no JSON, or no software's name).
[[nodiscard]] Result<NodeFacts> read_node_info(std::string_view body);

/// How a server of that software is asked who runs it.
struct InstanceQuestion {
    std::string method;
    std::string path;
    std::string body;  ///< JSON, or "".
};

/// Nothing where nothing more can be learned that way.
[[nodiscard]] std::optional<InstanceQuestion> instance_question(std::string_view software);

/// Fills in what is missing. What cannot be read is left out.
void add_instance_facts(NodeFacts& facts, std::string_view body);

/// Fills in what `facts` lacks from `more`.
void complete(NodeFacts& facts, const NodeFacts& more);

/// One address as RFC 5321 section 4.1.2 has it without quoting, lower-cased after the "@"; nothing if it is
/// none, or anything more.
[[nodiscard]] std::optional<std::string> mail_address(std::string_view text);

/// Whether that software is a relay: it hands on whatever it gets and keeps nothing for readers.
[[nodiscard]] bool is_relay(std::string_view software);

}  // namespace fedtrail::fediverse
