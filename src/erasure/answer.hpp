/// The answer to a person who asked for erasure: what was done (GDPR Art. 12(3)), what was not and why (Art.
/// 12(4)), and who was told (Art. 19).

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/erasure.hpp"

#include "erasure/answer_words.hpp"

namespace fedtrail::erasure {

struct AnsweredRecipient {
    Host host;
    std::optional<fediverse::NoticeState> state;  ///< Absent: it was not told.
    bool told{};                                  ///< Something left for it, or the origin told it.
    bool seen{};                                  ///< The last look that said anything saw the copy.
    bool profile_stays{};  ///< Something kept lies there, and the account's own Delete would take it along.
    bool passes_on{};      ///< Who is behind it, and has what it passed on, is not known.
    std::optional<Instant> acknowledged_at;
    std::uint32_t messages{};   ///< To it, in this request.
    std::uint32_t not_taken{};  ///< Of them.
    std::uint16_t last_status{};
    std::string reason;  ///< As records::Notice::reason.
};

struct AnswerRefusal {
    privacy::RefusalGround ground{privacy::RefusalGround::NoGround};
    std::string reason;
    bool whole{};
};

/// What is known of what our own server had.
enum class OwnCopy : std::uint8_t {
    Unsaid,  ///< Nothing is asked of our own server, or nothing is done.
    NotSeenGone,
    SaidGone,  ///< Not seen; an operator said so of a request that is acted on and of which nothing is kept.
    Gone,      ///< The origin was seen to answer 404 or 410.
};

/// What the letter to the person says, before it is put into words.
struct Answer {
    records::RequestNumber number;
    std::optional<records::RequestNumber> duplicate_of;
    records::ErasureScope scope;
    Personal<std::string> handle;  ///< "" if it is not known (any more).
    std::string extension_reason;
    std::vector<AnswerRefusal> refusals;
    /// Art. 19: those that got it from us, sent or fetched; by host.
    std::vector<AnsweredRecipient> recipients;
    /// Art. 17(2): others known to hold public copies; by host.
    std::vector<AnsweredRecipient> others;
    /// One of the two, and the ledger does not say which (any more); by host.
    std::vector<AnsweredRecipient> way_unknown;
    std::vector<Host> untouched;  ///< Named, and nothing is known to have gone there; by host.
    std::vector<Host> objected;   ///< Named, and nothing goes there any more (Art. 21); by host.
    std::map<fediverse::NoticeState, std::uint64_t> states;  ///< Of all lists.
    std::optional<Instant> own_gone_at;                      ///< With OwnCopy::Gone.
    std::uint64_t objects_kept{};
    privacy::Day received{};
    privacy::Day due{};  ///< The extended deadline if the request was extended.
    privacy::RequestState state{privacy::RequestState::Received};
    OwnCopy own_copy{OwnCopy::Unsaid};
    bool identity_verified{};  ///< False: nothing about the account is told, neither handle nor lists.
    bool extended{};
    bool overdue{};  ///< `due` is over, and the request is open.
    bool stopped{};
    bool names_remedies{};  ///< Art. 12(4): the rights to complain and to a court. Also where it is overdue.
};

/// The controller as the letter names it.
struct AnswerController {
    std::string name;
    std::string contact;
    std::string dpo;        ///< "" if there is none.
    std::string authority;  ///< The supervisory authority (Art. 77).
};

/// JSON of schemas/erasure-answer.schema.json.
[[nodiscard]] std::string render_answer_json(const Answer& answer, const AnswerController& controller);

/// Markdown. Errors: Invalid (the text or a part is no Mustache).
[[nodiscard]] Result<std::string> render_answer_text(const Answer& answer,
                                                     const AnswerController& controller,
                                                     const AnswerWords& words);

}  // namespace fedtrail::erasure
