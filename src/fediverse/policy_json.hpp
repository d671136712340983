/// Reads fields of policy files. The files are checked against their schemas when the program starts; here a
/// fault ends the reading as an exception, which `read_policy` turns into an error that names the row.

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fedtrail/core/result.hpp"

#include "fediverse/ascii.hpp"

namespace fedtrail::fediverse {

class PolicyFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The value that `name` stands for in `table`, pairs of name and value.
template <typename Table>
[[nodiscard]] auto named_in(const Table& table, const std::string& name, const char* field) {
    for (const auto& [known, value] : table) {
        if (known == name) {
            return value;
        }
    }
    throw PolicyFault{std::string{"\""} + field + "\" cannot be \"" + name + "\""};
}

/// Hands every element of the list `rows` of the document to `take`. Errors: Invalid.
template <typename Take>
[[nodiscard]] Result<void> read_policy(std::string_view json,
                                       const std::string& format,
                                       const char* rows,
                                       const Take& take) {
    std::string place = "the document";
    try {
        const auto document = nlohmann::json::parse(json);
        if (document.at("format").get<std::string>() != format) {
            throw PolicyFault{"\"format\" is not \"" + format + "\""};
        }
        for (const auto& row : document.at(rows)) {
            place = row.value("name", std::string{"a row of \""} + rows + "\"");
            take(row);
        }
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    format + ", " + place + ": " + error.what(),
                    "Restore the file of this release.");
    }
}

}  // namespace fedtrail::fediverse
