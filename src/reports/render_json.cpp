#include <ostream>
#include <string>

#include <nlohmann/json.hpp>

#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

using Json = nlohmann::ordered_json;

/// A JSON string; bytes that are not UTF-8 become U+FFFD.
std::string text_of(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json{} : Json(text);
}

Json moment_or_null(const std::optional<Instant>& at) {
    return at ? Json(format_rfc3339(*at)) : Json{};
}

void member(std::ostream& out, std::string_view name, const Json& value) {
    out << " " << text_of(name) << ": " << text_of(value) << ",\n";
}

/// Words are ours and need no escape; only the host is anybody's.
template <typename Words>
void append_words(std::string& line, std::string_view name, const Words& words) {
    line.append(", \"").append(name).append("\": [");
    for (std::size_t i = 0; i < words.size(); ++i) {
        line.append(i == 0 ? "\"" : ", \"").append(words[i]).append("\"");
    }
    line += ']';
}

/// By hand around the library's escape: a document per recipient takes three times as long (69 ms for
/// 30,000).
void append_recipient(std::string& line, const PairAggregate& pair) {
    line.append("{\"host\": ").append(text_of(pair.recipient.text()));
    line.append(", \"first\": \"").append(format_rfc3339(pair.first));
    line.append("\", \"last\": \"").append(format_rfc3339(pair.last));
    line.append("\", \"objects\": ").append(std::to_string(pair.objects));
    line.append(", \"disclosures\": ").append(std::to_string(pair.disclosures));
    append_words(line, "channels", words_of(pair.channels));
    append_words(line, "categories", words_of(pair.categories));
    line.append(", \"evidence\": \"").append(name_of(pair.strongest)).append("\"}");
}

void render_recipients(const std::vector<PairAggregate>& recipients, std::ostream& out) {
    out << " \"recipients\": [";
    std::string line;
    for (const auto& recipient : recipients) {
        line.assign(&recipient == &recipients.front() ? "\n  " : ",\n  ");
        append_recipient(line, recipient);
        out << line;
    }
    out << "],\n";
}

Json value_of(const Figure& figure) {
    const auto* number = std::get_if<std::uint64_t>(&figure);
    return number != nullptr ? Json(*number) : Json(format_rfc3339(std::get<Instant>(figure)));
}

Json value_of(const NotEstablished& gap) {
    auto figures = Json::object();
    for (const auto& [name, figure] : gap.figures) {
        figures[name] = value_of(figure);
    }
    return Json{{"code", gap.code}, {"sentence", gap.sentence}, {"figures", std::move(figures)}};
}

}  // namespace

void render_json(const TransferReport& report, std::ostream& out) {
    const auto& controller = report.controller;
    const auto& totals = report.totals;
    out << "{\n";
    member(out, "format", kTransferReportFormat);
    member(out, "subject", report.subject.reveal());
    member(out, "language", report.language);
    member(out, "generated_at", format_rfc3339(report.generated_at));
    member(out,
           "controller",
           Json{{"name", text_or_null(controller.name)},
                {"contact", text_or_null(controller.contact)},
                {"dpo", text_or_null(controller.dpo)},
                {"authority", text_or_null(controller.authority)}});
    member(out, "since", moment_or_null(report.period.since));
    member(out, "until", moment_or_null(report.period.until));
    member(out,
           "totals",
           Json{{"recipients", totals.recipients},
                {"disclosures", totals.disclosures},
                {"countries", totals.countries ? Json(*totals.countries) : Json{}}});
    render_recipients(report.recipients, out);
    auto gaps = Json::array();
    for (const auto& gap : report.not_established) {
        gaps.push_back(value_of(gap));
    }
    out << " \"not_established\": " << text_of(gaps) << "\n}\n";
}

}  // namespace fedtrail::reports
