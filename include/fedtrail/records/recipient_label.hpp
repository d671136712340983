/// How a recipient may be named in what is published.
///
/// The host of a single-person server is that person's data (GDPR Art. 4(1)). Who asks where their own data
/// went is told the host: they have a right to the recipients by name (Art. 15(1)(c); CJEU C-154/21). In
/// anything that others read (a privacy notice, the Art. 30 record, an assessment handed on, figures) such a
/// host does not stand; RecipientLabels gives each a label in its place, the same one within one document and
/// none that could be turned back.

#pragma once

#include <map>
#include <string>
#include <utility>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::records {

/// Whom a document is for.
enum class LabelReader : std::uint8_t {
    TheSubject,  ///< The person whose data it is, or the controller themselves: hosts stand as they are.
    Others,      ///< Everybody else.
};

/// One for each document. Not thread-safe.
class RecipientLabels {
public:
    /// `single_person` is the word in the document's language ("single-person server").
    RecipientLabels(LabelReader reader, std::string single_person)
        : reader_(reader), single_person_(std::move(single_person)) {}

    /// "a.example", or "single-person server 3": numbers follow the order in which labels are first asked
    /// for, so ask in an order that says nothing (by a date or a sum, not by name).
    [[nodiscard]] std::string of(const Host& host, bool single_person) {
        if (reader_ == LabelReader::TheSubject || !single_person) {
            return host.text();
        }
        const auto number = numbers_.try_emplace(host, numbers_.size() + 1).first->second;
        return single_person_ + " " + std::to_string(number);
    }
    [[nodiscard]] std::string of(const RecipientCard& card) {
        return of(card.host, card.marks.single_person);
    }

private:
    LabelReader reader_;
    std::string single_person_;
    std::map<Host, std::size_t> numbers_;
};

}  // namespace fedtrail::records
