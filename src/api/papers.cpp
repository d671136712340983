#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "fedtrail/core/nearest.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "language/tag.hpp"
#include "reports/assessment.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/processing_record.hpp"
#include "reports/render_paper.hpp"

namespace fedtrail::api {

namespace {

/// Nothing is loaded and nothing runs.
constexpr const char* kPaperPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

struct PaperForm {
    std::string_view name;
    std::string_view media_type;
    std::string_view file;  ///< Handed out under this name; "" is shown.
};

constexpr std::array kTextForms{PaperForm{"json", "application/json", ""},
                                PaperForm{"md", "text/markdown", ""},
                                PaperForm{"html", "text/html", ""}};
constexpr std::array kRecordForms{
    PaperForm{"json", "application/json", ""},
    PaperForm{"csv", "text/csv", "ropa.csv"},
    PaperForm{"ods", "application/vnd.oasis.opendocument.spreadsheet", "ropa.ods"},
    PaperForm{"jsonld", "application/ld+json", ""}};

/// What the address asks for, else the first form that the Accept header names, else the first of all.
template <typename Forms>
Result<PaperForm> form_of(const Call& call, const Forms& forms) {
    if (const auto asked = call.target.query("format")) {
        const auto found = std::find_if(
            forms.begin(), forms.end(), [&](const PaperForm& form) { return form.name == *asked; });
        if (found != forms.end()) {
            return *found;
        }
        std::vector<std::string> known;
        known.reserve(forms.size());
        for (const auto& form : forms) {
            known.emplace_back(form.name);
        }
        return fail(ErrorKind::Invalid, "format is none that this has", did_you_mean(*asked, known));
    }
    const auto accept = header_of(call.request.headers, "Accept");
    const auto named = std::find_if(forms.begin(), forms.end(), [&](const PaperForm& form) {
        return accept.find(form.media_type) != std::string_view::npos;
    });
    return named == forms.end() ? forms.front() : *named;
}

HttpResponse written(const PaperForm& form, const std::string& language, std::string body) {
    const bool text = form.media_type.starts_with("text/");
    HttpResponse answer{200,
                        {{"Content-Type", std::string{form.media_type} + (text ? "; charset=utf-8" : "")},
                         {"Content-Language", language},
                         {"Vary", "Accept, Accept-Language"}},
                        std::move(body)};
    if (form.name == "html") {
        answer.headers.emplace_back("Content-Security-Policy", kPaperPolicy);
    }
    if (!form.file.empty()) {
        answer.headers.emplace_back("Content-Disposition",
                                    "attachment; filename=\"" + std::string{form.file} + "\"");
    }
    return answer;
}

/// What the law asks for and nobody said is not this caller's lack of rights.
HttpResponse paper_problem(const Error& error) {
    return error.kind == ErrorKind::Denied ? problem(422, "Incomplete", error.what, error.remedy)
                                           : problem(error);
}

HttpResponse not_here() {
    return problem({ErrorKind::Unavailable, "papers are not written here", "Run `fedtrail serve`."});
}

/// A notice or an assessment.
template <typename Value>
std::string paper_text(const Value& made, const reports::PaperTexts& texts, const PaperForm& form) {
    std::ostringstream out;
    if (form.name == "json") {
        reports::render_json(made, texts, out);
    } else if (form.name == "md") {
        reports::render_markdown(reports::paper_of(made, texts), texts, out);
    } else {
        reports::render_html(reports::paper_of(made, texts), texts, out);
    }
    return std::move(out).str();
}

}  // namespace

HttpResponse Api::notice(const Call& call) {
    const auto form = form_of(call, kTextForms);
    const auto library = doors_.texts();
    const auto language = language_for(call, *library);
    if (!form || !language) {
        return !form ? bad_request(form.error().what, form.error().remedy)
                     : bad_request(language.error().what, language.error().remedy);
    }
    const auto& papers = doors_.papers;
    if (papers.recipients == nullptr) {
        return not_here();
    }
    const auto& texts = library->papers_in(*language);
    const auto policies = papers.policies();
    const auto switches = doors_.recipients.cards.switches();
    if (!switches) {
        return problem(switches.error());
    }
    const auto made = reports::build_privacy_notice(
        {papers.facts, *policies, doors_.ledger, *papers.recipients, doors_.clock.now(), *switches}, texts);
    return made ? written(*form, *language, paper_text(*made, texts, *form)) : paper_problem(made.error());
}

HttpResponse Api::assessment(const Call& call) {
    const auto form = form_of(call, kTextForms);
    const auto library = doors_.texts();
    const auto language = language_for(call, *library);
    const auto host = Host::parse(call.captured.front());
    if (!form || !language) {
        return !form ? bad_request(form.error().what, form.error().remedy)
                     : bad_request(language.error().what, language.error().remedy);
    }
    if (!host || host->empty()) {
        return bad_request("the address names no host", "Write it as a.example.");
    }
    const auto& papers = doors_.papers;
    if (papers.recipients == nullptr) {
        return not_here();
    }
    const auto& texts = library->papers_in(*language);
    const auto policies = papers.policies();
    const auto rules = papers.rules();
    const auto made = reports::build_assessment(*host,
                                                {doors_.ledger,
                                                 *papers.recipients,
                                                 doors_.erasure.notices,
                                                 *papers.policy_texts,
                                                 rules->rules(),
                                                 policies->risks,
                                                 doors_.clock.now(),
                                                 doors_.rules.in_force().file},
                                                texts);
    return made ? written(*form, *language, paper_text(*made, texts, *form)) : problem(made.error());
}

HttpResponse Api::ropa(const Call& call) {
    const auto form = form_of(call, kRecordForms);
    const auto library = doors_.texts();
    const auto language = language_for(call, *library);
    if (!form || !language) {
        return !form ? bad_request(form.error().what, form.error().remedy)
                     : bad_request(language.error().what, language.error().remedy);
    }
    const auto asked = call.target.query("columns");
    const auto columns = asked                                  ? reports::record_columns_named(*asked)
                         : language::primary(*language) == "fr" ? std::optional{reports::RecordColumns::Cnil}
                                                                : std::optional{reports::RecordColumns::Ico};
    if (!columns) {
        return bad_request("columns is none that the record has", "Known are: cnil, ico.");
    }
    if (doors_.papers.recipients == nullptr) {
        return not_here();
    }
    const auto& texts = library->papers_in(*language);
    const auto policies = doors_.papers.policies();
    const auto switches = doors_.recipients.cards.switches();
    if (!switches) {
        return problem(switches.error());
    }
    const auto made = reports::build_processing_record({doors_.papers.facts,
                                                        *policies,
                                                        doors_.ledger,
                                                        *doors_.papers.recipients,
                                                        doors_.clock.now(),
                                                        *switches},
                                                       texts);
    if (!made) {
        return paper_problem(made.error());
    }
    std::ostringstream out;
    if (form->name == "json") {
        reports::render_json(*made, texts, out);
    } else if (form->name == "jsonld") {
        reports::render_jsonld(*made, texts, out);
    } else if (form->name == "csv") {
        reports::render_csv(reports::record_table(*made, *columns, texts), out);
    } else if (auto done = reports::render_ods(
                   *made, reports::record_table(*made, *columns, texts), texts, doors_.papers.package, out);
               !done) {
        return problem(done.error());
    }
    return written(*form, *language, std::move(out).str());
}

}  // namespace fedtrail::api
