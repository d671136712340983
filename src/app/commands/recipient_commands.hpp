/// The commands about the servers that got data, and about on what transfers to them rest.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/time.hpp"

#include "app/session.hpp"

namespace fedtrail::app {

struct RecipientOptions {
    std::string host;
    std::vector<std::string> words;  ///< "country=DE" for set, "country" for unset.
    std::string reason;
    std::size_t limit{1000};
    std::string after;
    std::string country;  ///< Of a list: ISO 3166-1 or "unknown"; "" is any.
    std::string basis;    ///< As printed.
    std::string software;
    bool blocked{};    ///< Only those that a list blocks.
    std::string file;  ///< Of an import; "-" is standard input.
    std::string format;
    std::string list;  ///< The name of a list of blocks; "" is that of the file.
    bool as_rules{};
    bool dry_run{};
};
[[nodiscard]] Result<Exit> recipients_list(Session& session, const RecipientOptions& options);
[[nodiscard]] Result<Exit> recipients_show(Session& session, const RecipientOptions& options);
[[nodiscard]] Result<Exit> recipients_set(Session& session, const RecipientOptions& options);
[[nodiscard]] Result<Exit> recipients_unset(Session& session, const RecipientOptions& options);
[[nodiscard]] Result<Exit> recipients_import(Session& session, const RecipientOptions& options);
/// What was declared, as `recipients import --format overrides` takes it.
[[nodiscard]] Result<Exit> recipients_export(Session& session);

struct TransferOptions {
    std::string day;   ///< "" is today.
    std::string name;  ///< Of a switch.
    bool on{};
    bool off{};
    bool dry_run{};
    std::string reason;
};
[[nodiscard]] Result<Exit> transfers_bases(Session& session, const TransferOptions& options);
[[nodiscard]] Result<Exit> transfers_switch(Session& session, const TransferOptions& options);

struct RefreshOptions {
    std::string host;            ///< Empty: everybody who is due.
    bool all{};                  ///< Due or not.
    std::uint64_t max_rate{20};  ///< Requests a second; 0 is no limit.
};
[[nodiscard]] Result<Exit> recipients_refresh(Session& session, const RefreshOptions& options);

struct PromisesOptions {
    std::string host;
    bool differences{};  ///< Show them.
    bool changed{};      ///< Of all recipients, instead: what changed.
    std::optional<Instant> since;
};
[[nodiscard]] Result<Exit> recipients_policies(Session& session, const PromisesOptions& options);

}  // namespace fedtrail::app
