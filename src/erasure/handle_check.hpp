/// Asks the origin, while it still answers, by which handles it knows the people who are erased: other
/// servers know them by those, and whom nobody knows by a handle is not found, whatever is kept.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/handle_book.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "erasure/arrivals.hpp"
#include "erasure/handle_question.hpp"

namespace fedtrail::erasure {

struct HandleCheckPorts {
    const RequestBook& requests;
    const SubjectVault& vault;
    HandleBook& handles;
    RemoteHttp& http;
    const Clock& clock;
};

struct HandleCheckOptions {
    std::string user_agent;
    /// Until somebody whom the origin did not name is asked for again; the last one repeats.
    std::vector<std::chrono::seconds> intervals{
        std::chrono::minutes{1}, std::chrono::minutes{5}, std::chrono::minutes{30}, std::chrono::hours{6}};
    std::chrono::seconds refresh{10};  ///< How often the list of open requests is read.
    std::size_t at_once{2};
    std::size_t others{5};  ///< Of an origin, asked for at a time where somebody is gone there already.
    std::size_t page{200};  ///< People looked through for them.
    std::chrono::milliseconds timeout{15'000};
};

/// Not thread-safe, but for what the answers need.
class HandleCheck {
public:
    /// What `ports` names must outlive it. `wake` is called from another thread when an answer came.
    HandleCheck(HandleCheckPorts ports, HandleCheckOptions options, std::function<void()> wake);

    /// Each person with an open request is asked for at their own origin by WebFinger (RFC 7033), as soon as
    /// the request is there, until a handle is confirmed or the account is gone. Where the origin does not
    /// name them (any more), and the handle host is not known, others of that origin are asked for: that
    /// shows it as well. What is confirmed is kept and never asked for again. When it wants to be called
    /// again. Errors: those of the books.
    [[nodiscard]] Result<std::optional<Instant>> step();

private:
    /// One person; or, for an actors' host, some of its people, until one is confirmed.
    struct Errand {
        std::vector<privacy::SubjectNumber> people;
        std::size_t next{};  ///< Of the people.
        std::optional<HandleQuestion> question;
        std::size_t times{};            ///< All of them were asked for, in vain.
        std::optional<Instant> due;     ///< Absent: an answer is on its way.
        privacy::SubjectNumber seen{};  ///< The people of the host were looked through up to this one.
        bool gone{};                    ///< The origin serves the account no more.
        std::optional<Host> lacking;    ///< The host of the person's actor, if its handle host is not known.
        bool done{};
    };
    /// A person, with an empty host; or no person, and an actors' host.
    using Key = std::pair<privacy::SubjectNumber, Host>;

    [[nodiscard]] Result<void> refresh();
    /// Corrupt: all but those whose request is damaged.
    [[nodiscard]] Result<void> find_people(std::map<Key, Errand>& wanted) const;
    [[nodiscard]] Result<void> take_in_all();
    [[nodiscard]] Result<void> take_in(const Key& key, const RemoteResponse& response);
    [[nodiscard]] Result<void> begin(const Key& key, Errand& errand);
    [[nodiscard]] Result<void> begin_person(const Key& key, Errand& errand);
    [[nodiscard]] Result<void> begin_host(const Key& key, Errand& errand);
    [[nodiscard]] Result<void> ask_next(const Key& key, Errand& errand);
    [[nodiscard]] Result<bool> settle(Errand& errand);
    void send(const Key& key, Errand& errand);
    void put_off(Errand& errand, std::optional<Instant> not_before) const;

    HandleCheckPorts ports_;
    HandleCheckOptions options_;
    Arrivals<Key> arrivals_;
    std::map<Key, Errand> errands_;
    std::size_t asking_{};
    std::optional<Instant> refresh_at_;
};

}  // namespace fedtrail::erasure
