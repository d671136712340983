/// What is written down of an erasure: the request and its events, a notice per recipient with its steps,
/// every attempt, look and letter.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/strong.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/fediverse/delete_message.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/erasure_request.hpp"

namespace fedtrail::records {

/// Given from 1 upwards, never twice.
using RequestNumber = Strong<struct RequestNumberTag, std::uint64_t>;
using NoticeNumber = Strong<struct NoticeNumberTag, std::uint64_t>;

/// Who brought the request. The numbers are written to disk: append only.
enum class RequestSource : std::uint8_t {
    Admin = 0,     ///< By CLI, or a token that may write requests.
    Person = 1,    ///< With a token of their own.
    Observed = 2,  ///< The origin itself was seen to delete.
};

/// The numbers are written to disk: append only.
enum class ScopeKind : std::uint8_t {
    Account = 0,   ///< The account and everything of it.
    Objects = 1,   ///< Chosen objects.
    Matching = 2,  ///< Everything before a moment and/or of given categories.
};

struct ErasureScope {
    ScopeKind kind{ScopeKind::Account};
    std::vector<Personal<std::string>> objects;  ///< Objects: normalised URIs. At most 10,000.
    std::optional<Instant> before;               ///< Matching.
    fediverse::CategorySet categories;           ///< Matching; empty is all.
    /// Only these, and nothing more goes there; empty is everywhere. Each stands for all hosts of its
    /// recipient.
    std::vector<Host> recipients;

    friend bool operator==(const ErasureScope&, const ErasureScope&) = default;
};

struct ErasureRequest {
    RequestNumber number;
    std::uint64_t version{};  ///< One more with every change; a change names the version it read.
    privacy::SubjectNumber subject;
    RequestSource source{RequestSource::Admin};
    ErasureScope scope;
    privacy::RequestState state{privacy::RequestState::Received};
    Instant received_at{};
    bool identity_verified{};
    bool extended{};
    bool stopped{};  ///< Nothing more leaves until it is resumed.
    /// When the origin's own copy was seen to be gone, or said to be: its event tells which.
    std::optional<Instant> origin_gone_at;
    std::optional<RequestNumber> duplicate_of;
    std::optional<Instant> closed_at;
    std::uint32_t max_rate{};  ///< Messages a second, of this request; 0: no limit of its own.
};

/// One line of a request's history.
struct RequestEvent {
    Instant at{};
    privacy::RequestEventKind kind{privacy::RequestEventKind::Received};
    privacy::RequestState state{privacy::RequestState::Received};  ///< Afterwards.
    std::string by;                                                ///< See by.hpp.
    std::optional<privacy::RefusalGround> ground;
    std::string reason;     ///< Words of the operator, at most 2,000 octets; may be empty. Sealed at rest.
    bool begins_keeping{};  ///< PartlyRefused, HeldForLaw: nothing of the request was kept before.
};

/// Begins the reason of an event Answered that is the paper the person was given, not words about it.
inline constexpr std::string_view kToldMark = "fedtrail/told/1\n";
/// Octets of such a paper: an answer that names ten thousand servers, as JSON too.
inline constexpr std::size_t kMaxTold = std::size_t{4} << 20U;

/// The paper in such an event; nothing of another.
[[nodiscard]] inline std::optional<std::string_view> told_in(const RequestEvent& event) {
    const std::string_view reason{event.reason};
    const bool is_paper = event.kind == privacy::RequestEventKind::Answered && reason.starts_with(kToldMark);
    return is_paper ? std::optional{reason.substr(kToldMark.size())} : std::nullopt;
}
/// Octets that an event's reason may have.
[[nodiscard]] inline std::size_t longest_reason(const RequestEvent& event) {
    constexpr std::size_t kLongestReason = 2'000;
    return told_in(event) ? kToldMark.size() + kMaxTold : kLongestReason;
}
/// The reason for a history: a paper names people, and is not repeated.
[[nodiscard]] inline std::string shown_reason(const RequestEvent& event) {
    const auto paper = told_in(event);
    return paper ? "the paper itself, " + std::to_string(paper->size()) + " octets" : event.reason;
}

/// The words that go with an event Answered, and what their digest in the log is salted with.
struct ToldWords {
    std::uint64_t place{};             ///< Of the event among the request's events.
    Bytes salt;                        ///< 16 octets.
    std::optional<std::string> words;  ///< Nothing once the person was shredded.
};

/// One message of a notice. Steps are sent in order, one after the other.
struct NoticeStep {
    fediverse::StepKind kind{fediverse::StepKind::DeleteActor};
    fediverse::ObjectForm form{fediverse::ObjectForm::Plain};
    std::uint8_t wave{1};    ///< 2: only after the origin was seen to answer 404 or 410.
    std::uint32_t object{};  ///< Index into the request's objects; unused for DeleteActor.

    friend bool operator==(const NoticeStep&, const NoticeStep&) = default;
};

/// An object that a request erases; sealed at rest under the subject's key.
struct ErasedObject {
    Personal<std::string> uri;  ///< The object's (or, for UndoActivity, the activity's) URI.
    fediverse::CategorySet categories;
    bool held_for_law{};  ///< Not erased: a legal hold lies on it.

    friend bool operator==(const ErasedObject&, const ErasedObject&) = default;
};

/// The messages to one recipient in one request, and what is known of the copy there.
struct Notice {
    NoticeNumber number;
    std::uint64_t version{};  ///< One more with every change; a change names the version it read.
    RequestNumber request;
    privacy::SubjectNumber subject;
    Host recipient;
    fediverse::NoticeState state{fediverse::NoticeState::Planned};
    std::string software;  ///< As the recipient's NodeInfo says, lower case; "" is unknown.
    std::string dialect;   ///< Name of the row of policies/dialects.json that was used.
    std::string inbox;     ///< URI; "" if none is known.
    std::vector<NoticeStep> steps;
    std::uint32_t position{};        ///< The step that is next; steps.size() is done.
    std::uint32_t attempts{};        ///< Of that step.
    std::uint32_t declined{};        ///< Steps that it did not take: refused, or failed at to the end.
    std::uint32_t rounds{};          ///< How often it was told anew, since a copy came back.
    bool in_flight{};                ///< An attempt was begun and its outcome is not written.
    bool left{};                     ///< An octet of a message left for it.
    std::optional<Instant> next_at;  ///< When the next attempt is due; absent: nothing is to be sent.
    std::uint16_t last_status{};
    std::optional<Instant> acknowledged_at;
    bool seen_from_origin{};  ///< The origin's own Delete reached it.
    fediverse::Presence presence{fediverse::Presence::Unknown};
    std::uint32_t looks{};
    std::optional<Instant> next_look_at;
    std::string reason;  ///< Disproportionate, Unreachable, Refused: why, in one sentence.
    /// Since when its recipient has only asked to be left alone; absent: it did not, or the notice went on.
    std::optional<Instant> resting_since{};
};

/// Whether a message of it may be on its way at `now`. A crash leaves `in_flight` set: `next_at` is when
/// nobody waits for the outcome any more.
[[nodiscard]] inline bool is_under_way(const Notice& notice, Instant now) {
    return notice.in_flight && notice.next_at && *notice.next_at > now;
}

/// Whether anything was told to the recipient, as far as we know: by a message of ours, or of the origin.
/// What never left told nobody, and a letter to its operator is a letter.
[[nodiscard]] inline bool was_told(const Notice& notice) {
    using fediverse::NoticeState;
    return notice.left || notice.acknowledged_at || notice.last_status != 0 || notice.declined > 0 ||
           notice.state == NoticeState::Sent || notice.state == NoticeState::Acknowledged ||
           notice.state == NoticeState::Refused;
}

/// What became of one attempt to send one step. The numbers are written to disk: append only.
enum class AttemptResult : std::uint8_t {
    Begun = 0,        ///< Nothing known since.
    Answered = 1,     ///< `status` says how.
    Unreachable = 2,  ///< Nothing left.
    Sent = 3,         ///< It left; no answer.
    Blocked = 4,      ///< We refused: a private address, a bad certificate, no inbox, no key.
};

struct NoticeAttempt {
    NoticeNumber notice;
    std::uint32_t step{};
    Instant at{};
    AttemptResult result{AttemptResult::Begun};
    std::uint16_t status{};
    std::string scheme;  ///< "cavage", "rfc9421", "origin" (the origin sent it), "letter".
    std::string note;    ///< One sentence without personal data; may be empty.
};

struct NoticeLook {
    NoticeNumber notice;
    Instant at{};
    std::string probe;  ///< Name of the row of policies/probes.json, or "signed_fetch".
    fediverse::Presence presence{fediverse::Presence::Unknown};
    std::uint16_t status{};
};

/// A letter to a recipient's operator (Art. 17(2), 19).
struct NoticeLetter {
    NoticeNumber notice;
    Instant at{};
    std::string rung;      ///< Name of the row of policies/escalation.json.
    std::string language;  ///< BCP 47.
    std::string channel;   ///< "smtp", "file".
    std::string message_id;
    bool handed_over{};  ///< The mail server took it, or somebody said that they sent the file.
    std::string note;
};

/// A person's objection to a recipient (Art. 21): nothing of theirs goes there any more.
struct Objection {
    privacy::SubjectNumber subject;
    Host recipient;
    Instant since{};
    RequestNumber request;
};

}  // namespace fedtrail::records
