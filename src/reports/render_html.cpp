#include <algorithm>
#include <ostream>
#include <set>

#include "reports/citation.hpp"
#include "reports/decimal.hpp"
#include "reports/html_page.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/renderers.hpp"
#include "reports/shared_words.hpp"
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

void set_if_any(mustache::data& row, const char* name, const std::string& text) {
    if (!text.empty()) {
        row.set(name, text);
    }
}

class Rows {
public:
    Rows(const ReportTexts& texts, const Timeline& timeline)
        : texts_(texts),
          template_(texts.layout().row),
          kinds_(texts, "category"),
          ways_(texts, "channel"),
          evidence_(texts, "evidence"),
          marks_(texts, "mark"),
          first_(timeline.first),
          span_(std::max(1.0, static_cast<double>((timeline.last - timeline.first).count()))) {
        template_.set_custom_escape(page_text);
    }

    void write(const ReportedRecipient& recipient, std::ostream& out) {
        const auto& pair = recipient.pair;
        mustache::data row;
        row.set("host", pair.recipient.text());
        if (!recipient.joined_to.empty()) {
            row.set("joined_to", texts_.fill("sentence.joined_to", {{"host", recipient.joined_to.text()}}));
        }
        add_card(row, recipient.card);
        add_deletion(row, recipient.deletion);
        row.set("first", texts_.forms().short_day(pair.first));
        row.set("first_at", format_rfc3339(pair.first));
        row.set("last", texts_.forms().short_day(pair.last));
        row.set("last_at", format_rfc3339(pair.last));
        row.set("objects", texts_.forms().number(pair.objects));
        row.set("objects_word", texts_.at("page.column_objects") + texts_.forms().colon());
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
    void add_card(mustache::data& row, const records::RecipientCard& card) {
        const auto country = records::established_in(card.country);
        const auto hint = records::hinted_in(card.country);
        set_if_any(row, "operator", operator_words(card, texts_));
        set_if_any(row, "software", card.software);
        set_if_any(row, "marks", marks_.list(words_of(card.marks)));
        row.set("country",
                country ? texts_.at(word_key(*country))
                : hint  ? hinted_words(*hint, texts_)
                        : texts_.at("page.country_unknown"));
        if (card.country.country) {
            row.set("source", texts_.at(word_key(card.country.source) + ".word"));
        }
        row.set("basis", texts_.at(word_key(card.basis.kind) + ".word"));
        row.set("basis_code", card.basis.kind == privacy::BasisKind::Undocumented ? "none" : "some");
        if (card.basis.kind != privacy::BasisKind::NoneNeeded) {
            row.set("reason", texts_.at(word_key(card.basis.reason)));
        }
        set_if_any(row, "decision", texts_.forms().act(card.basis.decision));
        if (!card.basis.article.empty()) {
            const auto citation = cite_declared(texts_, card.basis.article);
            row.set("article", citation.words);
            set_if_any(row, "article_at", citation.uri);
        }
    }

    void add_deletion(mustache::data& row, const DeletionState& deletion) {
        row.set("deletion", texts_.at(word_key(deletion.state) + ".word"));
        if (deletion.told_at) {
            row.set("told", texts_.forms().short_day(*deletion.told_at));
            row.set("told_at", format_rfc3339(*deletion.told_at));
        }
        if (deletion.state && !deletion.everything) {
            row.set("part", texts_.at("page.part"));
        }
    }

    [[nodiscard]] double place(Instant at) const {
        return kSpanWidth * static_cast<double>((at - first_).count()) / span_;
    }

    const ReportTexts& texts_;
    mustache::mustache template_;
    Phrases kinds_;
    Phrases ways_;
    Phrases evidence_;
    Phrases marks_;
    Instant first_;
    double span_;
};

}  // namespace

void render_html(const TransferReport& report,
                 const ReportTexts& texts,
                 std::ostream& out,
                 const ItemsExtract* items) {
    const EachRecipient recipients{report.recipients};
    const auto timeline = timeline_of(recipients);
    const auto data = page_data(report, recipients, timeline, texts, items);
    mustache::mustache before{texts.layout().before_rows};
    before.set_custom_escape(page_text);
    render_into(out, before, data);
    std::vector<const ReportedRecipient*> order;
    order.reserve(report.recipients.size());
    for (const auto& recipient : report.recipients) {
        order.push_back(&recipient);
    }
    std::stable_sort(order.begin(), order.end(), [](const ReportedRecipient* a, const ReportedRecipient* b) {
        return a->pair.disclosures > b->pair.disclosures;
    });
    std::set<Host> ours;  // a recipient with several hosts stands where the one is that stands for all
    for (const ReportedRecipient& recipient : recipients.list()) {
        if (privacy::got_from_us(recipient.pair.channels)) {
            ours.insert(recipient.pair.recipient);
        }
    }
    const auto others = std::stable_partition(order.begin(), order.end(), [&](const ReportedRecipient* one) {
        return ours.count(one->joined_to.empty() ? one->pair.recipient : one->joined_to) != 0;
    });
    Rows rows{texts, timeline};
    std::for_each(order.begin(), others, [&](const auto* recipient) { rows.write(*recipient, out); });
    mustache::mustache between{texts.layout().between_rows};
    between.set_custom_escape(page_text);
    render_into(out, between, data);
    std::for_each(others, order.end(), [&](const auto* recipient) { rows.write(*recipient, out); });
    mustache::mustache after{texts.layout().after_rows};
    after.set_custom_escape(page_text);
    render_into(out, after, data);
}

}  // namespace fedtrail::reports
