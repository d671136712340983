/// Where operators are, which servers are blocked and what was turned off, in the file of the directory
/// (docs/formats/directory.md).

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/country_book.hpp"
#include "fedtrail/ports/switch_book.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

class Statements;

/// Thread-safe; several processes may share the file.
class SqliteFindings final : public CountryBook, public BlockBook, public SwitchBook {
public:
    /// ReadWrite makes the file if it is not there. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteFindings>> open_file(const std::filesystem::path& file,
                                                                           OpenMode mode);
    SqliteFindings(const SqliteFindings&) = delete;
    SqliteFindings& operator=(const SqliteFindings&) = delete;
    SqliteFindings(SqliteFindings&&) = delete;
    SqliteFindings& operator=(SqliteFindings&&) = delete;
    ~SqliteFindings() override;

    [[nodiscard]] Result<std::vector<std::vector<records::CountryFinding>>> findings(
        std::span<const Host> hosts) const override;
    [[nodiscard]] Result<void> keep(std::span<const HostCountry> found) override;

    [[nodiscard]] Result<std::vector<std::optional<records::RecipientBlock>>> blocks(
        std::span<const Host> hosts) const override;
    [[nodiscard]] Result<void> replace_list(const std::string& list,
                                            Instant at,
                                            std::span<const DomainBlock> blocks) override;

    [[nodiscard]] Result<std::vector<SwitchTurn>> turns(const std::string& name) const override;
    [[nodiscard]] Result<void> turn(const SwitchTurn& turn) override;

private:
    struct State;
    explicit SqliteFindings(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Reads every row; `fault` hears what is damaged. For SqliteDirectory::check().
void check_findings(Statements& statements, const std::function<void(std::string)>& fault);

}  // namespace fedtrail::sqlite
