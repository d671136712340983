#include "audit/page.hpp"

#include <algorithm>

#include "fedtrail/core/base64.hpp"

#include "audit/manifest.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}"
    "caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc;"
    "overflow-wrap:anywhere;hyphens:auto}th{font-weight:600;width:35%}td.n{text-align:right}"
    "code,pre{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}"
    "pre{background:#f2f2f2;padding:.7rem;white-space:pre-wrap}"
    "@media(max-width:36rem){table:not(.counts) :is(tr,th,td){display:block;width:auto}"
    "table:not(.counts) th{padding-bottom:0;border:0}.counts{font-size:.8rem;table-layout:fixed}"
    ".counts :is(th,td){width:auto;padding-left:0}.counts th:first-child{width:38%}}";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

std::string code(std::string_view text) {
    return "<code>" + escaped(text) + "</code>";
}

/// The page in the making.
class Page {
public:
    Page(const Manifest& manifest, const language::Texts& texts, const language::Forms& forms)
        : manifest_(manifest), texts_(texts), colon_(forms.colon() + " ") {}

    std::string body() {
        out_ += "<h1>" + say("title") + "</h1>\n<p>" + say("intro") + "</p>\n";
        table("subject_matter");
        row("subject_matter", scope());
        row("level", say("level_" + std::string{name_of(manifest_.level)}));
        out_ += "</table>\n";
        heading("log");
        table("log");
        row("origin", code(manifest_.checkpoint.origin));
        row("key", code(manifest_.key.text()));
        row("size", std::to_string(manifest_.checkpoint.size));
        row("root", code(base64(manifest_.checkpoint.root)));
        unlogged();
        out_ += "</table>\n";
        counts();
        check();
        files();
        absent();
        limits();
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string say(std::string_view name) const {
        const auto found = texts_.find(name);
        return found == texts_.end() ? std::string{} : escaped(found->second);
    }
    void heading(std::string_view name) { out_ += "<h2>" + say(name) + "</h2>\n"; }
    void table(std::string_view caption) { out_ += "<table>\n<caption>" + say(caption) + "</caption>\n"; }
    void row(std::string_view name, const std::string& value) {
        out_ += "<tr><th scope=\"row\">" + say(name) + "</th><td>" + value + "</td></tr>\n";
    }
    void paragraph(std::string_view name) { out_ += "<p>" + say(name) + "</p>\n"; }

    [[nodiscard]] std::string scope() const {
        if (const auto* period = std::get_if<Period>(&manifest_.scope)) {
            auto text = say("scope_period");
            text += period->since ? " " + say("since") + " " + code(format_rfc3339(*period->since)) : "";
            text += period->until ? " " + say("until") + " " + code(format_rfc3339(*period->until)) : "";
            return text;
        }
        if (const auto* request = std::get_if<records::RequestNumber>(&manifest_.scope)) {
            return say("scope_request") + colon_ + std::to_string(request->get());
        }
        if (const auto* subject = std::get_if<privacy::SubjectNumber>(&manifest_.scope)) {
            return say("scope_subject") + colon_ + std::to_string(subject->get());
        }
        return say("scope_everything");
    }

    void unlogged() {
        if (!manifest_.unlogged) {
            return;
        }
        auto text = std::to_string(manifest_.unlogged->records);
        if (const auto& oldest = manifest_.unlogged->oldest) {
            text += ", " + say("oldest") + " " + code(format_rfc3339(*oldest));
        }
        row("unlogged", text);
    }

    void counts() {
        heading("counts");
        out_ += "<table class=\"counts\">\n<caption>" + say("counts") +
                "</caption>\n<thead><tr><th scope=\"col\">" + say("kind") + "</th><th scope=\"col\">" +
                say("opened") + "</th><th scope=\"col\">" + say("closed") + "</th></tr></thead>\n";
        for (std::size_t kind = 0; kind < manifest_.counts.opened.size(); ++kind) {
            const auto opened = manifest_.counts.opened.at(kind);
            const auto closed = manifest_.counts.closed.at(kind);
            if (opened + closed > 0) {
                out_ += "<tr><th scope=\"row\">" +
                        code(records::name_of(static_cast<records::LeafKind>(kind))) +
                        "</th><td class=\"n\">" + std::to_string(opened) + "</td><td class=\"n\">" +
                        std::to_string(closed) + "</td></tr>\n";
            }
        }
        out_ +=
            "</table>\n<p>" + say("skipped") + colon_ + std::to_string(manifest_.counts.skipped) + "</p>\n";
        if (manifest_.counts.windows > 0) {  // their records are no leaves of the log
            out_ += "<p>" + say("left_out") + colon_ + std::to_string(manifest_.counts.left_out) + "</p>\n";
        }
    }

    void check() {
        heading("check_title");
        paragraph("check_key");
        paragraph("check_run");
        out_ += "<pre>fedtrail audit verify FILE --key '" + escaped(manifest_.key.text()) + "'</pre>\n";
        paragraph("check_other");
        paragraph("check_own");
    }

    void files() {
        heading("files_title");
        table("files_title");
        file(kRecords, "file_records");
        file(kCheckpoint, "file_checkpoint");
        file(kCheckpoints, "file_checkpoints");
        file(kPolicies, "file_policies");
        if (manifest_.level == Level::Full) {
            file(kPapers, "file_papers");
        }
        if (manifest_.format > 1) {
            file(kExport, "file_export");
        }
        file(kManifest, "file_manifest");
        out_ += "</table>\n";
    }
    void file(std::string_view path, std::string_view text) {
        out_ += "<tr><th scope=\"row\">" + code(path) + "</th><td>" + say(text) + "</td></tr>\n";
    }

    void absent() {
        if (manifest_.absent.empty()) {
            return;
        }
        heading("absent_title");
        table("absent_title");
        for (const auto& member : manifest_.absent) {
            out_ += "<tr><th scope=\"row\">" + code(member.path) + "</th><td>" +
                    say("absent_" + std::string{name_of(member.why)}) + "</td></tr>\n";
        }
        out_ += "</table>\n";
    }

    void limits() {
        heading("limits_title");
        out_ += "<ul>\n";
        for (const auto* name : {"limit_true", "limit_kept_back", "limit_forgotten"}) {
            out_ += "<li>" + say(name) + "</li>\n";
        }
        out_ += "</ul>\n";
    }

    const Manifest& manifest_;
    const language::Texts& texts_;
    std::string colon_;  ///< With the space behind it.
    std::string out_;
};

}  // namespace

const std::vector<std::string_view>& page_texts() {
    static const std::vector<std::string_view> names{"title",
                                                     "intro",
                                                     "subject_matter",
                                                     "scope_everything",
                                                     "scope_period",
                                                     "scope_request",
                                                     "scope_subject",
                                                     "since",
                                                     "until",
                                                     "level",
                                                     "level_full",
                                                     "level_pseudonymised",
                                                     "level_minimal",
                                                     "log",
                                                     "origin",
                                                     "key",
                                                     "size",
                                                     "root",
                                                     "unlogged",
                                                     "oldest",
                                                     "counts",
                                                     "opened",
                                                     "closed",
                                                     "skipped",
                                                     "left_out",
                                                     "kind",
                                                     "check_title",
                                                     "check_key",
                                                     "check_run",
                                                     "check_other",
                                                     "check_own",
                                                     "files_title",
                                                     "file_records",
                                                     "file_checkpoint",
                                                     "file_checkpoints",
                                                     "file_policies",
                                                     "file_papers",
                                                     "file_export",
                                                     "file_manifest",
                                                     "absent_title",
                                                     "absent_not_kept",
                                                     "absent_level",
                                                     "absent_limit",
                                                     "absent_no_text",
                                                     "limits_title",
                                                     "limit_true",
                                                     "limit_kept_back",
                                                     "limit_forgotten"};
    return names;
}

Result<language::Texts> read_page_texts(std::string_view json) {
    auto texts = language::flat_texts(json);
    if (!texts) {
        return fail(ErrorKind::Invalid, "audit-bundle.json is no object of texts");
    }
    for (const auto name : page_texts()) {
        if (!texts->contains(name)) {
            return fail(ErrorKind::Invalid, "audit-bundle.json lacks \"" + std::string{name} + "\"");
        }
    }
    return *std::move(texts);
}

std::string render_page(const Manifest& manifest,
                        const language::Texts& texts,
                        const language::Forms& forms) {
    const auto title = texts.find("title");
    return "<!doctype html>\n<html lang=\"" + escaped(forms.language()) +
           "\">\n<head>\n<meta charset=\"utf-8\">\n" +
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" +
           (title == texts.end() ? std::string{} : escaped(title->second)) + "</title>\n<style>" +
           std::string{kStyle} + "</style>\n</head>\n<body>\n<main>\n" + Page{manifest, texts, forms}.body() +
           "</main>\n</body>\n</html>\n";
}

}  // namespace fedtrail::audit
