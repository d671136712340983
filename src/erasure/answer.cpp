#include "erasure/answer.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "erasure/reason.hpp"

namespace fedtrail::erasure {

namespace {

using OrderedJson = nlohmann::ordered_json;
using kainjow::mustache::data;

constexpr std::array kScopes{"account", "objects", "matching"};
constexpr std::array kOwnCopies{"", "not_seen_gone", "said_gone", "gone"};

std::string_view name_of(records::ScopeKind kind) {
    return kScopes.at(static_cast<std::size_t>(kind));
}

std::string name_of(OwnCopy copy) {
    return kOwnCopies.at(static_cast<std::size_t>(copy));
}

OrderedJson text_or_null(const std::string& text) {
    return text.empty() ? OrderedJson{} : OrderedJson(text);
}

/// Of a reason, what people are told: the controller's own words. The program's are English and for
/// operators; people are told the facts, in their language.
std::string words_for_people(const AnsweredRecipient& told, const Reason& reason) {
    const bool given_up = reason.code == ReasonCode::Impossible ||
                          reason.code == ReasonCode::Disproportionate ||
                          told.state == fediverse::NoticeState::Disproportionate;
    return given_up ? reason.words : std::string{};
}

/// Whether what it did not take still matters: not while more is to come, nor once the copy is gone, nor
/// where the operator says why it was given up.
bool counts_messages(const AnsweredRecipient& told) {
    using fediverse::NoticeState;
    constexpr std::array kCounted{NoticeState::Acknowledged,
                                  NoticeState::Refused,
                                  NoticeState::StillPresent,
                                  NoticeState::NotVisible,
                                  NoticeState::Unprobeable,
                                  NoticeState::Unreachable,
                                  NoticeState::Escalated};
    return told.state && std::find(kCounted.begin(), kCounted.end(), *told.state) != kCounted.end();
}

OrderedJson json_of(const std::vector<AnsweredRecipient>& list) {
    auto rows = OrderedJson::array();
    for (const auto& told : list) {
        const auto reason = reason_of(told.reason);
        rows.push_back(
            {{"host", told.host.text()},
             {"state", told.state ? OrderedJson(fediverse::name_of(*told.state)) : OrderedJson{}},
             {"told", told.told},
             {"profile_stays", told.profile_stays},
             {"passes_on", told.passes_on},
             {"acknowledged_at",
              told.acknowledged_at ? OrderedJson(format_rfc3339(*told.acknowledged_at)) : OrderedJson{}},
             {"messages", told.messages},
             {"not_taken", told.not_taken},
             {"last_status", told.last_status == 0 ? OrderedJson{} : OrderedJson(told.last_status)},
             {"ground", text_or_null(std::string{erasure::name_of(reason.code)})},
             {"reason", text_or_null(words_for_people(told, reason))}});
    }
    return rows;
}

OrderedJson json_of(const std::vector<Host>& hosts) {
    auto names = OrderedJson::array();
    for (const auto& host : hosts) {
        names.push_back(host.text());
    }
    return names;
}

OrderedJson json_of(const std::vector<AnswerRefusal>& refusals) {
    auto rows = OrderedJson::array();
    for (const auto& refusal : refusals) {
        rows.push_back({{"ground", privacy::name_of(refusal.ground)},
                        {"whole", refusal.whole},
                        {"reason", refusal.reason}});
    }
    return rows;
}

/// Left out where it is empty: a section that is given an empty text is open all the same.
void put_if_any(data& values, const std::string& name, const std::string& text) {
    if (!text.empty()) {
        values.set(name, text);
    }
}

/// Sections that are left out leave their line ends behind: one empty line is enough.
std::string without_gaps(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool third = c == '\n' && out.ends_with("\n\n");
        out.append(third ? 0 : 1, c);
    }
    while (out.ends_with("\n\n")) {
        out.pop_back();
    }
    return out;
}

/// A list, and beside it whether there is anything in it: `{{#has_x}}` stands before a heading.
void put_list(data& values, const std::string& name, const data& rows) {
    values.set(name, rows);
    values.set("has_" + name, !rows.is_empty_list());
}

data rows_of(const std::vector<AnsweredRecipient>& list, const AnswerWords& words) {
    const auto& forms = words.forms;
    data rows{data::type::list};
    for (const auto& told : list) {
        data row;
        row.set("host", told.host.text());
        row.set("told", told.told);
        row.set("seen", told.seen);
        row.set("profile_stays", told.profile_stays);
        row.set("passes_on", told.passes_on);
        row.set("state", words.of(told.state));
        row.set("disproportionate", told.state == fediverse::NoticeState::Disproportionate);
        const auto reason = reason_of(told.reason);
        put_if_any(row, "reason", words_for_people(told, reason));
        if (counts_messages(told) && told.not_taken != 0) {
            row.set("not_taken", forms.number(told.not_taken));
            row.set("messages", forms.number(told.messages));
        }
        if (counts_messages(told) && told.last_status >= 300) {
            row.set("status", std::to_string(told.last_status));
        }
        if (reason.code != ReasonCode::None) {
            row.set("because_" + std::string{erasure::name_of(reason.code)}, true);
        }
        if (told.acknowledged_at) {
            row.set("acknowledged_on", forms.day(*told.acknowledged_at));
        }
        rows.push_back(row);
    }
    return rows;
}

data rows_of(const std::vector<Host>& hosts) {
    data rows{data::type::list};
    for (const auto& host : hosts) {
        data row;
        row.set("host", host.text());
        rows.push_back(row);
    }
    return rows;
}

data rows_of(const std::vector<AnswerRefusal>& refusals, const AnswerWords& words) {
    data rows{data::type::list};
    for (const auto& refusal : refusals) {
        data row;
        row.set("ground", words.of(refusal.ground));
        row.set("whole", refusal.whole);
        row.set("reason", refusal.reason);
        rows.push_back(row);
    }
    return rows;
}

data values_of(const Answer& answer, const AnswerController& controller, const AnswerWords& words) {
    const auto& forms = words.forms;
    data values;
    for (const auto& [name, part] : words.parts) {
        values.set(name, part);
    }
    values.set("number", std::to_string(answer.number.get()));
    values.set("state_" + std::string{privacy::name_of(answer.state)}, true);
    values.set("scope_some", answer.scope.kind != records::ScopeKind::Account);
    values.set("only_some_recipients", !answer.scope.recipients.empty());
    put_if_any(values, "handle", answer.handle.reveal());
    values.set("identity_verified", answer.identity_verified);
    values.set("received", forms.day(answer.received));
    values.set("due", forms.day(answer.due));
    // Who has the answer is not told by when it will come, and nobody is promised a day that is over.
    values.set("extended", answer.extended && !answer.overdue && !privacy::is_closed(answer.state));
    values.set("overdue", answer.overdue);
    put_if_any(values, "delay_reason", answer.overdue ? answer.extension_reason : std::string{});
    values.set("extension_reason", answer.extension_reason);
    values.set("stopped", answer.stopped);
    values.set("remedies", answer.names_remedies);
    if (answer.duplicate_of) {
        values.set("duplicate_of", std::to_string(answer.duplicate_of->get()));
    }
    if (answer.objects_kept != 0) {
        values.set("objects_kept", forms.number(answer.objects_kept));
        values.set(forms.section("objects_kept", answer.objects_kept), true);
    }
    if (answer.own_copy != OwnCopy::Unsaid) {
        values.set("own_copy_" + name_of(answer.own_copy), true);
    }
    if (answer.own_gone_at) {
        values.set("own_gone_on", forms.day(*answer.own_gone_at));
    }
    put_list(values, "refusals", rows_of(answer.refusals, words));
    put_list(values, "recipients", rows_of(answer.recipients, words));
    put_list(values, "others", rows_of(answer.others, words));
    put_list(values, "way_unknown", rows_of(answer.way_unknown, words));
    values.set("has_servers",
               !(answer.recipients.empty() && answer.others.empty() && answer.way_unknown.empty()));
    values.set("others_told", std::any_of(answer.others.begin(), answer.others.end(), [](const auto& other) {
                   return other.told;
               }));
    put_list(values, "untouched", rows_of(answer.untouched));
    put_list(values, "objected", rows_of(answer.objected));
    values.set("has_controller",
               !(controller.name.empty() && controller.contact.empty() && controller.dpo.empty()));
    put_if_any(values, "controller", controller.name);
    put_if_any(values, "contact", controller.contact);
    put_if_any(values, "dpo", controller.dpo);
    put_if_any(values, "authority", controller.authority);
    return values;
}

}  // namespace

std::string render_answer_json(const Answer& answer, const AnswerController& controller) {
    OrderedJson states = OrderedJson::object();
    for (const auto& [state, count] : answer.states) {
        states[std::string{fediverse::name_of(state)}] = count;
    }
    const OrderedJson json{
        {"format", "fedtrail/erasure-answer/1"},
        {"request", answer.number.get()},
        {"state", privacy::name_of(answer.state)},
        {"scope", name_of(answer.scope.kind)},
        {"identity_verified", answer.identity_verified},
        {"handle", text_or_null(answer.handle.reveal())},
        {"received", privacy::format_day(answer.received)},
        {"due", privacy::format_day(answer.due)},
        {"extended", answer.extended},
        {"extension_reason", text_or_null(answer.extension_reason)},
        {"overdue", answer.overdue},
        {"stopped", answer.stopped},
        {"duplicate_of", answer.duplicate_of ? OrderedJson(answer.duplicate_of->get()) : OrderedJson{}},
        {"own_copy", text_or_null(name_of(answer.own_copy))},
        {"own_copy_gone_at",
         answer.own_gone_at ? OrderedJson(format_rfc3339(*answer.own_gone_at)) : OrderedJson{}},
        {"refusals", json_of(answer.refusals)},
        {"objects_kept", answer.objects_kept},
        {"states", states},
        {"recipients", json_of(answer.recipients)},
        {"others", json_of(answer.others)},
        {"way_unknown", json_of(answer.way_unknown)},
        {"untouched", json_of(answer.untouched)},
        {"objected", json_of(answer.objected)},
        {"remedies",
         answer.names_remedies ? OrderedJson{{"complaint", controller.authority}, {"court", true}}
                               : OrderedJson{}},
        {"controller",
         {{"name", controller.name},
          {"contact", controller.contact},
          {"dpo", text_or_null(controller.dpo)}}}};
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Result<std::string> render_answer_text(const Answer& answer,
                                       const AnswerController& controller,
                                       const AnswerWords& words) {
    kainjow::mustache::mustache layout{words.text};
    layout.set_custom_escape([](const std::string& plain) { return plain; });  // Markdown, not HTML
    const auto values = values_of(answer, controller, words);
    kainjow::mustache::context<std::string> context;
    context.push(&values);
    std::ostringstream out;
    layout.render(context, out);
    if (!layout.is_valid()) {  // of a part that is said only once it is rendered
        return fail(
            ErrorKind::Invalid,
            "the text of the answer to an erasure request is no Mustache: " + layout.error_message(),
            "correct erasure-answer.md.mustache and erasure-answer.json, or restore those of this release");
    }
    return without_gaps(out.str());
}

}  // namespace fedtrail::erasure
