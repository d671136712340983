/// Where erasure requests and their histories are kept.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/whole_page.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail {

struct RequestFilter {
    std::optional<privacy::SubjectNumber> subject;
    bool open_only{};
    records::RequestNumber after;  ///< Numbers above this.
    std::size_t limit{100};
};

/// Thread-safe; several processes may share it. What returned is durable. Errors of all: Unavailable,
/// Corrupt.
class RequestBook {
public:
    RequestBook() = default;
    RequestBook(const RequestBook&) = delete;
    RequestBook& operator=(const RequestBook&) = delete;
    RequestBook(RequestBook&&) = delete;
    RequestBook& operator=(RequestBook&&) = delete;
    virtual ~RequestBook() = default;

    /// Gives the request its number, with its first event. `request.number` and `version` are set by it.
    [[nodiscard]] virtual Result<records::ErasureRequest> open(records::ErasureRequest request,
                                                               const records::RequestEvent& event) = 0;
    /// Writes the changed request and the event that changed it, in one step. Errors: Conflict (`version` is
    /// not the stored one: read again), NotFound.
    [[nodiscard]] virtual Result<records::ErasureRequest> record(records::ErasureRequest request,
                                                                 const records::RequestEvent& event) = 0;
    /// Errors: NotFound.
    [[nodiscard]] virtual Result<records::ErasureRequest> request(records::RequestNumber number) const = 0;
    /// Up to which wave its notices may leave at this moment: 0 none, 1, or 2. Cheap enough to be asked
    /// before every message. Errors: NotFound.
    [[nodiscard]] virtual Result<int> open_wave(records::RequestNumber number) const = 0;
    /// Ascending.
    [[nodiscard]] virtual Result<std::vector<records::ErasureRequest>> requests(
        const RequestFilter& filter) const = 0;
    /// The same past those that are damaged, for walks over many people's. Errors: Unavailable alone, also
    /// where the store itself is damaged: who walks takes Corrupt for one row that was gone past.
    [[nodiscard]] virtual Result<WholePage<records::ErasureRequest>> whole_requests(
        const RequestFilter& filter) const = 0;
    /// Oldest first.
    [[nodiscard]] virtual Result<std::vector<records::RequestEvent>> events(
        records::RequestNumber number) const = 0;
    /// The newest of events(), without reading the others, and without its reason: that may be a paper of
    /// megabytes.
    [[nodiscard]] virtual Result<std::optional<records::RequestEvent>> last_event(
        records::RequestNumber number) const = 0;
};

}  // namespace fedtrail
