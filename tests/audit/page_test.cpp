#include "audit/page.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "audit/example_log.hpp"
#include "golden.hpp"
#include "translation.hpp"

using namespace fedtrail;         // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;  // NOLINT(google-build-using-namespace)

namespace {

std::string text_file(std::string_view tag, const std::string& name) {
    std::ifstream in{std::string{FEDTRAIL_SOURCE_DIR "/policies/texts/"} + std::string{tag} + "/" + name};
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

language::Texts texts_of(std::string_view tag) {
    const auto texts = read_page_texts(text_file(tag, "audit-bundle.json"));
    REQUIRE(texts.has_value());
    return *texts;
}

std::string page_in(std::string_view tag, const Manifest& manifest) {
    const auto forms = language::Forms::parse(tag, text_file(tag, "forms.json"));
    REQUIRE(forms.has_value());
    return render_page(manifest, texts_of(tag), *forms);
}

}  // namespace

TEST_CASE("The page says the same in every language", "[audit][texts]") {
    const auto english = texts_of("en");
    for (const auto tag : fedtrail::testing::kLanguages) {
        CAPTURE(tag);
        const auto texts = texts_of(tag);
        CHECK(texts.size() == english.size());
        for (const auto name : page_texts()) {
            CAPTURE(name);
            CHECK(texts.find(name)->second.size() > 1);
            if (tag != "en" && english.find(name)->second.size() > 10) {
                CHECK(texts.find(name)->second != english.find(name)->second);
            }
        }
    }
    CHECK_FALSE(read_page_texts("[]").has_value());
    const auto missing = read_page_texts(R"({"title": "x"})");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().what.find("\"intro\"") != std::string::npos);
}

TEST_CASE("The page names the scope, the key, the counts, and escapes what it is told", "[audit][texts]") {
    const fedtrail::testing::ExampleLog log;
    const auto bundle = fedtrail::testing::bundle_of(log, records::RequestNumber{2});
    auto manifest = *fedtrail::testing::verified(bundle).manifest;
    for (const auto tag : fedtrail::testing::kLanguages) {
        const auto page = page_in(tag, manifest);
        CHECK(page.find("<html lang=\"" + std::string{tag} + "\">") != std::string::npos);
        CHECK(page.find(": 2</td>") != std::string::npos);
        CHECK(page.find("--key '" + manifest.key.text() + "'") != std::string::npos);
        CHECK(page.find("<code>activity</code></th><td class=\"n\">10</td>") != std::string::npos);
    }
    CHECK(page_in("fr", manifest).find("\u00a0: 2</td>") != std::string::npos);
    manifest.absent = {{"policies/3/<b>.json", {}, Absence::NotKept},
                       {"policies/4/c.json", {}, Absence::Level}};
    for (const auto tag : fedtrail::testing::kLanguages) {
        const auto page = page_in(tag, manifest);
        CHECK(page.find("<code>policies/3/&lt;b&gt;.json</code></th><td>" +
                        texts_of(tag).find("absent_not_kept")->second) != std::string::npos);
    }
    CHECK(page_in("en", manifest)
              .find("not in the log yet</th><td>7, the oldest of <code>2026-01-01T00:00:00Z</code>") !=
          std::string::npos);
    manifest.unlogged.reset();
    CHECK(page_in("en", manifest).find("not in the log yet") == std::string::npos);
    manifest.checkpoint.origin = "<script>";
    CHECK(page_in("en", manifest).find("<script>") == std::string::npos);
}

TEST_CASE("The page counts leaves of the log as the verifier does, and records in windows apart",
          "[audit][texts]") {
    const fedtrail::testing::ExampleLog log;
    const auto texts = texts_of("en");
    const auto said = [&](const std::string& page, std::string_view name) {
        const auto line = "<p>" + texts.find(name)->second + ": ";
        const auto at = page.find(line);
        return at == std::string::npos
                   ? std::string{}
                   : page.substr(at + line.size(), page.find("</p>", at) - at - line.size());
    };
    const auto found =
        fedtrail::testing::verified(fedtrail::testing::bundle_of(log, records::RequestNumber{2}));
    auto manifest = *found.manifest;
    REQUIRE(manifest.counts.left_out > 0);
    const auto page = page_in("en", manifest);
    CHECK(said(page, "skipped") == std::to_string(manifest.counts.skipped));
    CHECK(said(page, "left_out") == std::to_string(manifest.counts.left_out));
    const auto records = std::find_if(
        found.claims.begin(), found.claims.end(), [](const auto& claim) { return claim.name == "records"; });
    REQUIRE(records != found.claims.end());
    CHECK(records->sentence.find("; " + said(page, "skipped") + " of the log's leaves are not shown, and " +
                                 said(page, "left_out") + " records inside its windows") !=
          std::string::npos);
    manifest.counts.windows = 0;
    CHECK(said(page_in("en", manifest), "left_out").empty());
}

TEST_CASE("The page in each language is the approved one", "[audit][texts][approval]") {
    const fedtrail::testing::ExampleLog log;
    const auto of = [&log](Scope scope, Level level) {
        auto manifest =
            *fedtrail::testing::verified(fedtrail::testing::bundle_of(log, std::move(scope), level)).manifest;
        manifest.format = kBundleFormat;
        return manifest;
    };
    const auto full = of(records::RequestNumber{2}, Level::Full);
    const auto short_one = of(Period{from_unix_seconds(fedtrail::testing::kDayOne), {}}, Level::Minimal);
    for (const auto tag : fedtrail::testing::kLanguages) {
        CAPTURE(tag);
        const std::string language{tag};
        const auto request = page_in(tag, full);
        CHECK(request ==
              fedtrail::testing::approved("audit/golden/page-request." + language + ".html", request));
        const auto period = page_in(tag, short_one);
        CHECK(period ==
              fedtrail::testing::approved("audit/golden/page-period." + language + ".html", period));
    }
}
