/// From the names that people give to subject numbers, also where the addresses of accounts hold no names.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/remote_http.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

struct PeopleFinderPorts {
    const SubjectVault& vault;
    /// HandleBook::confirm(), wherever it can be written.
    std::function<Result<void>(privacy::SubjectNumber, std::string_view)> keep;
    /// Asked for only when somebody has to be asked. Errors: those of opening it.
    std::function<Result<std::shared_ptr<RemoteHttp>>()> network;
    const Clock& clock;
};

struct PeopleFinderOptions {
    std::vector<OriginConfig> origins;
    std::string user_agent;
    std::chrono::milliseconds timeout{5'000};  ///< For each of a few questions.
    std::size_t hosts{3};                      ///< Of an origin, asked one after the other.
};

/// Mastodon's /ap/users/ID, Misskey's /users/ID, snac's /NAME and WordPress's /?author=ID do not say who it
/// is: whom the vault does not know by a handle is asked for at their own server.
class PeopleFinder final : public SubjectFinder {
public:
    /// What `ports` names must outlive it.
    PeopleFinder(PeopleFinderPorts ports, PeopleFinderOptions options);

    /// As the vault; for a handle at one of the origins' hosts that it does not know, or a profile's address
    /// ("https://origin.example/@alice"), the origin's WebFinger says whose it is (RFC 7033), and a handle
    /// that is confirmed by it is kept. Waits for the answers. Errors: also Unavailable (somebody else is
    /// asked for at this moment).
    [[nodiscard]] Result<privacy::SubjectNumber> find(std::string_view subject) const override;

private:
    struct Named {
        std::string name;
        Host host;
    };
    /// What WebFinger said; no number: nobody whom the vault has.
    struct Said {
        std::optional<privacy::SubjectNumber> number;
        bool somebody{};      ///< It named an account.
        std::string trouble;  ///< Why it could not be asked; else "".
    };
    [[nodiscard]] static std::optional<Named> named_in(std::string_view subject);
    [[nodiscard]] const OriginConfig* origin_of(const Host& host) const;
    [[nodiscard]] Result<Said> ask(const Named& who, const OriginConfig& origin) const;
    [[nodiscard]] Result<Said> ask_at(const Host& host,
                                      const std::string& name,
                                      const OriginConfig& origin,
                                      RemoteHttp& http) const;
    void keep(privacy::SubjectNumber number,
              const Uri& actor,
              const std::string& name,
              RemoteHttp& http) const;

    PeopleFinderPorts ports_;
    PeopleFinderOptions options_;
    mutable std::timed_mutex asking_;
};

/// For a command, which may find it beside a running sidecar: the network is opened, and the vault for
/// writing, only once they are needed. `vault` and `cipher` must outlive it.
[[nodiscard]] std::unique_ptr<SubjectFinder> people_finder(const Config& config,
                                                           const Environment& environment,
                                                           const Cipher& cipher,
                                                           const SubjectVault& vault);

}  // namespace fedtrail::app
