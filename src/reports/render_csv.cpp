#include <ostream>
#include <string>
#include <vector>

#include "fedtrail/core/utf8.hpp"

#include "reports/access_words.hpp"
#include "reports/csv_cell.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const auto word : words) {
        text.append(text.empty() ? "" : " ").append(word);
    }
    return text;
}

}  // namespace

std::string csv_cell(std::string_view text) {
    static constexpr std::string_view kStartsFormula = "=+-@\t\r\n";
    auto plain = without_turns(text);
    if (!plain.empty() && kStartsFormula.find(plain.front()) != std::string_view::npos) {
        plain.insert(0, 1, '\'');
    }
    if (plain.find_first_of(",\"\r\n") == std::string::npos) {
        return plain;
    }
    std::string quoted = "\"";
    for (const char c : plain) {
        quoted.append(c == '"' ? 2 : 1, c);
    }
    return quoted + '"';
}

namespace {

std::string country_of(const records::RecipientCard& card) {
    return card.country.country ? std::string{card.country.country->code()} : std::string{};
}

void write_card(const ReportedRecipient& recipient, std::ostream& out) {
    const auto& card = recipient.card;
    const auto& deletion = recipient.deletion;
    out << ',' << csv_cell(card.operator_name.reveal()) << ',' << csv_cell(card.software) << ','
        << country_of(card) << ',' << name_of(card.country.source) << ',' << name_of(card.country.confidence)
        << ',' << joined(words_of(card.marks)) << ',' << name_of(card.basis.kind) << ','
        << name_of(card.basis.reason) << ',' << csv_cell(card.basis.decision) << ','
        << (deletion.state ? name_of(*deletion.state) : "not_asked") << ','
        << (deletion.told_at ? format_rfc3339(*deletion.told_at) : "");
}

}  // namespace

void render_csv(const TransferReport& report, std::ostream& out) {
    out << "host,first,last,objects,disclosures,channels,categories,evidence,operator,software,country,"
           "country_source,country_confidence,marks,basis,basis_reason,decision,deletion,told_at,number,"
           "joined_to,declared_article,operator_source,received_from\r\n";
    std::size_t number = 0;
    for (const auto& recipient : report.recipients) {
        const auto& pair = recipient.pair;
        out << csv_cell(pair.recipient.text()) << ',' << format_rfc3339(pair.first) << ','
            << format_rfc3339(pair.last) << ',' << pair.objects << ',' << pair.disclosures << ','
            << csv_cell(joined(words_of(pair.channels))) << ',' << csv_cell(joined(words_of(pair.categories)))
            << ',' << name_of(pair.strongest);
        write_card(recipient, out);
        out << ',' << number++ << ',' << csv_cell(recipient.joined_to.text()) << ','
            << csv_cell(recipient.card.basis.article) << ',' << recipient.card.operator_source << ','
            << received_from(pair.channels) << "\r\n";
    }
}

void render_accesses_csv(const TransferReport& report, const ReportTexts& texts, std::ostream& out) {
    out << "at,what,by,why,stated,purpose\r\n";
    for (const auto& access : report.accesses) {
        out << format_rfc3339(access.at) << ',' << csv_cell(access.what) << ',' << name_of(access.by) << ','
            << csv_cell(why_of(access, texts)) << ',' << (access.why.empty() ? "no" : "yes") << ','
            << name_of(purpose_of(access)) << "\r\n";
    }
}

}  // namespace fedtrail::reports
