#include "reports/html_page.hpp"

#include <algorithm>
#include <iterator>

#include "reports/access_words.hpp"
#include "reports/articles.hpp"
#include "reports/words.hpp"
#include "reports/world_map.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;
using Values = ReportTexts::Values;
using Recipients = EachRecipient::List;

constexpr std::size_t kNamedAtTop = 5;

mustache::data page_texts(const ReportTexts& texts) {
    static constexpr std::string_view kGroup = "page.";
    mustache::data page;
    for (auto it = texts.all().lower_bound(kGroup); it != texts.all().end(); ++it) {
        if (it->first.compare(0, kGroup.size(), kGroup) != 0) {
            break;
        }
        page.set(it->first.substr(kGroup.size()), it->second);
    }
    return page;
}

std::string period_sentence(const Window& period, const ReportTexts& texts) {
    Values values;
    std::string form = "sentence.period_all";
    if (period.since) {
        values.emplace_back("since", texts.forms().moment(*period.since));
        form = "sentence.period_since";
    }
    if (period.until) {
        values.emplace_back("until", texts.forms().moment(*period.until));
        form = period.since ? "sentence.period_both" : "sentence.period_until";
    }
    return texts.fill(form, values);
}

bool is_certain(const ReportedRecipient& recipient) {
    return recipient.pair.strongest >= privacy::Evidence::Accepted;
}

std::string sureness_sentence(const Recipients& pairs, const ReportTexts& texts) {
    const auto certain = static_cast<std::uint64_t>(std::count_if(pairs.begin(), pairs.end(), is_certain));
    if (pairs.size() == 1) {
        return texts.at(certain == 1 ? "sentence.sure_one" : "sentence.unsure_one");
    }
    if (certain == pairs.size()) {
        return texts.at("sentence.sure_all");
    }
    if (certain == 0) {
        return texts.at("sentence.sure_none");
    }
    return texts.fill("sentence.sure_some",
                      {},
                      {{"certain", certain, "servers"}, {"presumed", pairs.size() - certain, "servers"}});
}

std::string most_sentence(const Recipients& recipients, const ReportTexts& texts) {
    std::vector<const PairAggregate*> top;
    top.reserve(recipients.size());
    for (const ReportedRecipient& recipient : recipients) {
        top.push_back(&recipient.pair);
    }
    const auto named_end =
        std::next(top.begin(), static_cast<std::ptrdiff_t>(std::min(kNamedAtTop, top.size())));
    std::partial_sort(top.begin(), named_end, top.end(), [](const PairAggregate* a, const PairAggregate* b) {
        return a->disclosures != b->disclosures ? a->disclosures > b->disclosures
                                                : a->recipient < b->recipient;
    });
    std::string named;
    for (auto pair = top.begin(); pair != named_end; ++pair) {
        named.append(named.empty() ? "" : texts.forms().between());
        named.append(texts.fill("sentence.most_one",
                                {{"host", (*pair)->recipient.text()}},
                                {{"times", (*pair)->disclosures, "times"}}));
    }
    return texts.fill("sentence.most", {{"servers", named}});
}

/// The first paragraph and the figures beside it.
void add_summary(mustache::data& page,
                 const TransferReport& report,
                 const Recipients& recipients,
                 const Timeline& timeline,
                 const ReportTexts& texts) {
    const auto& subject = report.subject.reveal();
    if (report.recipients.empty()) {
        page.set("lead", texts.fill("sentence.lead_none", {{"subject", subject}}));
        page.set("more", texts.at("sentence.none_explain"));
        return;
    }
    const auto& totals = report.totals;
    const bool all_certain = std::all_of(recipients.begin(), recipients.end(), is_certain);
    page.set("lead",
             texts.fill(all_certain ? "sentence.lead" : "sentence.lead_presumed",
                        {{"subject", subject}},
                        {{"servers", totals.recipients, "servers"}}));
    page.set(
        "when",
        texts.fill(totals.disclosures == 1 ? "sentence.when_once" : "sentence.when",
                   {{"first", texts.forms().day(timeline.first)}, {"last", texts.forms().day(timeline.last)}},
                   {{"times", totals.disclosures, "times"}}));
    page.set("more", texts.at("sentence.explain"));
    page.set("sure", sureness_sentence(recipients, texts));
    if (totals.from_others > 0) {
        page.set("others", texts.fill("sentence.others", {}, {{"servers", totals.from_others, "servers"}}));
        page.set("ours", totals.from_others < totals.recipients);
    }
    if (recipients.size() > 1) {
        page.set("most", most_sentence(recipients, texts));
    }
}

mustache::data gap_list(const std::vector<NotEstablished>& gaps,
                        std::string_view group,
                        const ReportTexts& texts) {
    mustache::data list{mustache::data::type::list};
    for (const auto& gap : gaps) {
        mustache::data entry;
        entry.set("title", texts.at(std::string{group} + "." + gap.code + ".title"));
        entry.set("sentence", gap.sentence);
        list.push_back(entry);
    }
    return list;
}

mustache::data rights_list(const ReportTexts& texts) {
    mustache::data list{mustache::data::type::list};
    for (const auto article : kRights) {
        const auto stem = "rights." + std::string{article};
        mustache::data entry;
        entry.set("title", texts.at(stem + ".title"));
        entry.set("text", texts.at(stem + ".text"));
        entry.set("eli", eli_of(article));
        list.push_back(entry);
    }
    return list;
}

mustache::data controller_data(const ControllerBlock& controller, const ReportTexts& texts) {
    const auto stated = [&texts](const std::string& value) {
        return value.empty() ? texts.at("page.not_stated") : value;
    };
    mustache::data block;
    block.set("name", stated(controller.name));
    block.set("contact", stated(controller.contact));
    block.set("dpo", stated(controller.dpo));
    block.set("authority", stated(controller.authority));
    return block;
}

mustache::data cover_data(const ReportCover& cover, const ReportTexts& texts) {
    mustache::data block;
    block.set("number", std::to_string(cover.number.get()));
    block.set("received", texts.forms().day(cover.received));
    block.set("answered", texts.forms().day(cover.answered));
    if (cover.due) {
        block.set("due", texts.forms().day(*cover.due));
    }
    return block;
}

mustache::data figure(const std::string& label, const std::string& value, const std::string& note = {}) {
    mustache::data tile;
    tile.set("label", label);
    tile.set("value", value);
    if (!note.empty()) {
        tile.set("note", note);
    }
    return tile;
}

/// The first page in five figures.
mustache::data figures_of(const ReportTotals& totals, const ReportTexts& texts) {
    const auto& forms = texts.forms();
    const auto noted = [&texts](std::string_view key, std::uint64_t servers) {
        return servers == 0 ? std::string{} : texts.fill(key, {}, {{"servers", servers, "servers"}});
    };
    mustache::data list{mustache::data::type::list};
    list.push_back(figure(texts.at("page.figure_servers"), forms.number(totals.recipients)));
    list.push_back(figure(texts.at("page.figure_countries"),
                          totals.countries ? forms.number(*totals.countries) : "\u2013",
                          noted("sentence.figure_unplaced", totals.country_unknown)));
    list.push_back(figure(texts.at("page.figure_undocumented"),
                          forms.number(totals.undocumented),
                          noted("sentence.figure_outside", totals.third_country)));
    list.push_back(figure(texts.at("page.figure_told"), forms.number(totals.told)));
    list.push_back(figure(texts.at("page.figure_gone"), forms.number(totals.verified_gone)));
    return list;
}

/// Nothing where nobody looked, or looks are not kept.
void add_accesses(mustache::data& page, const TransferReport& report, const ReportTexts& texts) {
    if (report.accesses.empty()) {
        return;
    }
    mustache::data rows{mustache::data::type::list};
    for (const auto& access : report.accesses) {
        mustache::data row;
        row.set("at", format_rfc3339(access.at));
        row.set("when", texts.forms().moment(access.at));
        row.set("what", looked_word(access.what, texts));
        row.set("by", texts.at("looker." + std::string{name_of(access.by)}));
        row.set("why", why_on_page(access, texts));
        rows.push_back(row);
    }
    mustache::data block;
    block.set("rows", rows);
    if (report.accesses_more > 0) {
        block.set(
            "older",
            texts.fill("sentence.accesses_more", {{"number", texts.forms().number(report.accesses_more)}}));
    }
    page.set("accesses", block);
}

/// Nothing where nobody objected.
void add_objections(mustache::data& page, const TransferReport& report, const ReportTexts& texts) {
    if (report.objections.empty()) {
        return;
    }
    mustache::data rows{mustache::data::type::list};
    for (const auto& objection : report.objections) {
        mustache::data row;
        row.set("server", objection.recipient.text());
        row.set("at", format_rfc3339(objection.since));
        row.set("when", texts.forms().day(objection.since));
        row.set("why", objection.why.empty() ? texts.at("page.no_reason") : objection.why);
        rows.push_back(row);
    }
    mustache::data block;
    block.set("rows", rows);
    page.set("objections", block);
}

void add_head(mustache::data& page, const TransferReport& report, const ReportTexts& texts) {
    page.set("page", page_texts(texts));
    page.set("language", report.language);
    page.set("colon", texts.forms().colon());
    page.set("style", texts.layout().style);
    page.set("share", texts.layout().share);
    page.set("heading", texts.fill("sentence.heading", {{"subject", report.subject.reveal()}}));
    page.set("subject", report.subject.reveal());
    page.set("period", period_sentence(report.period, texts));
    page.set("made", texts.forms().moment(report.generated_at));
    page.set("made_at", format_rfc3339(report.generated_at));
    page.set("controller", controller_data(report.controller, texts));
    if (report.cover) {
        page.set("cover", cover_data(*report.cover, texts));
    }
}

void add_end(mustache::data& page, const TransferReport& report, const ReportTexts& texts) {
    page.set("gaps", gap_list(report.not_established, "not_established", texts));
    add_objections(page, report, texts);
    add_accesses(page, report, texts);
    page.set("rights", rights_list(texts));
    if (!report.withheld.empty()) {
        mustache::data block;
        block.set("entries", gap_list(report.withheld, "withheld", texts));
        page.set("withheld", block);
    }
}

}  // namespace

mustache::data page_data(const TransferReport& report,
                         const EachRecipient& recipients,
                         const Timeline& timeline,
                         const ReportTexts& texts,
                         const ItemsExtract* items) {
    mustache::data page;
    add_head(page, report, texts);
    add_end(page, report, texts);
    add_summary(page, report, recipients.list(), timeline, texts);
    page.set("any", !report.recipients.empty());
    if (!report.recipients.empty()) {
        page.set("figures", figures_of(report.totals, texts));
        page.set("chart", chart_data(timeline, texts));
        page.set("map", map_data(report, texts));
        page.set("caption",
                 texts.fill("sentence.caption", {}, {{"servers", report.totals.recipients, "servers"}}));
        if (report.totals.hosts > report.totals.recipients) {
            page.set("several_hosts", texts.at("sentence.several_hosts"));
        }
        add_word_tables(page, recipients.list(), texts);
        if (items != nullptr && items->total > 0) {
            page.set("items", items_data(*items, texts));
        }
    }
    return page;
}

}  // namespace fedtrail::reports
