/// Recipients as schemas/recipients.schema.json and recipient.schema.json: the API's and the command line's
/// one form.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/records/recipient_card.hpp"

#include "recipients/listing.hpp"

namespace fedtrail::api {

[[nodiscard]] std::string recipients_json(const recipients::RecipientPage& page);

/// The same document, of pages that come one after the other.
class RecipientsWriter {
public:
    explicit RecipientsWriter(std::ostream& out) : out_(out) {}

    void add(const std::vector<recipients::ListedRecipient>& more);
    /// `next`: as in RecipientPage.
    void end(const std::string& next);

private:
    void begin();

    std::ostream& out_;
    bool begun_{};
    bool any_{};
};

/// All of one recipient.
struct RecipientView {
    std::optional<RecipientTotals> totals;  ///< Nothing went there that the ledger knows of.
    records::RecipientCard card;
    std::optional<records::RecipientBlock> blocked;
    std::vector<privacy::SubjectNumber> subjects;
    std::vector<DeclaredWord> declared;
    std::vector<DeclarationAct> history;
};

/// What can be asked of a recipient; all must outlive it and be thread-safe.
struct RecipientDoors {
    const LedgerReader& ledger;
    const RecipientRegister& cards;
    const DeclarationBook& declarations;
    const BlockBook& blocks;
};

/// With the basis of a transfer on the day `today`. Errors: NotFound (nothing went there, and nothing was
/// declared of it), Unavailable, Corrupt.
[[nodiscard]] Result<RecipientView> view_recipient(const RecipientDoors& doors,
                                                   const Host& host,
                                                   const privacy::Day& today);

[[nodiscard]] std::string recipient_json(const RecipientView& view);

/// "relay", "bridge", "community", "single_person", "content_delivery": what kind of server it is, with
/// spaces between; "" if it is none of these.
[[nodiscard]] std::string marks_words(const records::RecipientMarks& marks);

/// "DE (admin, high)"; "unknown".
[[nodiscard]] std::string country_words(const records::CountryFinding& country);
/// On what that rests, and what speaks against it; one line each.
[[nodiscard]] std::vector<std::string> country_remarks(const records::CountryFinding& country);

/// How each software honours deletions (schemas/honour.schema.json), as
/// recipients::software_of_recipients() has it.
[[nodiscard]] std::string honour_json(const std::map<std::string, SoftwareRecord>& software);

/// Of the copies that were seen to be gone or still there, in whole per cent, how many are gone; nothing if
/// none was.
[[nodiscard]] std::optional<std::uint64_t> honour_percent(std::uint64_t gone, std::uint64_t present);

}  // namespace fedtrail::api
