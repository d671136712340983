#include <algorithm>
#include <array>
#include <functional>
#include <ostream>
#include <string>

#include "fedtrail/core/utf8.hpp"

#include "reports/paper_texts.hpp"
#include "reports/processing_record.hpp"

namespace fedtrail::reports {

namespace {

constexpr std::string_view kMimeType = "application/vnd.oasis.opendocument.spreadsheet";
constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Text of an element or attribute (XML 1.0 section 2.2: control characters cannot be written at all).
std::string xml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

void cell(const std::string& text, std::string_view style, std::ostream& out) {
    out << "<table:table-cell table:style-name=\"" << style << "\" office:value-type=\"string\"><text:p>"
        << xml(text) << "</text:p></table:table-cell>";
}

void row(const std::vector<std::string>& cells, std::string_view style, std::ostream& out) {
    out << "<table:table-row>";
    for (const auto& each : cells) {
        cell(each, style, out);
    }
    out << "</table:table-row>\n";
}

void write_styles(std::ostream& out) {
    out << "<office:automatic-styles>"
           "<style:style style:name=\"wide\" style:family=\"table-column\"><style:table-column-properties "
           "style:column-width=\"6.5cm\"/></style:style>"
           "<style:style style:name=\"head\" style:family=\"table-cell\"><style:table-cell-properties "
           "fo:background-color=\"#e4eef0\" fo:wrap-option=\"wrap\" style:vertical-align=\"top\" "
           "fo:border=\"0.5pt solid #8a9aa5\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>"
           "<style:style style:name=\"body\" style:family=\"table-cell\"><style:table-cell-properties "
           "fo:wrap-option=\"wrap\" style:vertical-align=\"top\" fo:border=\"0.5pt solid #c5ced4\"/>"
           "</style:style></office:automatic-styles>\n";
}

std::vector<std::pair<std::string, std::string>> head_facts(const ProcessingRecord& record,
                                                            const PaperTexts& texts) {
    const auto& facts = record.facts;
    const auto label = [&](const char* name) { return texts.at("label." + std::string{name}); };
    const bool none = facts.controller.dpo == kNone;
    std::vector<std::pair<std::string, std::string>> list{
        {label("controller"), facts.controller.name},
        {label("address"), facts.address},
        {label("contact"), facts.controller.contact},
        {label("representative"), facts.representative},
        {label("dpo"), none ? texts.at("notice.who.none_dpo") : facts.controller.dpo}};
    for (const auto& each : facts.joint) {
        list.emplace_back(label("joint"), each);
    }
    list.emplace_back(texts.at("record.servers"), joined(facts.hosts, texts));
    list.emplace_back(texts.at("record.column.created"), facts.created);
    list.emplace_back(texts.at("record.column.updated"), facts.updated);
    list.emplace_back(label("made"), texts.forms().day(record.generated_at));
    for (const auto& entry : record.entries) {
        list.emplace_back(label("activity"), entry.activity.name);
    }
    return list;
}

void fact_row(const std::string& name, const std::string& value, std::ostream& out) {
    out << "<table:table-row>";
    cell(name, "head", out);
    cell(value, "body", out);
    out << "</table:table-row>\n";
}

void begin_sheet_of_facts(const std::string& name, std::ostream& out) {
    out << "<table:table table:name=\"" << xml(name)
        << "\"><table:table-column table:style-name=\"wide\" table:number-columns-repeated=\"2\"/>\n";
}

/// "3. Delivery to other servers". Spreadsheet programs take 31 characters and not each of them; the number
/// keeps two that begin alike apart.
std::string sheet_name(std::size_t number, std::string_view activity) {
    constexpr std::size_t kMost = 31;
    auto name = std::to_string(number) + ". ";
    for (auto length = name.size(); length < kMost && !activity.empty(); ++length) {
        const auto octets = std::max<std::size_t>(utf8_sequence(activity), 1);
        const auto one = activity.substr(0, octets);
        name += one.find_first_of("[]*?:/\\'") == std::string_view::npos ? one : " ";
        activity.remove_prefix(octets);
    }
    return name;
}

/// As the CNIL's register has them: a sheet for each activity, behind the list.
void write_activity_sheets(const ProcessingRecord& record, const RecordTable& table, std::ostream& out) {
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        begin_sheet_of_facts(sheet_name(i + 1, record.entries[i].activity.name), out);
        for (std::size_t column = 0; column < table.titles.size(); ++column) {
            fact_row(table.titles[column], table.rows[i][column], out);
        }
        out << "</table:table>\n";
    }
}

void write_content(const ProcessingRecord& record,
                   const RecordTable& table,
                   const PaperTexts& texts,
                   std::ostream& out) {
    out << kXml
        << "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
           "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
           "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
           "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "
           "xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" "
           "office:version=\"1.3\">\n";
    write_styles(out);
    out << "<office:body><office:spreadsheet>\n";
    begin_sheet_of_facts(texts.at("label.controller"), out);
    row({texts.plain(texts.at("record.heading")), ""}, "head", out);
    for (const auto& [name, value] : head_facts(record, texts)) {
        fact_row(name, value, out);
    }
    out << "</table:table>\n<table:table table:name=\"" << xml(texts.at("record.activities"))
        << "\"><table:table-column table:style-name=\"wide\" table:number-columns-repeated=\""
        << table.titles.size() << "\"/>\n<table:table-header-rows>";
    row(table.titles, "head", out);
    out << "</table:table-header-rows>\n";
    for (const auto& cells : table.rows) {
        row(cells, "body", out);
    }
    out << "</table:table>\n";
    write_activity_sheets(record, table, out);
    out << "</office:spreadsheet></office:body></office:document-content>\n";
}

void write_meta(const ProcessingRecord& record, const PaperTexts& texts, std::ostream& out) {
    out << kXml
        << "<office:document-meta xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
           "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
           "xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" office:version=\"1.3\">"
           "<office:meta><meta:generator>Fedtrail</meta:generator><dc:title>"
        << xml(texts.plain(texts.at("record.heading"))) << "</dc:title><dc:language>" << xml(record.language)
        << "</dc:language><meta:creation-date>" << format_rfc3339(record.generated_at)
        << "</meta:creation-date></office:meta></office:document-meta>\n";
}

void write_manifest(std::ostream& out) {
    out << kXml
        << "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" "
           "manifest:version=\"1.3\">\n<manifest:file-entry manifest:full-path=\"/\" "
           "manifest:version=\"1.3\" "
           "manifest:media-type=\""
        << kMimeType << "\"/>\n";
    for (const auto* name : {"content.xml", "meta.xml"}) {
        out << "<manifest:file-entry manifest:full-path=\"" << name
            << "\" manifest:media-type=\"text/xml\"/>\n";
    }
    out << "</manifest:manifest>\n";
}

}  // namespace

Result<void> render_ods(const ProcessingRecord& record,
                        const RecordTable& table,
                        const PaperTexts& texts,
                        const PackageMaker& package,
                        std::ostream& out) {
    // ODF 1.3 part 2, section 3.3: the first member is named mimetype, is not packed, and is nothing else.
    struct Member {
        const char* name;
        Packing packing;
        std::function<void(std::ostream&)> write;
    };
    const std::array members{
        Member{"mimetype", Packing::Stored, [](std::ostream& to) { to << kMimeType; }},
        Member{"content.xml",
               Packing::Deflated,
               [&](std::ostream& to) { write_content(record, table, texts, to); }},
        Member{"meta.xml", Packing::Deflated, [&](std::ostream& to) { write_meta(record, texts, to); }},
        Member{"META-INF/manifest.xml", Packing::Deflated, [](std::ostream& to) { write_manifest(to); }}};
    const auto files = package(out, record.generated_at);
    for (const auto& member : members) {
        const auto write = [&member](std::ostream& to) -> Result<void> {
            member.write(to);
            return {};
        };
        if (auto added = files->add(member.name, write, member.packing); !added) {
            return added;
        }
    }
    return files->finish();
}

}  // namespace fedtrail::reports
