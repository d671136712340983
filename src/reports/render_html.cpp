#include <algorithm>
#include <ostream>

#include "reports/decimal.hpp"
#include "reports/html_page.hpp"
#include "reports/renderers.hpp"
#include "reports/templates.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;

constexpr double kSpanWidth = 100.0;
constexpr double kSpanLeast = 1.5;  ///< A single moment is drawn this wide.

/// The words of a list in the report's language, each fetched once.
class Phrases {
public:
    Phrases(const ReportTexts& texts, std::string group) : texts_(texts), group_(std::move(group)) {}

    [[nodiscard]] const std::string& word(std::string_view name) const {
        return texts_.at(group_ + "." + std::string{name} + ".word");
    }

    [[nodiscard]] std::string list(const std::vector<std::string_view>& names) const {
        std::string text;
        for (const auto name : names) {
            text.append(text.empty() ? "" : texts_.forms().between()).append(word(name));
        }
        return text;
    }

private:
    const ReportTexts& texts_;
    std::string group_;
};

class Rows {
public:
    Rows(const ReportTexts& texts, const Timeline& timeline)
        : texts_(texts),
          template_(texts.layout().row),
          kinds_(texts, "category"),
          ways_(texts, "channel"),
          evidence_(texts, "evidence"),
          first_(timeline.first),
          span_(std::max(1.0, static_cast<double>((timeline.last - timeline.first).count()))) {}

    void write(const PairAggregate& pair, std::ostream& out) {
        mustache::data row;
        row.set("host", pair.recipient.text());
        row.set("first", texts_.forms().short_day(pair.first));
        row.set("first_at", format_rfc3339(pair.first));
        row.set("last", texts_.forms().short_day(pair.last));
        row.set("last_at", format_rfc3339(pair.last));
        row.set("objects", texts_.forms().number(pair.objects));
        row.set("disclosures", texts_.forms().number(pair.disclosures));
        row.set("kinds", kinds_.list(words_of(pair.categories)));
        row.set("ways", ways_.list(words_of(pair.channels)));
        row.set("evidence", evidence_.word(name_of(pair.strongest)));
        row.set("evidence_code", std::string{name_of(pair.strongest)});
        const double left = place(pair.first);
        const double width = std::max(kSpanLeast, place(pair.last) - left);
        row.set("x", decimal(std::min(left, kSpanWidth - width), 1));
        row.set("width", decimal(width, 1));
        render_into(out, template_, row);
    }

private:
    [[nodiscard]] double place(Instant at) const {
        return kSpanWidth * static_cast<double>((at - first_).count()) / span_;
    }

    const ReportTexts& texts_;
    mustache::mustache template_;
    Phrases kinds_;
    Phrases ways_;
    Phrases evidence_;
    Instant first_;
    double span_;
};

}  // namespace

void render_html(const TransferReport& report, const ReportTexts& texts, std::ostream& out) {
    const auto timeline = timeline_of(report.recipients);
    const auto data = page_data(report, timeline, texts);
    mustache::mustache before{texts.layout().before_rows};
    render_into(out, before, data);
    std::vector<const PairAggregate*> order(report.recipients.size());
    std::transform(
        report.recipients.begin(), report.recipients.end(), order.begin(), [](const PairAggregate& pair) {
            return &pair;
        });
    std::stable_sort(order.begin(), order.end(), [](const PairAggregate* a, const PairAggregate* b) {
        return a->disclosures > b->disclosures;
    });
    Rows rows{texts, timeline};
    for (const auto* pair : order) {
        rows.write(*pair, out);
    }
    mustache::mustache after{texts.layout().after_rows};
    render_into(out, after, data);
}

}  // namespace fedtrail::reports
