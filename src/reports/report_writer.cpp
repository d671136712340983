#include "reports/report_writer.hpp"

#include <algorithm>

#include "reports/renderers.hpp"
#include "reports/report_package.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

namespace {

tl::unexpected<Error> cannot(const std::string& what) {
    return fail(ErrorKind::Unavailable, "this program was built without what a report needs: " + what);
}

Result<void> write_items(const TransferReport& report,
                         const ItemSource& source,
                         const ReportForm& form,
                         std::ostream& out) {
    if (!form.of_items) {
        return fail(ErrorKind::Invalid,
                    "items are listed as json or csv, not as " + std::string{form.name},
                    "Ask for one of the two; a page and a zip have the items in them.");
    }
    return form.name == "csv" ? render_items_csv(report, source, out)
                              : render_items_json(report, source, out);
}

Result<void> write_page(const TransferReport& report,
                        const ReportTexts& texts,
                        const ItemSource* source,
                        const std::function<Result<void>(const std::function<void(std::ostream&)>&)>& put) {
    if (source == nullptr) {
        return put([&](std::ostream& out) { render_html(report, texts, out); });
    }
    const auto items = latest_items(report, *source, kItemsOnPage);
    if (!items) {
        return fail(items);
    }
    return put([&](std::ostream& out) { render_html(report, texts, out, &*items); });
}

Result<void> write_linked(const TransferReport& report, const ItemSource* source, std::ostream& out) {
    if (source == nullptr) {
        render_jsonld(report, out);
        return {};
    }
    const auto posts = public_posts_at(report, *source);
    if (!posts) {
        return fail(posts);
    }
    render_jsonld(report, out, &*posts);
    return {};
}

Result<void> write_zip(const TransferReport& report,
                       const ReportTexts& texts,
                       const ItemSource* source,
                       const ReportTools& tools,
                       std::ostream& out) {
    if (!tools.seal || !tools.package) {
        return cannot("zip files");
    }
    const auto seal = tools.seal();
    if (!seal) {
        return fail(seal);
    }
    const auto files = tools.package(out, report.generated_at);
    return write_package(report, texts, source, {*files, **seal, tools.press});
}

}  // namespace

std::optional<ReportForm> report_form(std::string_view name) {
    const auto* const found = std::find_if(kReportForms.begin(),
                                           kReportForms.end(),
                                           [name](const ReportForm& form) { return form.name == name; });
    return found == kReportForms.end() ? std::nullopt : std::optional{*found};
}

Result<void> write_report(const TransferReport& report,
                          privacy::SubjectNumber subject,
                          const ReportTexts& texts,
                          const ReportChoice& choice,
                          const ReportTools& tools,
                          std::ostream& out) {
    const auto& form = choice.form;
    std::optional<ItemSource> source;
    if (tools.holdings != nullptr) {
        source.emplace(ItemSource{*tools.holdings, subject});
    }
    const auto* const from = source ? &*source : nullptr;
    if (choice.items) {
        return from != nullptr ? write_items(report, *from, form, out) : cannot("a list of items");
    }
    if (form.name == "json") {
        render_json(report, texts, out);
    } else if (form.name == "jsonld") {
        return write_linked(report, from, out);
    } else if (form.name == "csv") {
        render_csv(report, out);
    } else if (form.name == "zip") {
        return write_zip(report, texts, from, tools, out);
    } else if (form.name == "pdf") {
        return tools.press != nullptr
                   ? write_page(
                         report, texts, from, [&](const auto& page) { return tools.press->print(page, out); })
                   : cannot("PDF");
    } else {
        return write_page(report, texts, from, [&out](const auto& page) -> Result<void> {
            page(out);
            return {};
        });
    }
    return {};
}

}  // namespace fedtrail::reports
