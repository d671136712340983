#include <sstream>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "language/choice.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::api {

namespace {

/// Nothing is loaded and nothing runs; the page places its bars by style attributes.
constexpr const char* kPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

/// RFC 3339, or a day (its first moment in UTC).
Result<std::optional<Instant>> moment(const std::optional<std::string>& text, const std::string& name) {
    if (!text) {
        return std::optional<Instant>{};
    }
    const auto at = parse_rfc3339(text->size() == 10 ? *text + "T00:00:00Z" : *text);
    if (!at) {
        return fail(
            ErrorKind::Invalid, name + " is not a moment", "Write 2026-11-22 or 2026-11-22T10:00:00Z.");
    }
    return std::optional{*at};
}

Result<Window> window_of(const Target& target) {
    const auto since = moment(target.query("since"), "since");
    const auto until = moment(target.query("until"), "until");
    if (!since || !until) {
        return fail(!since ? since : until);
    }
    return Window{*since, *until};
}

HttpResponse rendered(const reports::TransferReport& report,
                      const reports::ReportTexts& texts,
                      const std::string& format) {
    std::ostringstream out;
    if (format == "html") {
        reports::render_html(report, texts, out);
        return {200,
                {{"Content-Type", "text/html; charset=utf-8"},
                 {"Content-Security-Policy", kPagePolicy},
                 {"Content-Language", report.language},
                 {"Vary", "Accept-Language"}},
                std::move(out).str()};
    }
    if (format == "csv") {
        reports::render_csv(report, out);
        return {200,
                {{"Content-Type", "text/csv; charset=utf-8"},
                 {"Content-Disposition", "attachment; filename=\"transfer-report.csv\""}},
                std::move(out).str()};
    }
    reports::render_json(report, out);
    auto answer = json_answer(std::move(out).str());
    answer.headers.emplace_back("Content-Language", report.language);
    answer.headers.emplace_back("Vary", "Accept-Language");
    return answer;
}

}  // namespace

Result<privacy::SubjectNumber> Api::subject_for(const Call& call) const {
    auto found = doors_.vault.find(call.captured.front());
    if (call.grant.allows(Scope::AuditRead)) {
        return found;
    }
    // Whether anybody else is known here is not for this token to learn.
    if (!found || found != call.grant.subject) {
        return fail(ErrorKind::Denied, "this token opens another person's report");
    }
    return found;
}

Result<std::string> Api::language_for(const Call& call, const reports::ReportLibrary& library) {
    if (const auto asked = call.target.query("lang")) {
        const auto found = language::match(library.languages(), *asked);
        return found ? Result<std::string>{*found}
                     : tl::unexpected<Error>{reports::unknown_language(*asked, library.languages())};
    }
    const auto header = header_of(call.request.headers, "Accept-Language");
    return language::accepted(library.languages(), library.usual(), header).value_or(library.usual());
}

HttpResponse Api::subject_report(const Call& call) {
    const auto format = call.target.query("format").value_or("json");
    if (format != "html" && format != "json" && format != "csv") {
        return bad_request("format is none of html, json, csv");
    }
    const auto window = window_of(call.target);
    if (!window) {
        return bad_request(window.error().what, window.error().remedy);
    }
    const auto library = doors_.texts();
    const auto language = language_for(call, *library);
    if (!language) {
        return bad_request(language.error().what, language.error().remedy);
    }
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto& texts = library->in(*language);
    const auto report = reports::build_transfer_report(
        doors_.ledger, doors_.vault, *subject, *window, {doors_.controller, doors_.clock.now(), texts});
    return report ? rendered(*report, texts, format) : problem(report.error());
}

}  // namespace fedtrail::api
