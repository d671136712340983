#include <ostream>
#include <string>
#include <vector>

#include "reports/csv_cell.hpp"
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
    std::string plain;
    if (!text.empty() && kStartsFormula.find(text.front()) != std::string_view::npos) {
        plain = "'";
    }
    plain += text;
    if (plain.find_first_of(",\"\r\n") == std::string::npos) {
        return plain;
    }
    std::string quoted = "\"";
    for (const char c : plain) {
        quoted.append(c == '"' ? 2 : 1, c);
    }
    return quoted + '"';
}

void render_csv(const TransferReport& report, std::ostream& out) {
    out << "host,first,last,objects,disclosures,channels,categories,evidence\r\n";
    for (const auto& pair : report.recipients) {
        out << csv_cell(pair.recipient.text()) << ',' << format_rfc3339(pair.first) << ','
            << format_rfc3339(pair.last) << ',' << pair.objects << ',' << pair.disclosures << ','
            << csv_cell(joined(words_of(pair.channels))) << ',' << csv_cell(joined(words_of(pair.categories)))
            << ',' << name_of(pair.strongest) << "\r\n";
    }
}

}  // namespace fedtrail::reports
