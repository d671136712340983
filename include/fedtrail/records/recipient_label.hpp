/// How a recipient may be named in what others read.
///
/// The host of a single-person server is that person's data (GDPR Art. 4(1)). Who asks where their own data
/// went is told the host: they have a right to the recipients by name (Art. 15(1)(c); CJEU C-154/21). In
/// anything that others read (a privacy notice, the Art. 30 record, a bundle without names) such a host does
/// not stand, and neither does one of which nobody knows whether it is one.

#pragma once

#include <map>
#include <string>
#include <utility>

#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::records {

/// Whether others may read its host: it is known to serve more than one person. A server that does not say
/// how many accounts it has may be anybody's; 0 is what some say that do not want to say.
/// A relay or a bridge is a service for others; a server with communities can be one person's like any other.
[[nodiscard]] inline bool may_be_named(const RecipientCard& card) {
    const auto& marks = card.marks;
    const bool is_service = marks.relay || marks.bridge;
    return !marks.single_person && (marks.several_people || is_service || card.users.value_or(0) > 1);
}

/// Labels for hosts that are withheld, the same one for a host within one document and none that could be
/// turned back. Not thread-safe.
class RecipientLabels {
public:
    /// `word`: what stands before the number ("unnamed server").
    explicit RecipientLabels(std::string word) : word_(std::move(word)) {}

    /// "unnamed server 3": numbers follow the order in which labels are first asked for, so ask in an order
    /// that says nothing (by a date or a sum, not by name).
    [[nodiscard]] std::string of(const std::string& host) {
        const auto number = numbers_.try_emplace(host, numbers_.size() + 1).first->second;
        return word_ + " " + std::to_string(number);
    }

private:
    std::string word_;
    std::map<std::string, std::size_t> numbers_;
};

}  // namespace fedtrail::records
