#include "reports/report_package.hpp"

#include <map>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/example_reports.hpp"
#include "reports/report_writer.hpp"

namespace fedtrail::reports::test {

namespace {

class KeptFiles final : public PackageWriter {
public:
    std::map<std::string, std::string> files;
    bool finished{};

    Result<void> add(const std::string& name,
                     const std::function<Result<void>(std::ostream&)>& write,
                     Packing /*packing*/) override {
        std::ostringstream out;
        auto done = write(out);
        files[name] = out.str();
        return done;
    }
    Result<void> finish() override {
        finished = true;
        return {};
    }
};

/// Adds the octets up; its signature is the message.
class OpenSeal final : public ReportSeal {
public:
    class Sum final : public RunningDigest {
    public:
        void add(ByteView octets) override {
            for (const auto octet : octets) {
                sum_ = static_cast<std::uint8_t>(sum_ + static_cast<std::uint8_t>(octet));
            }
        }
        Digest256 finish() override { return Digest256{std::byte{sum_}}; }

    private:
        std::uint8_t sum_{};
    };

    std::unique_ptr<RunningDigest> digest() const override { return std::make_unique<Sum>(); }
    Result<Bytes> sign(ByteView message) const override { return Bytes{message.begin(), message.end()}; }
    const std::string& public_key() const override { return key_; }

private:
    std::string key_{"the key\n"};
};

class FixedPress final : public PaperPress {
public:
    bool there{true};
    Result<std::string> check() const override { return std::string{"fixed"}; }
    Result<void> print(const std::function<void(std::ostream&)>& page, std::ostream& pdf) const override {
        if (!there) {
            return fail(ErrorKind::NotFound, "a PDF needs a press", "Buy one.");
        }
        std::ostringstream html;
        page(html);
        pdf << "printed " << html.str().size();
        return {};
    }
};

class CountedReads final : public LedgerHoldings {
public:
    explicit CountedReads(const LedgerHoldings& ledger) : ledger_(ledger) {}
    mutable int reads{};

    Result<void> visit_held(privacy::SubjectNumber subject,
                            std::span<const Host> wanted,
                            const Visitor& visitor) const override {
        ++reads;
        return ledger_.visit_held(subject, wanted, visitor);
    }

private:
    const LedgerHoldings& ledger_;
};

std::unique_ptr<KeptFiles> package_of(const Surroundings& around,
                                      const PaperPress* press,
                                      bool with_items = true) {
    auto kept = std::make_unique<KeptFiles>();
    const OpenSeal seal;
    const ItemSource items{around.held, kAlice};
    REQUIRE(write_package(
        full_report_of(around), english(), with_items ? &items : nullptr, {*kept, seal, press}));
    return kept;
}

}  // namespace

TEST_CASE("A package has the report in every form, and a signed list of them", "[reports][package]") {
    Surroundings around;
    small_surroundings(around);
    const FixedPress press;
    const auto made = package_of(around, &press);
    const auto& kept = *made;
    CHECK(kept.finished);
    const auto list = nlohmann::json::parse(kept.files.at("manifest.json"));
    CHECK(list.at("format") == "fedtrail/report-zip/1");
    CHECK(list.at("request") == 7);
    CHECK(list.at("controller") ==
          nlohmann::json::parse(kept.files.at("report.json")).at("controller").at("name"));
    CHECK(list.at("left_out").empty());
    std::vector<std::string> named;
    for (const auto& file : list.at("files")) {
        const auto name = file.at("name").get<std::string>();
        named.push_back(name);
        const auto& content = kept.files.at(name);
        CHECK(file.at("octets") == content.size());
        OpenSeal::Sum sum;
        sum.add(bytes_of(content));
        CHECK(file.at("sha256") == hex(sum.finish()));
    }
    CHECK(named == std::vector<std::string>{"report.html",
                                            "report.pdf",
                                            "report.json",
                                            "report.jsonld",
                                            "servers.csv",
                                            "accesses.csv",
                                            "items.json",
                                            "items.csv",
                                            "report-key.pem"});
    CHECK(kept.files.size() == named.size() + 2);
    CHECK(kept.files.at("manifest.sig") == kept.files.at("manifest.json"));
    CHECK(kept.files == package_of(around, &press)->files);
}

TEST_CASE("A package reads the ledger once before it lists the items twice", "[reports][package]") {
    Surroundings around;
    small_surroundings(around);
    const CountedReads ledger{around.held};
    const auto report = full_report_of(around);
    const ItemSource items{ledger, kAlice};
    KeptFiles kept;
    const OpenSeal seal;
    REQUIRE(write_package(report, english(), &items, {kept, seal, nullptr}));
    CHECK(ledger.reads == 3);
    const auto survey = survey_items(report, items, 5);
    REQUIRE(survey);
    CHECK(ledger.reads == 4);
    CHECK(survey->public_posts == *public_posts_at(report, items));
    const auto latest = latest_items(report, items, 5);
    REQUIRE(latest);
    CHECK(survey->extract.total == latest->total);
    REQUIRE(survey->extract.latest.size() == latest->latest.size());
    for (std::size_t i = 0; i < latest->latest.size(); ++i) {
        CHECK(survey->extract.latest[i].uri.reveal() == latest->latest[i].uri.reveal());
    }
}

TEST_CASE("A PDF that cannot be printed is left out, and the list says why", "[reports][package]") {
    Surroundings around;
    small_surroundings(around);
    FixedPress press;
    press.there = false;
    const auto made = package_of(around, &press);
    const auto& kept = *made;
    const auto list = nlohmann::json::parse(kept.files.at("manifest.json"));
    CHECK(kept.files.count("report.pdf") == 0);
    CHECK(list.at("left_out").at(0).at("name") == "report.pdf");
    CHECK(list.at("left_out").at(0).at("why") == "a PDF needs a press. Buy one.");
    CHECK(package_of(around, nullptr, false)->files.count("items.csv") == 0);
}

TEST_CASE("A ledger that breaks while a package is written is the failure of the package",
          "[reports][package]") {
    struct Broken final : LedgerHoldings {
        Result<void> visit_held(privacy::SubjectNumber,
                                std::span<const Host>,
                                const Visitor&) const override {
            return fail(ErrorKind::Corrupt, "a chunk cannot be read");
        }
    };
    Surroundings around;
    small_surroundings(around);
    const Broken broken;
    const ItemSource items{broken, kAlice};
    KeptFiles kept;
    const OpenSeal seal;
    const auto done = write_package(full_report_of(around), english(), &items, {kept, seal, nullptr});
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ErrorKind::Corrupt);
    CHECK_FALSE(kept.finished);
}

TEST_CASE("A form that lacks what it needs says so", "[reports][package]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    for (const auto* name : {"pdf", "zip"}) {
        std::ostringstream out;
        CHECK_FALSE(write_report(report, kAlice, english(), {*report_form(name), false}, {}, out));
    }
    std::ostringstream out;
    ReportTools tools;
    tools.holdings = &around.held;
    CHECK(write_report(report, kAlice, english(), {*report_form("html"), true}, tools, out).error().kind ==
          ErrorKind::Invalid);
    CHECK(write_report(report, kAlice, english(), {*report_form("csv"), true}, tools, out));
    CHECK(out.str().substr(0, 5) == "item,");
    CHECK_FALSE(report_form("doc").has_value());
}

}  // namespace fedtrail::reports::test
