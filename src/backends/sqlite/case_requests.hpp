/// The tables of requests, their events and their objects (schemas/sqlite/cases). The caller holds the
/// transaction; SQLite's exceptions pass through.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fedtrail/ports/request_book.hpp"

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// What every function of the cases needs.
struct CaseTables {
    Statements& statements;
    const CaseSeals& seals;
};

/// Errors: Invalid (too many objects, too long a reason).
[[nodiscard]] Result<records::ErasureRequest> open_request(CaseTables tables,
                                                           records::ErasureRequest request,
                                                           const records::RequestEvent& event);
/// Errors: NotFound, Conflict, Invalid, Corrupt.
[[nodiscard]] Result<records::ErasureRequest> record_request(CaseTables tables,
                                                             records::ErasureRequest request,
                                                             const records::RequestEvent& event);
/// Errors: NotFound, Corrupt.
[[nodiscard]] Result<int> read_open_wave(Statements& statements, records::RequestNumber number);
[[nodiscard]] Result<records::ErasureRequest> read_request(CaseTables tables, records::RequestNumber number);
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::ErasureRequest>> read_requests(CaseTables tables,
                                                                         const RequestFilter& filter);
/// Past what is damaged. Errors: those of the keys, but Corrupt.
[[nodiscard]] Result<WholePage<records::ErasureRequest>> read_whole_requests(CaseTables tables,
                                                                             const RequestFilter& filter);
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::RequestEvent>> read_events(CaseTables tables,
                                                                     records::RequestNumber number);
/// Its reason stays sealed. Errors: Corrupt.
[[nodiscard]] Result<std::optional<records::RequestEvent>> read_last_event(CaseTables tables,
                                                                           records::RequestNumber number);

/// What goes with its events Answered, by place. Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::ToldWords>> read_told(CaseTables tables,
                                                                records::RequestNumber number);

/// Whose request it is; nothing if there is none.
[[nodiscard]] std::optional<privacy::SubjectNumber> subject_of(Statements& statements,
                                                               records::RequestNumber number);

/// The number that `table` gives next; numbers are never given twice.
[[nodiscard]] std::int64_t next_number(Statements& statements, const char* table);

[[nodiscard]] inline tl::unexpected<Error> no_request(records::RequestNumber number) {
    return fail(ErrorKind::NotFound,
                "there is no erasure request " + std::to_string(number.get()),
                "see `fedtrail requests list`");
}

}  // namespace fedtrail::sqlite
