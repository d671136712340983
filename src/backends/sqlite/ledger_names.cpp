#include "backends/sqlite/ledger_names.hpp"

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::sqlite {

namespace {

/// Stands for a whole URI, sealed, in the text slot: what is left when a subject has too many shapes.
constexpr std::uint32_t kLiteralShape = 1;
constexpr std::size_t kMaxShapes = 4096;

std::int64_t name_checksum(std::uint32_t number, std::string_view name) {
    ledger::ByteWriter row;
    row.varint(number);
    row.raw(bytes_of(name));
    return static_cast<std::int64_t>(ledger::checksum(row.bytes()));
}

Lookup lookup_of(const std::string& shape) {
    const auto slot = shape.find_first_of("\1\2\3");
    return slot != std::string::npos && shape[slot] == ledger::kNumberSlot ? Lookup::Range : Lookup::Hash;
}

}  // namespace

NameTable recipient_names() {
    return {"SELECT number, host, checksum FROM recipient WHERE number > ? ORDER BY number",
            "INSERT INTO recipient VALUES (?, ?, ?)"};
}

NameTable type_names() {
    return {"SELECT number, name, checksum FROM activity_type WHERE number > ? ORDER BY number",
            "INSERT INTO activity_type VALUES (?, ?, ?)"};
}

Result<void> NameTable::refresh(Statements& statements) {
    auto& row = statements.get(select_);
    row.bind(1, static_cast<std::int64_t>(names_.size()));
    while (row.executeStep()) {
        const auto number = static_cast<std::uint32_t>(row.getColumn(0).getInt64());
        std::string name = row.getColumn(1).getString();
        if (number != names_.size() + 1 || row.getColumn(2).getInt64() != name_checksum(number, name)) {
            return fail(ErrorKind::Corrupt,
                        "ledger: row " + std::to_string(names_.size() + 1) + " of its names is damaged",
                        "run `fedtrail doctor`; restore the ledger from a backup");
        }
        numbers_.emplace(name, number);
        names_.push_back(std::move(name));
    }
    row.reset();
    unsaved_ = names_.size();
    return {};
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const {
    const auto known = numbers_.find(name);
    return known == numbers_.end() ? std::nullopt : std::optional{known->second};
}

std::uint32_t NameTable::number(std::string_view name) {
    if (const auto known = find(name)) {
        return *known;
    }
    names_.emplace_back(name);
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(names_.back(), number);
    return number;
}

void NameTable::save(Statements& statements) {
    for (auto index = unsaved_; index < names_.size(); ++index) {
        const auto number = static_cast<std::uint32_t>(index + 1);
        auto& row = statements.get(insert_);
        row.bind(1, number);
        row.bind(2, names_[index]);
        row.bind(3, name_checksum(number, names_[index]));
        row.exec();
    }
}

void NameTable::clear() {
    names_.clear();
    numbers_.clear();
    unsaved_ = 0;
}

const std::string& NameTable::name(std::uint32_t number) const {
    static const std::string none;
    return number == 0 || number > names_.size() ? none : names_[number - 1];
}

ShapeBook::ShapeBook(std::vector<ShapeRow> rows, Seal seal, Open open)
    : rows_(std::move(rows)), seal_(std::move(seal)), open_(std::move(open)) {
    for (const auto& row : rows_) {
        numbers_.emplace(row.text, row.number);
    }
}

Result<std::optional<ledger::UriCode>> ShapeBook::find(std::string_view uri) const {
    if (uri.empty()) {
        return std::optional{ledger::UriCode{}};
    }
    auto split = ledger::split_uri(uri);
    const auto known = numbers_.find(split.shape);
    if (known != numbers_.end()) {
        return std::optional{ledger::UriCode{known->second, std::move(split.numbers), std::move(split.text)}};
    }
    if (rows_.size() < kMaxShapes) {
        return std::optional<ledger::UriCode>{};
    }
    auto sealed = seal_(uri);
    if (!sealed) {
        return fail(sealed);
    }
    return std::optional{ledger::UriCode{kLiteralShape, {}, std::move(*sealed)}};
}

Result<ledger::UriCode> ShapeBook::code(std::string_view uri) {
    auto known = find(uri);
    if (!known) {
        return fail(known);
    }
    if (*known) {
        return std::move(**known);
    }
    auto split = ledger::split_uri(uri);
    const auto number = static_cast<std::uint32_t>(rows_.size()) + kFirstShape;
    rows_.push_back(ShapeRow{number, lookup_of(split.shape), split.shape});
    numbers_.emplace(split.shape, number);
    return ledger::UriCode{number, std::move(split.numbers), std::move(split.text)};
}

Lookup ShapeBook::lookup(std::uint32_t shape) const {
    return shape < kFirstShape || shape - kFirstShape >= rows_.size() ? Lookup::Hash
                                                                      : rows_[shape - kFirstShape].lookup;
}

Result<std::string> ShapeBook::uri(const ledger::UriCode& code) const {
    if (code.shape == 0) {
        return std::string{};
    }
    if (code.shape == kLiteralShape) {
        return open_(code.text);
    }
    const auto row = code.shape - kFirstShape;
    auto joined = code.shape < kFirstShape || row >= rows_.size()
                      ? std::nullopt
                      : ledger::join_uri(rows_[row].text, code.numbers, code.text);
    if (!joined) {
        return fail(ErrorKind::Corrupt, "ledger: a URI does not fit its shape", "run `fedtrail doctor`");
    }
    return std::move(*joined);
}

Result<ShapeBook> shape_book(LedgerTables& tables, std::uint64_t subject) {
    auto rows = tables.shapes(subject);
    if (!rows) {
        return fail(rows);
    }
    return ShapeBook{
        std::move(*rows),
        [&tables, subject](std::string_view uri) { return tables.seal_uri(subject, uri); },
        [&tables, subject](std::string_view sealed) { return tables.open_uri(subject, sealed); }};
}

}  // namespace fedtrail::sqlite
