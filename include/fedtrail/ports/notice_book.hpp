/// Where notices are kept: the plan of a request, its progress, and the evidence of every step.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/whole_page.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail {

/// What one moment changed: notices as they are now, and what is to be remembered of it. Written in one step.
struct NoticeChange {
    std::vector<records::Notice>
        notices;  ///< Whole; found by their number, each with the version it was read with.
    std::vector<records::NoticeAttempt> attempts;
    std::vector<records::NoticeLook> looks;
    std::vector<records::NoticeLetter> letters;
};

/// How far a request has come.
struct NoticeTally {
    std::map<fediverse::NoticeState, std::uint64_t> states;
    std::uint64_t notices{};
    std::uint64_t steps{};       ///< Messages planned …
    std::uint64_t steps_done{};  ///< … and behind us.
    /// Notices that still send something by themselves, the second wave included; not those that a copy's
    /// return woke.
    std::uint64_t to_leave{};
    std::uint64_t first_wave{};  ///< Of them: whose next message is to leave before the origin deletes.
};

/// Everything remembered of one notice, oldest first.
struct NoticeHistory {
    std::vector<records::NoticeAttempt> attempts;
    std::vector<records::NoticeLook> looks;
    std::vector<records::NoticeLetter> letters;
};

/// A letter to the operator of a recipient, with where it belongs.
struct LetterOfNotice {
    records::RequestNumber request;
    Host recipient;
    fediverse::NoticeState state{fediverse::NoticeState::Planned};  ///< Of the notice, by now.
    records::NoticeLetter letter;
};

/// Whose letters are wanted; all that is set must hold.
struct LetterFilter {
    std::optional<records::RequestNumber> request;
    std::optional<Host> recipient;
};

/// Which notices are wanted; all that is set must hold.
struct NoticeFilter {
    std::optional<records::RequestNumber> request;
    std::optional<Host> recipient;
    std::optional<privacy::SubjectNumber> subject;
    /// next_at is at or before this, the request lets notices leave, and for a step of wave 2 its origin is
    /// gone.
    std::optional<Instant> due_at;
    std::optional<Instant> look_at;  ///< next_look_at is at or before this.
    std::optional<fediverse::NoticeState> state;
    std::vector<Host> not_to;     ///< Recipients that are left out; a few dozen.
    records::NoticeNumber after;  ///< Numbers above this.
    std::size_t limit{1'000};
};

/// Thread-safe; several processes may share it. What returned is durable. Errors of all: Unavailable,
/// Corrupt.
class NoticeBook {
public:
    NoticeBook() = default;
    NoticeBook(const NoticeBook&) = delete;
    NoticeBook& operator=(const NoticeBook&) = delete;
    NoticeBook(NoticeBook&&) = delete;
    NoticeBook& operator=(NoticeBook&&) = delete;
    virtual ~NoticeBook() = default;

    /// Adds the objects and the notices of a request (number and version are given here), or nothing of it.
    /// Objects that are already there keep their index; `objects` is the whole list, the old ones first. Only
    /// `held_for_law` of an old one may differ from before: it is taken over. Errors: NotFound (no such
    /// request, or its subject was shredded), Conflict (a recipient has its notice in this request already),
    /// Invalid (other objects than before, or a notice of another request, without a recipient, or with an
    /// object that is not there).
    [[nodiscard]] virtual Result<void> plan(records::RequestNumber request,
                                            std::span<const records::ErasedObject> objects,
                                            std::span<const records::Notice> notices) = 0;
    /// All of it or nothing; gives each notice the version that follows. Evidence alone asks for no version.
    /// Errors: NotFound (one of the notices), Conflict (the `version` of one is not the stored one: somebody
    /// else changed it meanwhile; read it again, and make the change anew).
    [[nodiscard]] virtual Result<void> apply(const NoticeChange& change) = 0;
    /// By number, ascending; with `due_at` or `look_at` by that time.
    [[nodiscard]] virtual Result<std::vector<records::Notice>> notices(const NoticeFilter& filter) const = 0;
    /// The same past what is damaged, and past everything of a person whose key is: nothing of theirs could
    /// be written. For walks over many people's; who asks for one thing uses notices(). Errors: Unavailable
    /// alone, also where the store itself is damaged: who walks takes Corrupt for one row that was gone past.
    [[nodiscard]] virtual Result<WholePage<records::Notice>> whole_notices(
        const NoticeFilter& filter) const = 0;
    [[nodiscard]] virtual Result<NoticeTally> tally(records::RequestNumber request) const = 0;
    /// `indexes` of a request's objects, in that order; all of them if it is empty.
    [[nodiscard]] virtual Result<std::vector<records::ErasedObject>> objects(
        records::RequestNumber request, std::span<const std::uint32_t> indexes) const = 0;
    /// Errors: NotFound.
    [[nodiscard]] virtual Result<NoticeHistory> history(records::NoticeNumber notice) const = 0;
    /// By notice, oldest first. Costs what letters there are, whatever else is remembered of the notices.
    [[nodiscard]] virtual Result<std::vector<LetterOfNotice>> letters(const LetterFilter& filter) const = 0;
};

}  // namespace fedtrail
