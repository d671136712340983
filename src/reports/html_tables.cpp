#include <algorithm>
#include <vector>

#include "reports/html_page.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/shared_words.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;
using Recipients = EachRecipient::List;

template <typename Predicate>
std::uint64_t servers_where(const Recipients& recipients, Predicate holds) {
    return static_cast<std::uint64_t>(std::count_if(recipients.begin(), recipients.end(), holds));
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

/// "basis.A45-3" as group and word.
std::pair<std::string, std::string> halves(const std::string& key) {
    const auto dot = key.find('.');
    return {key.substr(0, dot), key.substr(dot + 1)};
}

mustache::data kinds_table(const Recipients& recipients, const ReportTexts& texts) {
    WordTable kinds{texts, recipients.size()};
    for (const auto& [category, name] : fediverse::kDataCategories) {
        const auto kind = category;
        kinds.add("category",
                  name,
                  servers_where(recipients,
                                [kind](const ReportedRecipient& r) { return r.pair.categories.has(kind); }),
                  false);
    }
    return kinds.take();
}

mustache::data ways_table(const Recipients& recipients, const ReportTexts& texts) {
    WordTable ways{texts, recipients.size()};
    for (const auto channel : kChannels) {
        ways.add(
            "channel",
            name_of(channel),
            servers_where(recipients,
                          [channel](const ReportedRecipient& r) { return r.pair.channels.has(channel); }),
            false);
    }
    return ways.take();
}

mustache::data sureness_table(const Recipients& recipients, const ReportTexts& texts) {
    WordTable sureness{texts, recipients.size()};
    for (const auto evidence : kEvidence) {
        sureness.add(
            "evidence",
            name_of(evidence),
            servers_where(recipients,
                          [evidence](const ReportedRecipient& r) { return r.pair.strongest == evidence; }),
            true);
    }
    return sureness.take();
}

/// A table of the words for `values`, of those that hold for any recipient.
template <typename Values, typename Of>
mustache::data table_of(const Values& values, Of of, const Recipients& recipients, const ReportTexts& texts) {
    WordTable table{texts, recipients.size()};
    for (const auto& value : values) {
        const auto servers =
            servers_where(recipients, [&](const ReportedRecipient& r) { return of(r) == value; });
        const auto [group, word] = halves(word_key(value));
        if (servers > 0) {
            table.add(group, word, servers, true);
        }
    }
    return table.take();
}

void add_deletions(mustache::data& page, const Recipients& recipients, const ReportTexts& texts) {
    std::vector<std::optional<fediverse::NoticeState>> states{kNoticeStates.begin(), kNoticeStates.end()};
    states.emplace_back();
    const bool asked = std::any_of(recipients.begin(), recipients.end(), [](const ReportedRecipient& r) {
        return r.deletion.state.has_value();
    });
    if (asked) {
        page.set("deletions",
                 table_of(
                     states, [](const ReportedRecipient& r) { return r.deletion.state; }, recipients, texts));
    }
}

}  // namespace

void add_word_tables(mustache::data& page, const Recipients& recipients, const ReportTexts& texts) {
    page.set("kinds", kinds_table(recipients, texts));
    page.set("ways", ways_table(recipients, texts));
    page.set("sureness", sureness_table(recipients, texts));
    page.set("bases",
             table_of(
                 kBases, [](const ReportedRecipient& r) { return r.card.basis.kind; }, recipients, texts));
    page.set("sources",
             table_of(
                 kCountrySources,
                 [](const ReportedRecipient& r) { return r.card.country.source; },
                 recipients,
                 texts));
    add_deletions(page, recipients, texts);
}

mustache::data items_data(const ItemsExtract& items, const ReportTexts& texts) {
    mustache::data rows{mustache::data::type::list};
    for (const auto& item : items.latest) {
        std::vector<std::string> kinds;
        for (const auto word : words_of(item.categories)) {
            kinds.push_back(texts.at("category." + std::string{word} + ".word"));
        }
        mustache::data row;
        row.set("item", item.uri.reveal());
        row.set("first", texts.forms().short_day(item.first));
        row.set("first_at", format_rfc3339(item.first));
        row.set("visibility", texts.at("visibility." + std::string{name_of(item.visibility)}));
        row.set("kinds", joined(kinds, texts.forms().between()));
        row.set("servers", texts.forms().number(item.servers));
        rows.push_back(row);
    }
    mustache::data block;
    block.set("rows", rows);
    block.set("all", texts.fill("sentence.items_all", {}, {{"items", items.total, "items"}}));
    block.set("caption", texts.fill("sentence.items_caption", {}, {{"items", items.latest.size(), "items"}}));
    return block;
}

}  // namespace fedtrail::reports
