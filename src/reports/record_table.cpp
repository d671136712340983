#include <algorithm>
#include <array>
#include <ostream>
#include <span>

#include "reports/csv_cell.hpp"
#include "reports/paper_texts.hpp"
#include "reports/processing_record.hpp"
#include "reports/shared_words.hpp"

namespace fedtrail::reports {

namespace {

/// The template of the CNIL ("registre des activités de traitement"): who, then the activity.
constexpr std::array<std::string_view, 25> kCnil{"reference",
                                                 "activity",
                                                 "created",
                                                 "updated",
                                                 "controller",
                                                 "joint",
                                                 "dpo",
                                                 "representative",
                                                 "purpose",
                                                 "sub_purposes",
                                                 "persons",
                                                 "data",
                                                 "data_retention",
                                                 "sensitive",
                                                 "recipients",
                                                 "processors",
                                                 "transfer_recipients",
                                                 "third_countries",
                                                 "safeguards",
                                                 "safeguard_links",
                                                 "retention",
                                                 "measures",
                                                 "legal_basis",
                                                 "interest",
                                                 "source"};

/// The template of the ICO: the header block, the required columns, then the further ones.
constexpr std::array<std::string_view, 34> kIco{"controller",
                                                "representative",
                                                "dpo",
                                                "activity",
                                                "purpose",
                                                "joint",
                                                "persons",
                                                "data",
                                                "recipients",
                                                "processors",
                                                "contracts",
                                                "third_countries",
                                                "safeguards",
                                                "safeguard_links",
                                                "retention",
                                                "measures",
                                                "legal_basis",
                                                "sensitive",
                                                "interest",
                                                "balancing",
                                                "rights",
                                                "automated",
                                                "source",
                                                "consent_record",
                                                "location",
                                                "assessment_required",
                                                "assessment_progress",
                                                "assessment",
                                                "breach_occurred",
                                                "breach",
                                                "special_condition",
                                                "retention_policy",
                                                "retention_followed",
                                                "retention_reason"};

/// What there is of one country.
using CountryGroup = std::vector<const ThirdCountryEntry*>;

std::uint64_t servers_of(const CountryGroup& group) {
    std::uint64_t servers = 0;
    for (const auto* row : group) {
        servers += row->servers;
    }
    return servers;
}

/// Each country once, most servers first; hints and what is not known last.
std::vector<CountryGroup> by_country(const std::vector<ThirdCountryEntry>& rows) {
    std::vector<CountryGroup> groups;
    for (const auto& row : rows) {
        const auto known = std::find_if(groups.begin(), groups.end(), [&](const CountryGroup& group) {
            return group.front()->country == row.country && group.front()->hint == row.hint;
        });
        if (known == groups.end()) {
            groups.push_back({&row});
        } else {
            known->push_back(&row);
        }
    }
    std::stable_sort(groups.begin(), groups.end(), [](const CountryGroup& a, const CountryGroup& b) {
        const auto how_unknown = [](const ThirdCountryEntry& row) {
            return row.country.empty() ? (row.hint.empty() ? 2 : 1) : 0;
        };
        return std::pair{how_unknown(*a.front()), servers_of(b)} <
               std::pair{how_unknown(*b.front()), servers_of(a)};
    });
    return groups;
}

/// The cells of one activity.
class Cells {
public:
    Cells(const ProcessingRecord& record, RecordColumns columns, const PaperTexts& texts)
        : facts_(record.facts), columns_(columns), texts_(texts), language_(record.language) {}

    [[nodiscard]] std::string cell(std::string_view column, const RecordEntry& entry) const {
        const auto& activity = entry.activity;
        for (const auto& [name, text] : {std::pair{"reference", &activity.code},
                                         std::pair{"activity", &activity.name},
                                         std::pair{"purpose", &activity.purpose},
                                         std::pair{"sub_purposes", &activity.sub_purposes},
                                         std::pair{"persons", &activity.persons},
                                         std::pair{"data", &activity.data},
                                         std::pair{"recipients", &activity.recipients},
                                         std::pair{"interest", &activity.interest},
                                         std::pair{"balancing", &activity.balancing},
                                         std::pair{"source", &activity.source_words},
                                         std::pair{"consent_record", &activity.consents},
                                         std::pair{"location", &activity.location},
                                         std::pair{"assessment", &activity.assessment},
                                         std::pair{"breach", &activity.breaches},
                                         std::pair{"special_condition", &activity.special_condition},
                                         std::pair{"retention_policy", &activity.retention_policy},
                                         std::pair{"retention_reason", &activity.retention_reason},
                                         std::pair{"created", &facts_.created},
                                         std::pair{"updated", &facts_.updated}}) {
            if (column == name) {
                return without_marks(*text);
            }
        }
        return who(column, entry);
    }

private:
    [[nodiscard]] std::string lines(const std::vector<std::string>& parts) const {
        std::string out;
        for (const auto& part : parts) {
            out += (out.empty() ? "" : texts_.forms().between_parts()) + part;
        }
        return out;
    }

    [[nodiscard]] std::string none(std::string_view column) const {
        return texts_.at("record.none." + std::string{column});
    }

    /// What nobody said is an empty cell.
    [[nodiscard]] std::string yes_or_no(const std::string& said) const {
        return said.empty() ? std::string{} : texts_.at("record.followed." + said);
    }

    /// "Name: where"
    [[nodiscard]] std::string placed(const std::string& name, const std::string& where) const {
        return name + texts_.forms().colon() + " " + where;
    }

    [[nodiscard]] std::string who(std::string_view column, const RecordEntry& entry) const {
        const auto& controller = facts_.controller;
        if (column == "controller") {
            return without_marks(some({controller.name, facts_.address, controller.contact}));
        }
        if (column == "representative") {
            return without_marks(facts_.representative);
        }
        if (column == "dpo") {
            return controller.dpo == kNone ? texts_.at("notice.who.none_dpo") : without_marks(controller.dpo);
        }
        if (column == "joint") {
            return without_marks(lines(facts_.joint));
        }
        if (column == "processors") {
            return lines(entry.processors);
        }
        if (column == "contracts") {
            std::vector<std::string> contracts;
            for (const auto& [name, where] : entry.contracts) {
                contracts.push_back(placed(name, where));
            }
            return lines(contracts);
        }
        if (column == "measures") {
            return lines(measure_words(facts_, texts_));
        }
        return law(column, entry);
    }

    [[nodiscard]] std::string law(std::string_view column, const RecordEntry& entry) const {
        const auto& activity = entry.activity;
        if (column == "legal_basis") {
            std::vector<std::string> bases;
            for (const auto& point : activity.legal_basis) {
                bases.push_back(texts_.cite(point).words);
            }
            if (!activity.law.empty()) {
                bases.push_back(activity.law);
            }
            return lines(bases);
        }
        if (column == "sensitive") {
            const auto& special = activity.special_basis;
            return special.empty()       ? possible(activity.code)
                   : is_article(special) ? texts_.cite(special).words
                                         : special;
        }
        if (column == "retention" || column == "data_retention") {
            return retention(column, activity);
        }
        if (column == "retention_followed") {
            return yes_or_no(activity.retention_followed);
        }
        if (column == "assessment_required") {
            return yes_or_no(activity.assessment_required);
        }
        if (column == "breach_occurred") {
            return yes_or_no(activity.breach_occurred);
        }
        if (column == "assessment_progress") {
            const auto& progress = activity.assessment_progress;
            return progress.empty() ? std::string{} : texts_.at("record.progress." + progress);
        }
        if (column == "rights") {
            std::vector<std::string> rights;
            for (const auto& article : activity.rights) {
                rights.push_back(texts_.cite(article).words);
            }
            return lines(rights);
        }
        if (column == "automated") {
            const auto plain = facts_.automated.find("");
            return plain != facts_.automated.end() && plain->second == kNone
                       ? none(column)
                       : without_marks(
                             in_language(facts_.automated, language_, facts_.usual_language).value_or(""));
        }
        return transfers(column, entry);
    }

    /// The ICO's template has one column for both.
    [[nodiscard]] std::string retention(std::string_view column, const ActivityEntry& activity) const {
        auto whole = without_marks(activity.retention);
        const auto& single = activity.data_retention;
        if (single.empty()) {
            return whole;
        }
        return column == "data_retention"        ? single
               : columns_ == RecordColumns::Cnil ? whole
                                                 : lines({whole, single});
    }

    [[nodiscard]] std::string transfers(std::string_view column, const RecordEntry& entry) const {
        std::vector<std::string> parts;
        for (const auto& group : by_country(entry.third_countries)) {
            const auto name = name_of(*group.front());
            if (column == "transfer_recipients") {
                add_recipients(group, name, parts);
            } else if (column == "safeguards") {
                parts.push_back(placed(name, safeguards(group)));
            } else if (column == "safeguard_links") {
                add_documents(group, name, parts);
            } else {
                const auto servers = servers_of(group);
                parts.push_back(servers > 0 ? name + " (" + texts_.counted("servers", servers) + ")" : name);
            }
        }
        const bool told = column == "third_countries" || column == "transfer_recipients";
        return parts.empty() && told ? none(column) : lines(parts);
    }

    [[nodiscard]] std::string name_of(const ThirdCountryEntry& row) const {
        const auto country = privacy::Country::parse(row.country);
        const auto hint = privacy::Country::parse(row.hint);
        return row.intended ? texts_.at("record.any_country")
               : country    ? texts_.at(word_key(*country))
               : hint       ? hinted_words(*hint, texts_.shared())
                            : texts_.at("label.unknown");
    }

    void add_documents(const CountryGroup& group,
                       const std::string& country,
                       std::vector<std::string>& parts) const {
        for (const auto* row : group) {
            for (const auto& document : row->documents) {
                parts.push_back(placed(row->to.empty() ? country : row->to, document));
            }
        }
    }

    void add_recipients(const CountryGroup& group,
                        const std::string& name,
                        std::vector<std::string>& parts) const {
        for (const auto* row : group) {
            if (!row->to.empty()) {
                parts.push_back(row->to);
            }
        }
        if (const auto servers = servers_of(group); servers > 0) {
            parts.push_back(texts_.counted("servers", servers) + " (" + name + ")");
        }
    }

    /// Each with whom it is for, if there are several.
    [[nodiscard]] std::string safeguards(const CountryGroup& group) const {
        std::string out;
        for (const auto* row : group) {
            out += out.empty() ? "" : ", ";
            out += safeguard_words(row->basis, row->decision, texts_);
            out += row->article.empty() ? "" : ", " + cite_declared(texts_.shared(), row->article).words;
            if (group.size() > 1) {
                out += " (" + (row->to.empty() ? texts_.counted("servers", row->servers) : row->to) + ")";
            }
        }
        return out;
    }

    /// Posts say of a person whatever they want to say.
    [[nodiscard]] std::string possible(const std::string& code) const {
        const bool content = code == "publishing" || code == "federation" || code == "remote_copies" ||
                             code == "moderation" || code == "backups";
        return content ? texts_.at("record.sensitive_possible") : none("sensitive");
    }

    [[nodiscard]] std::string some(const std::vector<std::string>& parts) const {
        std::vector<std::string> said;
        std::copy_if(parts.begin(), parts.end(), std::back_inserter(said), [](const auto& part) {
            return !part.empty();
        });
        return lines(said);
    }

    const OperatorFacts& facts_;
    RecordColumns columns_;
    const PaperTexts& texts_;
    const std::string& language_;
};

void csv_line(const std::vector<std::string>& cells, std::ostream& out) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        out << (i == 0 ? "" : ",") << csv_cell(cells[i]);
    }
    out << "\r\n";
}

}  // namespace

std::optional<RecordColumns> record_columns_named(std::string_view name) {
    if (name == "cnil") {
        return RecordColumns::Cnil;
    }
    return name == "ico" ? std::optional{RecordColumns::Ico} : std::nullopt;
}

RecordTable record_table(const ProcessingRecord& record, RecordColumns columns, const PaperTexts& texts) {
    const auto order = columns == RecordColumns::Cnil ? std::span<const std::string_view>{kCnil}
                                                      : std::span<const std::string_view>{kIco};
    const Cells cells{record, columns, texts};
    RecordTable table;
    for (const auto column : order) {
        table.titles.push_back(texts.at("record.column." + std::string{column}));
    }
    for (const auto& entry : record.entries) {
        std::vector<std::string> row;
        for (const auto column : order) {
            row.push_back(cells.cell(column, entry));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

void render_csv(const RecordTable& table, std::ostream& out) {
    csv_line(table.titles, out);
    for (const auto& row : table.rows) {
        csv_line(row, out);
    }
}

}  // namespace fedtrail::reports
