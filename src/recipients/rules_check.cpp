#include "recipients/rules_check.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "recipients/recipient_pages.hpp"
#include "recipients/transfer_rules_file.hpp"

namespace fedtrail::recipients {

namespace {

using privacy::RuleFault;
using privacy::TransferRule;

constexpr std::size_t kNamedHosts = 5;

std::string_view without_port(std::string_view host) {
    return host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
}

/// The number behind `mark`; nothing if there is none.
std::optional<std::size_t> number_behind(std::string_view text, std::string_view mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::size_t number = 0;
    const auto* const begin = text.data() + at + mark.size();
    const auto read = std::from_chars(begin, text.data() + text.size(), number);
    return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

RuleNote of_rule(RuleNoteLevel level, std::string fault, const TransferRule& rule) {
    RuleNote note;
    note.level = level;
    note.fault = std::move(fault);
    note.rule = rule.name;
    note.line = rule.line;
    return note;
}

std::string conflict_text(const std::string& part, const std::string& earlier, privacy::RuleLeft left) {
    switch (left) {
        case privacy::RuleLeft::Deletions:
            return part + " is reached by nothing but what takes data back: " + earlier +
                   " blocks all else before";
        case privacy::RuleLeft::Unread:
            return part +
                   " is reached by nothing but what cannot be read, which could be anything: " + earlier +
                   " decides of all else before, in another way";
        case privacy::RuleLeft::Nothing:
            break;
    }
    return part + " is never reached: " + earlier + " decides before, in another way";
}

RuleNote note_of(const privacy::RuleFinding& finding, const std::vector<TransferRule>& rules) {
    const auto& rule = rules[finding.rule];
    const bool refused = finding.fault == RuleFault::UnknownWord && rule.enabled;
    auto note = of_rule(refused ? RuleNoteLevel::Error : RuleNoteLevel::Warning,
                        std::string{privacy::name_of(finding.fault)},
                        rule);
    if (finding.other) {
        note.other = rules[*finding.other].name;
        note.other_line = rules[*finding.other].line;
    }
    const auto earlier = "\"" + note.other + "\" (line " + std::to_string(note.other_line) + ")";
    const auto part = finding.detail.empty() ? "it" : "its host " + finding.detail;
    switch (finding.fault) {
        case RuleFault::UnknownWord:
            note.what = "this means nothing: " + finding.detail;
            note.remedy = "Correct the word, or set \"enabled\" to false.";
            break;
        case RuleFault::Unreachable:
            note.what = part + " is never reached: " + earlier + " decides before, in the same way";
            note.remedy = "Remove it, or narrow the earlier rule.";
            break;
        case RuleFault::Conflict:
            note.what = conflict_text(part, earlier, finding.left);
            note.remedy = "Move it before the earlier rule, or remove the one that is not meant.";
            break;
        case RuleFault::NameTwice:
            note.what = "its name is also that of the rule in line " + std::to_string(note.other_line);
            note.remedy = "Give it another name: counts and answers go by names.";
            break;
    }
    return note;
}

/// The schema's sentence names the place as [rules][3][name]: to a line.
RuleNote schema_note(const Error& error, const std::vector<TransferRule>& rules) {
    RuleNote note;
    note.fault = "schema";
    if (const auto index = number_behind(error.what, "[rules][")) {
        if (*index < rules.size()) {
            note.rule = rules[*index].name;
            note.line = rules[*index].line;
        }
    }
    note.what = error.what;
    note.remedy = "See docs/transfers.md, or schemas/transfer-rules.schema.json.";
    return note;
}

void add_unseen(const TransferRule& rule, const SeenHosts& seen, std::vector<RuleNote>& notes) {
    std::size_t unseen = 0;
    std::string named;
    for (const auto& host : rule.hosts) {
        if (!seen.matches(host)) {
            named += ++unseen <= kNamedHosts ? (unseen == 1 ? "" : ", ") + host.text() : "";
        }
    }
    if (!rule.enabled || unseen == 0) {
        return;
    }
    auto note = of_rule(RuleNoteLevel::Hint, "unseen_host", rule);
    note.what = "nothing ever went to " + named +
                (unseen > kNamedHosts ? " and " + std::to_string(unseen - kNamedHosts) + " more" : "");
    note.remedy = "Check the spelling; \"example.org\" is that host alone, \"*.example.org\" those below it.";
    notes.push_back(std::move(note));
}

bool meets(const std::string& bypass, const privacy::HostPattern& host) {
    if (bypass == "*") {
        return true;
    }
    const auto declared = privacy::HostPattern::parse(bypass);
    return declared && (declared->covers(host) || host.covers(*declared));
}

bool lets_past(std::span<const std::string> bypass, const privacy::HostPattern& host) {
    return std::any_of(
        bypass.begin(), bypass.end(), [&host](const std::string& one) { return meets(one, host); });
}

/// A recipient of several hosts, to one of which tunnels are declared.
struct PassedRecipient {
    std::string host;
    std::vector<privacy::HostPattern> all;
};

/// Its host is "" if no tunnel is declared to any of them.
PassedRecipient passed_recipient(std::span<const std::string> bypass, std::span<const std::string> names) {
    PassedRecipient one;
    for (const auto& name : names) {
        if (auto host = privacy::HostPattern::parse(name)) {
            one.host = one.host.empty() && lets_past(bypass, *host) ? name : one.host;
            one.all.push_back(std::move(*host));
        }
    }
    return one;
}

std::vector<PassedRecipient> passed_recipients(std::span<const std::string> bypass,
                                               const privacy::JoinedHosts& joined) {
    std::vector<PassedRecipient> passed;
    for (const auto names : joined.recipients()) {
        auto one = passed_recipient(bypass, names);
        if (!one.host.empty()) {
            passed.push_back(std::move(one));
        }
    }
    return passed;
}

/// A host of the recipients of `host` to which tunnels are declared; "" is none.
std::string host_let_past(const privacy::HostPattern& host,
                          std::span<const std::string> bypass,
                          const std::vector<PassedRecipient>& passed) {
    if (lets_past(bypass, host)) {
        return host.text();
    }
    const auto found = std::find_if(passed.begin(), passed.end(), [&host](const PassedRecipient& one) {
        return std::any_of(
            one.all.begin(), one.all.end(), [&host](const auto& name) { return host.covers(name); });
    });
    return found == passed.end() ? "" : found->host;
}

void sort_notes(std::vector<RuleNote>& notes) {
    std::stable_sort(notes.begin(), notes.end(), [](const RuleNote& a, const RuleNote& b) {
        const bool first = a.level == RuleNoteLevel::Error;
        const bool second = b.level == RuleNoteLevel::Error;
        return first != second ? first : a.line < b.line;
    });
}

}  // namespace

bool CheckedRules::usable() const {
    return std::none_of(
        notes.begin(), notes.end(), [](const RuleNote& note) { return note.level == RuleNoteLevel::Error; });
}

Result<SeenHosts> SeenHosts::read(const LedgerReader& ledger) {
    SeenHosts seen;
    const auto read = for_each_page(ledger, [&](const auto& page) -> Result<void> {
        for (const auto& totals : page) {
            seen.add(totals.recipient);
        }
        return {};
    });
    return read ? Result<SeenHosts>{std::move(seen)} : fail(read);
}

void SeenHosts::add(const Host& host) {
    auto name = without_port(host.text());
    hosts_.emplace(name);
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
        name.remove_prefix(dot + 1);
        above_.emplace(name);
    }
}

bool SeenHosts::matches(const privacy::HostPattern& pattern) const {
    return (pattern.below() ? above_ : hosts_).count(pattern.name()) != 0;
}

CheckedRules check_rules_file(std::string_view json, const Result<void>& schema, const SeenHosts* seen) {
    CheckedRules checked;
    checked.ledger_compared = seen != nullptr;
    auto rules = parse_transfer_rules(json);
    if (!rules) {
        RuleNote note;
        note.fault = "unreadable";
        note.line = number_behind(rules.error().what, "(line ").value_or(0);
        if (note.line == 0) {
            note.line = number_behind(rules.error().what, "at line ").value_or(0);
        }
        note.what = rules.error().what;
        note.remedy = rules.error().remedy;
        checked.notes.push_back(std::move(note));
        return checked;
    }
    checked.rules = std::move(*rules);
    for (const auto& finding : privacy::check_rules(checked.rules)) {
        checked.notes.push_back(note_of(finding, checked.rules));
    }
    if (!schema && checked.usable()) {  // an unknown word is not in the schema either, and better told above
        checked.notes.push_back(schema_note(schema.error(), checked.rules));
    }
    for (const auto& rule : checked.rules) {
        if (seen != nullptr) {
            add_unseen(rule, *seen, checked.notes);
        }
    }
    sort_notes(checked.notes);
    return checked;
}

void note_bypassed(CheckedRules& checked,
                   std::span<const std::string> bypass,
                   const privacy::JoinedHosts& joined) {
    const auto passed = passed_recipients(bypass, joined);
    for (const auto& rule : checked.rules) {
        if (!rule.enabled || rule.effect != privacy::RuleEffect::Block) {
            continue;
        }
        std::string past;
        const auto found = std::find_if(rule.hosts.begin(), rule.hosts.end(), [&](const auto& host) {
            past = host_let_past(host, bypass, passed);
            return !past.empty();
        });
        if (found == rule.hosts.end()) {
            continue;
        }
        auto note = of_rule(RuleNoteLevel::Warning, "bypassed_host", rule);
        note.what = "proxy.bypass declares tunnels to " + past +
                    (past == found->text() ? "" : ", a host of the same recipient as " + found->text()) +
                    ", and no rule stops those";
        note.remedy = "Take the host from proxy.bypass, so that deliveries to it are read.";
        checked.notes.push_back(std::move(note));
    }
    sort_notes(checked.notes);
}

std::string_view name_of(RuleNoteLevel level) {
    switch (level) {
        case RuleNoteLevel::Error:
            return "error";
        case RuleNoteLevel::Warning:
            return "warning";
        case RuleNoteLevel::Hint:
            return "hint";
    }
    return "error";
}

}  // namespace fedtrail::recipients
