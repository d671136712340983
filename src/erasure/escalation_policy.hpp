/// What follows when a recipient does not erase: policies/escalation.json as values. Pure.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/notice_book.hpp"

namespace fedtrail::erasure {

enum class RungAct : std::uint8_t {
    Letter,  ///< To the operator of the recipient.
    Decide,  ///< The controller has to say what becomes of it; nothing happens by itself.
};

struct Rung {
    std::string name;
    std::vector<fediverse::NoticeState> states;
    std::vector<std::string> after;  ///< Only after a letter of one of these rungs.
    std::chrono::days after_days{};
    RungAct act{RungAct::Letter};
    bool needs_contact{};
    std::string text;          ///< Name of the letter's text.
    std::string removal_text;  ///< In its place for a removal from one server; "" is the same.
    std::string advice;        ///< For the one who decides.
};

class EscalationPolicy {
public:
    /// `json` is policies/escalation.json. Errors: Invalid.
    [[nodiscard]] static Result<EscalationPolicy> parse(std::string_view json);

    /// The first rung that is due; none if nothing is. `has_contact`: an address of the operator is known.
    /// `received`: when the request was; the days of a notice of which nothing was ever tried begin there.
    [[nodiscard]] const Rung* due(const records::Notice& notice,
                                  const NoticeHistory& history,
                                  bool has_contact,
                                  Instant received,
                                  Instant now) const;
    /// The states that any rung is for.
    [[nodiscard]] const std::vector<fediverse::NoticeState>& states() const { return states_; }
    [[nodiscard]] const std::vector<Rung>& rungs() const { return rungs_; }

private:
    std::vector<Rung> rungs_;
    std::vector<fediverse::NoticeState> states_;
};

/// When the last letter of one of these rungs was handed over.
[[nodiscard]] std::optional<Instant> letter_at(const NoticeHistory& history,
                                               const std::vector<std::string>& rungs);
/// When the last look saw the copy, and since when every look that could tell has.
struct SeenPresent {
    Instant first{};
    Instant last{};
};
[[nodiscard]] std::optional<SeenPresent> seen_present(const NoticeHistory& history);

}  // namespace fedtrail::erasure
