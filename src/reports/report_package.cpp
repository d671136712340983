#include "reports/report_package.hpp"

#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "reports/json_text.hpp"
#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

namespace {

using WriteContent = std::function<Result<void>(std::ostream&)>;

/// Passes everything on, and adds it to a digest on the way.
class CountedBuffer final : public std::streambuf {
public:
    CountedBuffer(std::ostream& out, RunningDigest& digest) : out_(out), digest_(digest) {}
    [[nodiscard]] std::uint64_t octets() const { return octets_; }

protected:
    int_type overflow(int_type c) override {
        if (traits_type::eq_int_type(c, traits_type::eof())) {
            return traits_type::not_eof(c);
        }
        const char one = traits_type::to_char_type(c);
        return xsputn(&one, 1) == 1 ? c : traits_type::eof();
    }
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        digest_.add(bytes_of({text, static_cast<std::size_t>(size)}));
        octets_ += static_cast<std::uint64_t>(size);
        out_.write(text, size);
        return out_.good() ? size : 0;
    }

private:
    std::ostream& out_;
    RunningDigest& digest_;
    std::uint64_t octets_{};
};

class Package {
public:
    explicit Package(const PackageTools& tools) : tools_(tools) {}

    [[nodiscard]] Result<void> add(const std::string& name,
                                   const char* media_type,
                                   const WriteContent& write) {
        const auto digest = tools_.seal.digest();
        std::uint64_t octets = 0;
        auto added = tools_.files.add(name, [&](std::ostream& out) -> Result<void> {
            CountedBuffer counted{out, *digest};
            std::ostream stream{&counted};
            auto written = write(stream);
            octets = counted.octets();
            return written;
        });
        if (added) {
            files_.push_back({{"name", name},
                              {"media_type", media_type},
                              {"octets", octets},
                              {"sha256", hex(digest->finish())}});
        }
        return added;
    }

    /// Of something that cannot fail but by its stream, which the package looks at.
    [[nodiscard]] Result<void> add_plain(const std::string& name,
                                         const char* media_type,
                                         const std::function<void(std::ostream&)>& write) {
        return add(name, media_type, [&write](std::ostream& out) -> Result<void> {
            write(out);
            return {};
        });
    }

    void leave_out(const std::string& name, const std::string& why) {
        left_out_.push_back({{"name", name}, {"why", why}});
    }

    /// The list and its signature; nothing can be added afterwards.
    [[nodiscard]] Result<void> seal(Json head) {
        head["files"] = files_;
        head["left_out"] = left_out_;
        const auto list = head.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
        const auto signature = tools_.seal.sign(bytes_of(list));
        if (!signature) {
            return fail(signature);
        }
        auto listed = tools_.files.add("manifest.json", [&list](std::ostream& out) -> Result<void> {
            out << list;
            return {};
        });
        if (!listed) {
            return listed;
        }
        auto signed_off = tools_.files.add("manifest.sig", [&signature](std::ostream& out) -> Result<void> {
            out << fedtrail::text_of(ByteView{*signature});
            return {};
        });
        return signed_off ? tools_.files.finish() : signed_off;
    }

private:
    const PackageTools& tools_;
    Json files_ = Json::array();
    Json left_out_ = Json::array();
};

Json head_of(const TransferReport& report) {
    return Json{{"format", kReportZipFormat},
                {"subject", report.subject.reveal()},
                {"language", report.language},
                {"generated_at", format_rfc3339(report.generated_at)},
                {"request", report.cover ? Json(report.cover->number.get()) : Json{}},
                {"controller", report.controller.name.empty() ? Json{} : Json(report.controller.name)},
                {"key", {{"algorithm", "Ed25519"}, {"file", "report-key.pem"}}}};
}

/// Printed first, so that a file is begun only if it can be ended.
Result<void> add_paper(Package& package,
                       const PackageTools& tools,
                       const std::function<void(std::ostream&)>& page) {
    if (tools.press == nullptr) {
        return {};
    }
    std::ostringstream pdf;
    if (const auto printed = tools.press->print(page, pdf); !printed) {
        package.leave_out("report.pdf", printed.error().what + ". " + printed.error().remedy);
        return {};
    }
    const auto octets = std::move(pdf).str();
    return package.add_plain(
        "report.pdf", "application/pdf", [&octets](std::ostream& out) { out << octets; });
}

}  // namespace

Result<void> write_package(const TransferReport& report,
                           const ReportTexts& texts,
                           const ItemSource* items,
                           const PackageTools& tools) {
    ItemsSurvey survey{{}, std::vector<bool>(report.recipients.size())};
    if (items != nullptr) {
        auto seen = survey_items(report, *items, kItemsOnPage);
        if (!seen) {
            return fail(seen);
        }
        survey = std::move(*seen);
    }
    const auto page = [&](std::ostream& out) { render_html(report, texts, out, &survey.extract); };
    Package package{tools};
    auto done = package.add_plain("report.html", "text/html", page);
    done = done ? add_paper(package, tools, page) : done;
    done = done ? package.add_plain("report.json",
                                    "application/json",
                                    [&](std::ostream& out) { render_json(report, texts, out); })
                : done;
    done =
        done ? package.add_plain("report.jsonld",
                                 "application/ld+json",
                                 [&](std::ostream& out) { render_jsonld(report, out, &survey.public_posts); })
             : done;
    done = done ? package.add_plain(
                      "servers.csv", "text/csv", [&](std::ostream& out) { render_csv(report, out); })
                : done;
    done = done ? package.add_plain("accesses.csv",
                                    "text/csv",
                                    [&](std::ostream& out) { render_accesses_csv(report, texts, out); })
                : done;
    // Each list is a reading of its own: the files of a package are written one after the other, and one that
    // waited meanwhile would be a person's data in the clear, in memory or on a disk.
    if (done && items != nullptr) {
        done = package.add("items.json", "application/json", [&](std::ostream& out) {
            return render_items_json(report, *items, out);
        });
        done = done ? package.add("items.csv",
                                  "text/csv",
                                  [&](std::ostream& out) { return render_items_csv(report, *items, out); })
                    : done;
    }
    done = done ? package.add_plain("report-key.pem",
                                    "application/x-pem-file",
                                    [&](std::ostream& out) { out << tools.seal.public_key(); })
                : done;
    return done ? package.seal(head_of(report)) : done;
}

}  // namespace fedtrail::reports
