#include <algorithm>
#include <iterator>
#include <sstream>
#include <vector>

#include "fedtrail/core/nearest.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/period.hpp"
#include "api/report_cover.hpp"
#include "api/request_words.hpp"
#include "language/choice.hpp"
#include "reports/report_writer.hpp"

namespace fedtrail::api {

namespace {

/// Nothing is loaded and nothing runs; the page places its bars by style attributes.
constexpr const char* kPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

/// The form named in the address, else the first that the header names (RFC 9110 section 12.5.1, without
/// weights), else JSON.
Result<reports::ReportForm> form_of(const Call& call) {
    if (const auto asked = call.target.query("format")) {
        if (const auto form = reports::report_form(*asked)) {
            return *form;
        }
        std::vector<std::string> known;
        std::transform(reports::kReportForms.begin(),
                       reports::kReportForms.end(),
                       std::back_inserter(known),
                       [](const reports::ReportForm& form) { return std::string{form.name}; });
        return fail(ErrorKind::Invalid, "format is none that a report has", did_you_mean(*asked, known));
    }
    const auto accepted = header_of(call.request.headers, "Accept");
    auto chosen = *reports::report_form("json");
    auto earliest = std::string_view::npos;
    for (const auto& form : reports::kReportForms) {
        const auto at = accepted.find(form.media_type.substr(0, form.media_type.find(';')));
        if (at < earliest) {
            earliest = at;
            chosen = form;
        }
    }
    return chosen;
}

Result<bool> items_of(const Target& target) {
    const auto part = target.query("part").value_or("servers");
    if (part != "servers" && part != "items") {
        return fail(ErrorKind::Invalid, "part is none that a report has", "Known are: servers, items.");
    }
    return part == "items";
}

Error nameless() {
    return {ErrorKind::Denied,
            "the addresses of items name their author, and this token sees numbers alone",
            "Use a token with admin and send Fedtrail-Reason, or leave part out."};
}

HttpHeaders headers_for(const reports::ReportForm& form, const std::string& language) {
    HttpHeaders headers{{"Content-Type", std::string{form.media_type}}, {"Vary", "Accept, Accept-Language"}};
    if (form.name != "csv") {
        headers.emplace_back("Content-Language", language);
    }
    if (form.name == "html") {
        headers.emplace_back("Content-Security-Policy", kPagePolicy);
    } else if (form.name != "json") {
        headers.emplace_back("Content-Disposition",
                             "attachment; filename=\"" + std::string{form.file} + "\"");
    }
    return headers;
}

/// `answer` with what `write` writes: by `spool`, if there is one.
HttpResponse filled(HttpResponse answer, const ReportDoors::Spool& spool, const ReportDoors::Write& write) {
    if (spool) {
        auto stream = spool(write);
        if (!stream) {
            return problem(stream.error());
        }
        answer.more = std::move(*stream);
        return answer;
    }
    std::ostringstream out;
    if (auto written = write(out); !written) {
        return problem(written.error());
    }
    answer.body = std::move(out).str();
    return answer;
}

}  // namespace

Result<privacy::SubjectNumber> Api::subject_for(const Call& call) const {
    if (call.grant.allows(Scope::AuditRead)) {
        return doors_.people.find(call.captured.front());
    }
    // Whether anybody else is known here is not for this token to learn, nor may it have anybody asked.
    auto found = doors_.vault.find(call.captured.front());
    if (!found || found != call.grant.subject) {
        return fail(
            ErrorKind::Denied, "this token opens another person's report", "Ask for a token of your own.");
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

Result<std::optional<reports::ReportCover>> Api::cover_for(const Call& call,
                                                           privacy::SubjectNumber subject) const {
    const auto asked = call.target.query("request");
    if (!asked) {
        return std::optional<reports::ReportCover>{};
    }
    const auto number = number_of(*asked, "request");
    if (!number) {
        return fail(number);
    }
    const auto cover = report_cover(*doors_.erasure.desk(), records::RequestNumber{*number}, subject);
    if (!cover) {
        return fail(cover);
    }
    return std::optional{*cover};
}

Result<std::vector<reports::ReportedObjection>> Api::objections_of(privacy::SubjectNumber subject) const {
    const auto desk = doors_.erasure.desk();
    const auto list = desk->objections_of(subject);
    auto reasons = desk->objection_reasons(subject);
    if (!list || !reasons) {
        return list ? Result<std::vector<reports::ReportedObjection>>{fail(reasons)} : fail(list);
    }
    std::vector<reports::ReportedObjection> told;
    for (const auto& objection : *list) {
        told.push_back({objection.recipient, objection.since, (*reasons)[objection.recipient]});
    }
    return told;
}

Result<reports::TransferReport> Api::report_of(privacy::SubjectNumber subject,
                                               const Window& window,
                                               const reports::ReportFrame& frame) const {
    auto objections = objections_of(subject);
    if (!objections) {
        return fail(objections);
    }
    auto told = frame;
    told.objections = *std::move(objections);
    return reports::build_transfer_report({doors_.ledger,
                                           doors_.vault,
                                           doors_.reports.recipients,
                                           &doors_.erasure.notices,
                                           &doors_.erasure.requests,
                                           &doors_.retention.accesses,
                                           &doors_.consents},
                                          subject,
                                          window,
                                          told);
}

HttpResponse Api::subject_report(const Call& call) {
    const auto form = form_of(call);
    const auto items = items_of(call.target);
    const auto window = period_of(call.target.query("since"), call.target.query("until"));
    for (const auto* const wrong : {form ? nullptr : &form.error(),
                                    items ? nullptr : &items.error(),
                                    window ? nullptr : &window.error()}) {
        if (wrong != nullptr) {
            return bad_request(wrong->what, wrong->remedy);
        }
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
    const auto cover = cover_for(call, *subject);
    if (!cover) {
        return problem(cover.error());
    }
    const auto& texts = library->in(*language);
    const auto& desk = doors_.reports;
    if (*items && sight_of_reports(call.grant, *subject) == Sight::Pseudonym) {
        return problem(nameless());
    }
    const auto sight = note_report(call, *subject);
    if (!sight) {
        return problem(sight.error());
    }
    const bool pseudonym = *sight == Sight::Pseudonym;
    auto tools = desk.tools;
    if (pseudonym) {
        tools.holdings = nullptr;
    }
    const auto report = report_of(*subject,
                                  *window,
                                  {doors_.controller,
                                   doors_.clock.now(),
                                   texts,
                                   *cover,
                                   pseudonym,
                                   desk.unnamed ? desk.unnamed() : std::nullopt});
    if (!report) {
        return problem(report.error());
    }
    HttpResponse answer{200, headers_for(*form, *language), {}};
    const auto write = [&](std::ostream& out) {
        return reports::write_report(*report, *subject, texts, {*form, *items}, tools, out);
    };
    const bool large = form->large || *items;
    return filled(std::move(answer), large ? desk.spool : ReportDoors::Spool{}, write);
}

}  // namespace fedtrail::api
