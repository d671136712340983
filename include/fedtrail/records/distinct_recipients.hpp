/// Counts recipients where hosts come one after the other.

#pragma once

#include <algorithm>
#include <string>
#include <unordered_set>

#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::records {

/// A recipient with several hosts is one, whichever of them comes first; ports do not matter.
class DistinctRecipients {
public:
    /// Whether no host of its recipient came before.
    bool is_new(const RecipientCard& card) {
        join(joined_, card);
        const auto names = joined_.names_of(card.host);
        const bool known = std::any_of(
            names.begin(), names.end(), [this](const std::string& name) { return seen_.count(name) != 0; });
        seen_.emplace(privacy::without_port(card.host));
        return !known;
    }

private:
    privacy::JoinedHosts joined_;
    std::unordered_set<std::string> seen_;
};

}  // namespace fedtrail::records
