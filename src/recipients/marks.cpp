#include "recipients/marks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fediverse/policy_json.hpp"

namespace fedtrail::recipients {

namespace {

using Mark = MarkRule::Mark;

constexpr std::array<std::pair<std::string_view, Mark>, 2> kMarks{
    {{"relay", Mark::Relay}, {"bridge", Mark::Bridge}}};

bool covers(std::string_view pattern, std::string_view host) {
    if (pattern.substr(0, 2) != "*.") {
        return pattern == host;
    }
    const auto base = pattern.substr(2);
    return host == base ||
           (host.size() > base.size() && host.ends_with(base) && host[host.size() - base.size() - 1] == '.');
}

MarkRule mark_rule_in(const nlohmann::json& row) {
    MarkRule rule;
    rule.name = row.at("name").get<std::string>();
    rule.mark = fediverse::named_in(kMarks, row.at("mark").get<std::string>(), "mark");
    rule.software = row.value("software", std::vector<std::string>{});
    for (auto& name : rule.software) {
        name = fediverse::lower_ascii(name);
    }
    rule.hosts = row.value("hosts", std::vector<std::string>{});
    if (rule.software.empty() && rule.hosts.empty()) {
        throw fediverse::PolicyFault{"a row names software or hosts"};
    }
    return rule;
}

}  // namespace

Result<std::vector<MarkRule>> parse_marks(std::string_view json) {
    std::vector<MarkRule> rules;
    const auto done =
        fediverse::read_policy(json, "fedtrail/recipient-marks/1", "marks", [&](const auto& row) {
            rules.push_back(mark_rule_in(row));
        });
    return done ? Result<std::vector<MarkRule>>{std::move(rules)} : fail(done);
}

records::RecipientMarks marks_of(const std::vector<MarkRule>& rules,
                                 const Host& host,
                                 std::string_view software) {
    records::RecipientMarks marks;
    for (const auto& rule : rules) {
        const bool fits =
            std::find(rule.software.begin(), rule.software.end(), software) != rule.software.end() ||
            std::any_of(rule.hosts.begin(), rule.hosts.end(), [&](const auto& pattern) {
                return covers(pattern, host.text());
            });
        marks.relay = marks.relay || (fits && rule.mark == Mark::Relay);
        marks.bridge = marks.bridge || (fits && rule.mark == Mark::Bridge);
    }
    return marks;
}

}  // namespace fedtrail::recipients
