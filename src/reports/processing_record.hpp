/// ProcessingRecord: the record of processing activities (GDPR Art. 30(1)), as a value. Rendering it is
/// somebody else's work.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/package_writer.hpp"

#include "reports/activity_list.hpp"
#include "reports/operator_facts.hpp"
#include "reports/privacy_notice.hpp"

namespace fedtrail::reports {

inline constexpr std::string_view kProcessingRecordFormat = "fedtrail/ropa/1";

/// A transfer to a country outside the EEA, or to one that is not known (Art. 30(1)(e)).
struct ThirdCountryEntry {
    std::string country;                   ///< ISO 3166-1 alpha-2; "" is not known.
    std::string basis;                     ///< "A46-2-c", "undocumented", …
    std::string decision;                  ///< The adequacy decision's number; "" if it rests on none.
    std::string article;                   ///< "49(1)(c)": what the controller declared; "" if nothing.
    std::string to;                        ///< A processor's name; "" for recipients in the federation.
    std::uint64_t servers{};               ///< Of the federation.
    std::vector<std::string> documents{};  ///< Where safeguard or assessment are written down.
    std::string hint{};  ///< Not known, and this is the country that a hint points to; "" is none.
    bool intended{};     ///< Any country: data is meant to go there, and none is on record so far.
};

struct RecordEntry {
    ActivityEntry activity;
    std::vector<std::string> processors;
    /// Of those, where the contract with each is written down, if that was said.
    std::vector<std::pair<std::string, std::string>> contracts;
    std::vector<ThirdCountryEntry> third_countries;
};

struct ProcessingRecord {
    std::string language;
    Instant generated_at{};
    OperatorFacts facts;
    std::vector<RecordEntry> entries;  ///< One for each activity.
};

/// In which order authorities ask for the columns.
enum class RecordColumns : std::uint8_t {
    Cnil,  ///< France.
    Ico,   ///< United Kingdom.
};

[[nodiscard]] std::optional<RecordColumns> record_columns_named(std::string_view name);  ///< "cnil", "ico"

/// The record as a table in words; every row has a cell for each column.
struct RecordTable {
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows;
};

/// Errors: Denied (something that the law asks for was not said; names all of it), those of the ledger and
/// the register.
[[nodiscard]] Result<ProcessingRecord> build_processing_record(const PaperSources& sources,
                                                               const PaperTexts& texts);

[[nodiscard]] RecordTable record_table(const ProcessingRecord& record,
                                       RecordColumns columns,
                                       const PaperTexts& texts);

/// One line for each activity (RFC 4180: CRLF, header row), UTF-8.
void render_csv(const RecordTable& table, std::ostream& out);

/// One JSON document as in schemas/ropa.schema.json.
void render_json(const ProcessingRecord& record, const PaperTexts& texts, std::ostream& out);

/// The same in the W3C Data Privacy Vocabulary 2.3 (https://w3id.org/dpv).
void render_jsonld(const ProcessingRecord& record, const PaperTexts& texts, std::ostream& out);

/// An OpenDocument spreadsheet (OASIS ODF 1.3): the controller on the first sheet, the table on the second,
/// then a sheet for each activity. `table` is record_table() of `record`.
/// Errors: those of the package.
[[nodiscard]] Result<void> render_ods(const ProcessingRecord& record,
                                      const RecordTable& table,
                                      const PaperTexts& texts,
                                      const PackageMaker& package,
                                      std::ostream& out);

}  // namespace fedtrail::reports
