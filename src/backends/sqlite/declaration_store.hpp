/// What the controller declared of recipients, in the file of the directory (docs/formats/directory.md).

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/declaration_book.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

class Statements;

/// Thread-safe; several processes may share the file.
class SqliteDeclarations final : public DeclarationBook {
public:
    /// ReadWrite makes the file if it is not there. Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteDeclarations>> open_file(
        const std::filesystem::path& file, OpenMode mode);
    SqliteDeclarations(const SqliteDeclarations&) = delete;
    SqliteDeclarations& operator=(const SqliteDeclarations&) = delete;
    SqliteDeclarations(SqliteDeclarations&&) = delete;
    SqliteDeclarations& operator=(SqliteDeclarations&&) = delete;
    ~SqliteDeclarations() override;

    [[nodiscard]] Result<std::vector<std::vector<DeclaredWord>>> declared(
        std::span<const Host> hosts) const override;
    [[nodiscard]] Result<std::vector<Host>> declared_hosts(std::string_view after,
                                                           std::size_t limit) const override;
    [[nodiscard]] Result<std::size_t> declare(std::span<const Declaring> acts) override;
    [[nodiscard]] Result<std::vector<DeclarationAct>> history(const Host& host) const override;

private:
    struct State;
    explicit SqliteDeclarations(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Reads every declaration and act; `fault` hears what is damaged. For SqliteDirectory::check().
void check_declarations(Statements& statements, const std::function<void(std::string)>& fault);

}  // namespace fedtrail::sqlite
