/// Escalation: writes to the operators of recipients that do not erase, as policies/escalation.json says, and
/// keeps what the controller decides when letters do not help.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/mailer.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/escalation_policy.hpp"
#include "erasure/give_up.hpp"
#include "erasure/letter_sent.hpp"
#include "erasure/letters.hpp"

namespace fedtrail::erasure {

/// Whether letters may leave for it: it is under way, or was closed in part. To answer the person in time
/// (GDPR Art. 12(3)) is one thing, to reach recipients (Art. 19) another, which takes longer. Once stopped
/// none do.
[[nodiscard]] bool may_write_letters(const records::ErasureRequest& request);

/// How long letters leave for a request that was closed in part; the ladder as shipped takes 63 days.
inline constexpr std::chrono::hours kLettersAfterClose{24 * 90};

/// may_write_letters(), and its time after a closing in part is not over at `now`.
[[nodiscard]] bool writes_letters(const records::ErasureRequest& request,
                                  std::chrono::hours after_close,
                                  Instant now);

struct EscalationPorts {
    const RequestBook& requests;
    NoticeBook& notices;
    const RecipientDirectory& directory;
    const SubjectVault& vault;
    const LedgerReader& reader;
    Mailer* mailer;   ///< None: every letter is sent by hand.
    Mailer& by_hand;  ///< LetterFolder.
    const Clock& clock;
    const fediverse::Dialects* dialects{};  ///< As VerdictPorts has it.
};

struct EscalationOptions {
    LetterSender controller;
    std::string language;     ///< Ours, BCP 47.
    std::string mail_domain;  ///< Behind the "@" of message ids.
    std::chrono::seconds every{std::chrono::minutes{60}};
    std::size_t letters_in_step{10};  ///< A mail server may take seconds for each.
    std::size_t max_uris{200};        ///< In one letter.
    std::size_t mail_tries{5};        ///< Then it becomes a file.
    std::chrono::hours look_after{kLookAfterLetter};
    std::chrono::hours after_close{kLettersAfterClose};
};

/// What the controller has to decide.
struct DecisionDue {
    records::NoticeNumber notice;
    records::RequestNumber request;
    Host recipient;
    fediverse::NoticeState state{fediverse::NoticeState::Escalated};
    std::string rung;
    std::string advice;
};

/// step() from one thread; the rest from any.
class Escalation {
public:
    /// All references must outlive it.
    Escalation(EscalationPorts ports,
               const EscalationPolicy& policy,
               const LetterTexts& texts,
               EscalationOptions options);

    /// Writes the letters that are due: recorded before one leaves, and again when it was taken; a letter
    /// that was begun and never reported leaves again with the same message id. What cannot go by mail is a
    /// file that waits until letter_sent_by_hand(). Waits for the mail server,
    /// for at most `letters_in_step` letters; each is
    /// dropped if its request was stopped meanwhile, or ended other than in part. When it wants to be called
    /// again. Errors: those of the books; Corrupt where what is damaged was passed over.
    [[nodiscard]] Result<std::optional<Instant>> step();

    /// By notice. Errors: those of the books.
    [[nodiscard]] Result<std::vector<DecisionDue>> decisions(records::RequestNumber request) const;

    /// As give_up_by_law().
    [[nodiscard]] Result<records::Notice> give_up(records::NoticeNumber notice,
                                                  GiveUpGround ground,
                                                  const std::string& reason);

private:
    /// A letter to be written.
    struct Due {
        records::Notice notice;
        const Rung* rung{};
    };
    struct Way {
        Mailer* mailer{};
        std::string channel;
        std::string note;
    };

    [[nodiscard]] Result<void> find_due();
    [[nodiscard]] Result<void> find_due_in(const records::ErasureRequest& request);
    [[nodiscard]] Result<void> add_if_due(records::Notice& notice, Instant received);
    [[nodiscard]] Result<bool> was_written_to_lately(const Host& recipient) const;
    /// `received`: when its request was.
    [[nodiscard]] Result<const Rung*> rung_for(const records::Notice& notice,
                                               Instant received,
                                               NoticeHistory& history) const;
    [[nodiscard]] Result<void> write(const Due& due);
    [[nodiscard]] Result<bool> may_write(records::RequestNumber number) const;
    [[nodiscard]] Result<LetterFacts> facts_of(const records::ErasureRequest& request,
                                               const records::Notice& notice,
                                               const NoticeHistory& history) const;
    [[nodiscard]] Result<bool> is_from_us(const records::Notice& notice) const;
    [[nodiscard]] Result<bool> names_account(const records::ErasureRequest& request,
                                             const records::Notice& notice,
                                             const NoticeHistory& history) const;
    [[nodiscard]] Result<void> add_things(const records::ErasureRequest& request,
                                          const records::Notice& notice,
                                          const NoticeHistory& history,
                                          LetterFacts& facts) const;
    [[nodiscard]] Way way_of(const RecipientEntry& entry,
                             const NoticeHistory& history,
                             const Rung& rung,
                             const std::string& message_id) const;
    [[nodiscard]] Result<bool> hand_over(const Letter& letter, const Way& way, records::NoticeLetter record);
    [[nodiscard]] Result<bool> lay_down(const Letter& letter, const records::NoticeLetter& record);

    EscalationPorts ports_;
    const EscalationPolicy& policy_;
    const LetterTexts& texts_;
    EscalationOptions options_;
    std::optional<Instant> next_round_;  ///< Absent: none was begun yet.
    std::deque<Due> due_;
    std::set<Host> written_to_;                  ///< In this round: one letter to an operator is enough.
    std::map<std::string, std::string> faults_;  ///< Why the last try failed, by message id of what is tried.
};

}  // namespace fedtrail::erasure
