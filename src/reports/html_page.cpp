#include "reports/html_page.hpp"

#include <algorithm>

#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;
using Values = ReportTexts::Values;
using Pairs = std::vector<PairAggregate>;

constexpr std::size_t kNamedAtTop = 5;

template <typename Predicate>
std::uint64_t servers_where(const Pairs& pairs, Predicate holds) {
    return static_cast<std::uint64_t>(std::count_if(pairs.begin(), pairs.end(), holds));
}

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
    std::string text;
    for (const auto& part : parts) {
        text.append(text.empty() ? "" : between).append(part);
    }
    return text;
}

/// A table of words, each with its meaning and the number of servers it is true for.
class WordTable {
public:
    WordTable(const ReportTexts& texts, std::uint64_t all) : texts_(texts), all_(all) {}

    /// `always`: shown with a zero as well; else a word without servers is only named below the table.
    void add(std::string_view group, std::string_view word, std::uint64_t servers, bool always) {
        const auto stem = std::string{group} + "." + std::string{word};
        if (servers == 0 && !always) {
            absent_.push_back(texts_.at(stem + ".word"));
            return;
        }
        mustache::data row;
        row.set("word", texts_.at(stem + ".word"));
        row.set("meaning", texts_.at(stem + ".meaning"));
        row.set("code", std::string{word});
        row.set("servers", texts_.forms().number(servers));
        row.set("percent", std::to_string(all_ == 0 ? 0 : (servers * 100 + all_ / 2) / all_));
        rows_.push_back(row);
    }

    [[nodiscard]] mustache::data take() const {
        mustache::data table;
        table.set("rows", rows_);
        if (!absent_.empty()) {
            table.set("absent",
                      texts_.fill("sentence.absent", {{"words", joined(absent_, texts_.forms().between())}}));
        }
        return table;
    }

private:
    const ReportTexts& texts_;
    std::uint64_t all_;
    mustache::data rows_{mustache::data::type::list};
    std::vector<std::string> absent_;
};

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

bool is_certain(const PairAggregate& pair) {
    return pair.strongest >= privacy::Evidence::Accepted;
}

std::string sureness_sentence(const Pairs& pairs, const ReportTexts& texts) {
    const auto certain = servers_where(pairs, is_certain);
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

std::string most_sentence(const Pairs& pairs, const ReportTexts& texts) {
    Pairs top(std::min(kNamedAtTop, pairs.size()));
    std::partial_sort_copy(pairs.begin(),
                           pairs.end(),
                           top.begin(),
                           top.end(),
                           [](const PairAggregate& a, const PairAggregate& b) {
                               return a.disclosures != b.disclosures ? a.disclosures > b.disclosures
                                                                     : a.recipient < b.recipient;
                           });
    std::vector<std::string> named;
    for (const auto& pair : top) {
        named.push_back(texts.fill(
            "sentence.most_one", {{"host", pair.recipient.text()}}, {{"times", pair.disclosures, "times"}}));
    }
    return texts.fill("sentence.most", {{"servers", joined(named, texts.forms().between())}});
}

/// The first paragraph and the figures beside it.
void add_summary(mustache::data& page,
                 const TransferReport& report,
                 const Timeline& timeline,
                 const ReportTexts& texts) {
    const auto& subject = report.subject.reveal();
    if (report.recipients.empty()) {
        page.set("lead", texts.fill("sentence.lead_none", {{"subject", subject}}));
        page.set("more", texts.at("sentence.none_explain"));
        return;
    }
    const auto& totals = report.totals;
    const bool all_certain = std::all_of(report.recipients.begin(), report.recipients.end(), is_certain);
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
    page.set("sure", sureness_sentence(report.recipients, texts));
    if (report.recipients.size() > 1) {
        page.set("most", most_sentence(report.recipients, texts));
    }
}

void add_word_tables(mustache::data& page, const Pairs& pairs, const ReportTexts& texts) {
    WordTable kinds{texts, pairs.size()};
    for (const auto& [category, name] : fediverse::kDataCategories) {
        const auto kind = category;
        kinds.add("category",
                  name,
                  servers_where(pairs, [kind](const PairAggregate& p) { return p.categories.has(kind); }),
                  false);
    }
    page.set("kinds", kinds.take());
    WordTable ways{texts, pairs.size()};
    for (const auto channel : kChannels) {
        ways.add("channel",
                 name_of(channel),
                 servers_where(pairs, [channel](const PairAggregate& p) { return p.channels.has(channel); }),
                 false);
    }
    page.set("ways", ways.take());
    WordTable sureness{texts, pairs.size()};
    for (const auto evidence : kEvidence) {
        sureness.add(
            "evidence",
            name_of(evidence),
            servers_where(pairs, [evidence](const PairAggregate& p) { return p.strongest == evidence; }),
            true);
    }
    page.set("sureness", sureness.take());
}

mustache::data gap_list(const TransferReport& report, const ReportTexts& texts) {
    mustache::data list{mustache::data::type::list};
    for (const auto& gap : report.not_established) {
        mustache::data entry;
        entry.set("title", texts.at("not_established." + gap.code + ".title"));
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

}  // namespace

mustache::data page_data(const TransferReport& report, const Timeline& timeline, const ReportTexts& texts) {
    mustache::data page;
    page.set("page", page_texts(texts));
    page.set("language", report.language);
    page.set("style", texts.layout().style);
    page.set("heading", texts.fill("sentence.heading", {{"subject", report.subject.reveal()}}));
    page.set("subject", report.subject.reveal());
    page.set("period", period_sentence(report.period, texts));
    page.set("made", texts.forms().moment(report.generated_at));
    page.set("made_at", format_rfc3339(report.generated_at));
    page.set("controller", controller_data(report.controller, texts));
    page.set("gaps", gap_list(report, texts));
    page.set("rights", rights_list(texts));
    add_summary(page, report, timeline, texts);
    page.set("any", !report.recipients.empty());
    if (!report.recipients.empty()) {
        page.set("chart", chart_data(timeline, texts));
        page.set("caption",
                 texts.fill("sentence.caption", {}, {{"servers", report.totals.recipients, "servers"}}));
        add_word_tables(page, report.recipients, texts);
    }
    return page;
}

}  // namespace fedtrail::reports
