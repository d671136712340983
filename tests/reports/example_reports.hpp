/// A ledger and a vault that hold what a test puts into them, and the reports made from those.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "fakes/held_ledger.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/request_book.hpp"
#include "fakes/shredding_books.hpp"
#include "reports/report_items.hpp"
#include "reports/report_texts.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports::test {

/// What a FixedLedger answers.
struct LedgerContent {
    std::vector<PairAggregate> pairs;
    LedgerTotals whole;
};

/// Knows kAlice's recipients; answers any window with all of them and remembers which was asked.
class FixedLedger : public LedgerReader {
public:
    explicit FixedLedger(LedgerContent content) : content_(std::move(content)) {}

    [[nodiscard]] const Window& asked() const { return asked_; }

    [[nodiscard]] Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber subject,
                                                                   const Window& window) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> subjects_at(
        const Host& recipient) const override;
    [[nodiscard]] Result<std::vector<Holder>> holders_of(privacy::SubjectNumber subject,
                                                         const Uri& object) const override;
    [[nodiscard]] Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                                  std::size_t limit) const override;
    [[nodiscard]] Result<LedgerTotals> totals() const override;

private:
    LedgerContent content_;
    mutable Window asked_;
};

/// Knows subject 1.
class OnePersonVault : public SubjectVault {
public:
    OnePersonVault(std::string actor, std::string handle);

    [[nodiscard]] Result<privacy::SubjectNumber> enrol(const Uri& actor, std::string_view username) override;
    [[nodiscard]] Result<privacy::SubjectNumber> find(std::string_view subject) const override;
    [[nodiscard]] Result<SubjectIdentity> identity(privacy::SubjectNumber number) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                                   std::size_t limit) const override;

private:
    SubjectIdentity person_;
};

/// Knows the cards it was given, and of every other host nothing.
class FixedRegister : public RecipientRegister {
public:
    std::map<Host, records::RecipientCard> known;
    /// What a transfer before a day rests on, where that differs from the card.
    std::map<Host, std::pair<privacy::Day, privacy::TransferBasis>> earlier;
    mutable std::optional<privacy::Day> asked;  ///< The last day of a transfer.

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day transfer) const override;
};

inline constexpr privacy::SubjectNumber kAlice{1};

/// A ledger with everything around it: who the recipients are, what they were told, what they hold.
struct Surroundings {
    LedgerContent ledger;
    FixedRegister known;
    testing::FakeRequestBook requests;
    testing::FakeNoticeBook notices{requests};
    testing::HeldLedger held;
    testing::FakeAccesses accesses;
};

/// A request for `what` at `recipients`, and how each of them stands.
void ask_for(Surroundings& around,
             records::ScopeKind what,
             const std::vector<std::pair<Host, fediverse::NoticeState>>& recipients);
/// `count` recipients, made up; of every country source, basis, mark and state of a deletion one at least.
void make_up_surroundings(Surroundings& around, std::size_t count);
/// The two recipients of small_ledger(), the one known and asked to delete, the other a person's own server.
void small_surroundings(Surroundings& around);

[[nodiscard]] Instant at(std::string_view rfc3339);
[[nodiscard]] Host host(std::string_view text);
/// The texts of this source tree in one language.
[[nodiscard]] const ReportTexts& texts_in(std::string_view language);
[[nodiscard]] const ReportTexts& english();
[[nodiscard]] ControllerBlock example_controller();

/// A record that began on 2025-03-01, with `count` recipients of very different kinds; the same every time.
[[nodiscard]] LedgerContent made_up_ledger(std::size_t count);
/// Two recipients, hand-written, one of every oddity.
[[nodiscard]] LedgerContent small_ledger();

/// alice@origin.example's report of 2026-11-22.
[[nodiscard]] TransferReport report_of(const LedgerContent& content,
                                       const Window& period = {},
                                       const ReportTexts& texts = english());

/// The same with everything that is known, as an answer to request 7.
[[nodiscard]] TransferReport full_report_of(const Surroundings& around,
                                            const ReportTexts& texts = english(),
                                            const Window& period = {});
[[nodiscard]] ItemsExtract items_of(const Surroundings& around, const TransferReport& report);

/// A person and servers that try to break out of a page, and the longest names there can be.
[[nodiscard]] TransferReport hostile_report();

}  // namespace fedtrail::reports::test
