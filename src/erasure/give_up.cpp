#include "erasure/give_up.hpp"

#include <utility>

#include "erasure/letter_sent.hpp"
#include "erasure/reason.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kLongestGiveUpReason = 500;

Result<records::Notice> give_up_once(NoticeBook& notices,
                                     records::NoticeNumber number,
                                     const Reason& reason,
                                     Instant now) {
    auto notice = notice_numbered(notices, number);
    if (!notice) {
        return notice;
    }
    const auto state = fediverse::next(notice->state, fediverse::NoticeEventKind::GivenUpInLaw);
    if (!state) {
        return fail(
            ErrorKind::Denied,
            "give-up cannot be done to a notice that is " + std::string{fediverse::name_of(notice->state)},
            "nothing is left there to give up");
    }
    if (records::is_under_way(*notice, now)) {
        return fail(ErrorKind::Denied, "a message of this notice is on its way", "try again in a minute");
    }
    notice->in_flight = false;
    notice->state = *state;
    notice->reason = text_of(reason);
    notice->next_at.reset();
    notice->next_look_at.reset();
    NoticeChange change;
    change.notices.push_back(*notice);
    if (auto applied = notices.apply(change); !applied) {
        return fail(applied);
    }
    ++notice->version;
    return notice;
}

}  // namespace

std::optional<GiveUpGround> give_up_ground_named(std::string_view name) {
    if (name == "impossible") {
        return GiveUpGround::Impossible;
    }
    return name == "disproportionate" ? std::optional{GiveUpGround::Disproportionate} : std::nullopt;
}

Result<records::Notice> give_up_by_law(NoticeBook& notices,
                                       records::NoticeNumber number,
                                       GiveUpGround ground,
                                       const std::string& reason,
                                       Instant now) {
    if (reason.empty() || reason.size() > kLongestGiveUpReason) {
        return fail(ErrorKind::Invalid,
                    "a reason of 1 to " + std::to_string(kLongestGiveUpReason) + " octets is needed",
                    "say why this recipient cannot be told, or why it would be disproportionate");
    }
    const auto code =
        ground == GiveUpGround::Impossible ? ReasonCode::Impossible : ReasonCode::Disproportionate;
    return until_current([&] { return give_up_once(notices, number, {code, reason}, now); });
}

}  // namespace fedtrail::erasure
