/// Asks the origin, once, by which handle it knows the people whose addresses do not say it: somebody may ask
/// for them by that handle, also when the account is gone.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/handle_book.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/arrivals.hpp"
#include "erasure/handle_question.hpp"

namespace fedtrail::erasure {

struct HandleLearnerPorts {
    const SubjectVault& vault;
    HandleBook& handles;
    RemoteHttp& http;
    const Clock& clock;
};

struct HandleLearnerOptions {
    std::string user_agent;
    std::chrono::seconds pause{2};     ///< Between two people.
    std::chrono::seconds refresh{60};  ///< How often it is looked who is new.
    std::chrono::seconds again{300};   ///< Until somebody whose server did not answer is asked for again.
    std::size_t attempts{3};           ///< Of one person, while nobody answers.
    std::size_t page{200};             ///< People looked through in one step.
    std::chrono::milliseconds timeout{15'000};
};

/// Not thread-safe, but for what the answers need.
class HandleLearner {
public:
    /// What `ports` names must outlive it. `wake` is called from another thread when an answer came.
    HandleLearner(HandleLearnerPorts ports, HandleLearnerOptions options, std::function<void()> wake);

    /// One person after the other, in the order in which they were enrolled: WebFinger (RFC 7033) by the
    /// actor's URI, and where it names nobody the actor's own document (`preferredUsername`). What is learned
    /// is kept; whoever is not named is asked for again only by the next process. When it wants to be called
    /// again. Errors: those of the books.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    struct Errand {
        privacy::SubjectNumber who;
        Uri actor;
        HandleQuestion question;
        bool at_document{};  ///< The actor's document was asked for.
    };

    [[nodiscard]] Result<void> take_in_all();
    [[nodiscard]] Result<void> take_in(const RemoteResponse& response);
    [[nodiscard]] Result<void> take_document(const RemoteResponse& response);
    [[nodiscard]] Result<void> begin_next();
    [[nodiscard]] Result<bool> lacks_name(const SubjectIdentity& person) const;
    void send(RemoteRequest request);
    void put_off(std::optional<Instant> not_before);
    void go_on();

    HandleLearnerPorts ports_;
    HandleLearnerOptions options_;
    Arrivals<privacy::SubjectNumber> arrivals_;
    std::optional<Errand> errand_;   ///< Its answer is on its way.
    privacy::SubjectNumber seen_{};  ///< Up to this one all were asked for who had to be.
    std::size_t attempts_{};         ///< Of the one after it.
    std::optional<Instant> due_;
};

}  // namespace fedtrail::erasure
