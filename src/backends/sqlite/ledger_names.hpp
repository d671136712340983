/// The names that stand as numbers in the ledger: recipients, activity types, shapes of URIs.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/ledger/uri_code.hpp"

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Numbered names of one table (`recipient`, `activity_type`); numbers start at 1.
class NameTable {
public:
    /// `select` reads (number, name, checksum) above a number, ascending; `insert` takes the same three.
    NameTable(const char* select, const char* insert) : select_(select), insert_(insert) {}

    /// Reads what came since the last time. Errors: Corrupt if a checksum does not match.
    [[nodiscard]] Result<void> refresh(Statements& statements);
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
    /// Finds or makes; a new one is written by save().
    std::uint32_t number(std::string_view name);
    void save(Statements& statements);
    void saved() { unsaved_ = names_.size(); }
    void clear();

    /// "" for a number that is not there.
    [[nodiscard]] const std::string& name(std::uint32_t number) const;
    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

private:
    struct TextHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's word
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    const char* select_;
    const char* insert_;
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> numbers_;
    std::size_t unsaved_{};
};

[[nodiscard]] NameTable recipient_names();
[[nodiscard]] NameTable type_names();

/// The shapes of one subject's URIs.
class ShapeBook {
public:
    /// Seals a URI under the subject's key, as text: for the few that no shape is kept for.
    using Seal = std::function<Result<std::string>(std::string_view uri)>;
    using Open = std::function<Result<std::string>(std::string_view sealed)>;

    ShapeBook(std::vector<ShapeRow> rows, Seal seal, Open open);

    /// The code of a URI; nothing if its shape is not known. "" has shape 0.
    [[nodiscard]] Result<std::optional<ledger::UriCode>> find(std::string_view uri) const;
    /// The code of a URI; a new shape is appended to rows().
    [[nodiscard]] Result<ledger::UriCode> code(std::string_view uri);
    [[nodiscard]] Lookup lookup(std::uint32_t shape) const;
    /// The URI of a code; "" for shape 0. Errors: Corrupt.
    [[nodiscard]] Result<std::string> uri(const ledger::UriCode& code) const;

    [[nodiscard]] const std::vector<ShapeRow>& rows() const noexcept { return rows_; }

private:
    std::vector<ShapeRow> rows_;  ///< rows_[i].number == i + 2
    std::unordered_map<std::string, std::uint32_t> numbers_;
    Seal seal_;
    Open open_;
};

/// The shapes of a subject as they stand in the ledger. `tables` must outlive it.
[[nodiscard]] Result<ShapeBook> shape_book(LedgerTables& tables, std::uint64_t subject);

}  // namespace fedtrail::sqlite
