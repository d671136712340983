#include "app/people_finder.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/handle.hpp"
#include "fedtrail/fediverse/web_finger.hpp"

#include "app/erasure_options.hpp"
#include "app/remote_answer.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "backends/curl/curl_http.hpp"
#include "erasure/handle_question.hpp"

namespace fedtrail::app {

namespace {

constexpr const char* kWayOut =
    "`fedtrail subjects list` shows who is known. If your server's addresses of accounts do not contain "
    "names, give the account's address (its actor URI), or let the sidecar reach your server";

/// "alice" of "/@alice"; else "".
std::string_view name_in_profile(std::string_view path) {
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const bool is_profile = path.starts_with("/@") && path.find_first_of("/@", 2) == std::string_view::npos;
    return is_profile ? path.substr(2) : std::string_view{};
}

/// The handle's own host first.
std::vector<Host> hosts_to_ask(const OriginConfig& origin, const Host& first, std::size_t most) {
    std::vector<Host> hosts{first};
    const auto add = [&](const Host& host) {
        if (hosts.size() < most && std::find(hosts.begin(), hosts.end(), host) == hosts.end()) {
            hosts.push_back(host);
        }
    };
    add(origin.host);
    std::for_each(origin.aliases.begin(), origin.aliases.end(), add);
    return hosts;
}

/// What a command needs to ask and to keep.
class CommandFinder final : public SubjectFinder {
public:
    CommandFinder(Config config, Environment environment, const Cipher& cipher, const SubjectVault& vault)
        : config_(std::move(config)),
          environment_(std::move(environment)),
          cipher_(cipher),
          finder_({vault,
                   [this](auto number, auto handle) { return keep(number, handle); },
                   [this] { return network(); },
                   clock_},
                  {config_.origins, user_agent(config_)}) {}

    Result<privacy::SubjectNumber> find(std::string_view subject) const override {
        return finder_.find(subject);
    }

private:
    Result<void> keep(privacy::SubjectNumber number, std::string_view handle) const {
        const auto vault = open_vault(config_, environment_, cipher_, sqlite::OpenMode::ReadWrite);
        return vault ? (*vault)->confirm(number, handle) : fail(vault);
    }
    Result<std::shared_ptr<RemoteHttp>> network() const {
        auto options = curl_options(config_);
        options.connect_timeout = std::min(options.connect_timeout, PeopleFinderOptions{}.timeout);
        auto http = curl::CurlHttp::open(std::move(options));
        return http ? Result<std::shared_ptr<RemoteHttp>>{std::move(*http)}
                    : Result<std::shared_ptr<RemoteHttp>>{fail(http)};
    }

    Config config_;
    Environment environment_;
    const Cipher& cipher_;
    SystemClock clock_;
    PeopleFinder finder_;
};

}  // namespace

PeopleFinder::PeopleFinder(PeopleFinderPorts ports, PeopleFinderOptions options)
    : ports_(std::move(ports)), options_(std::move(options)) {}

std::optional<PeopleFinder::Named> PeopleFinder::named_in(std::string_view subject) {
    if (subject.find("://") != std::string_view::npos) {
        const auto uri = Uri::parse(subject);
        const auto name = uri ? name_in_profile(uri->path()) : std::string_view{};
        return name.empty() || !uri->query().empty() ? std::nullopt
                                                     : std::optional{Named{std::string{name}, uri->host()}};
    }
    auto handle = Handle::parse(subject);
    return handle ? std::optional{Named{std::move(handle->name), std::move(handle->host)}} : std::nullopt;
}

const OriginConfig* PeopleFinder::origin_of(const Host& host) const {
    const auto found =
        std::find_if(options_.origins.begin(), options_.origins.end(), [&](const OriginConfig& origin) {
            return origin.host == host ||
                   std::find(origin.aliases.begin(), origin.aliases.end(), host) != origin.aliases.end();
        });
    return found == options_.origins.end() ? nullptr : &*found;
}

Result<privacy::SubjectNumber> PeopleFinder::find(std::string_view subject) const {
    auto found = ports_.vault.find(subject);
    if (found || found.error().kind != ErrorKind::NotFound) {
        return found;
    }
    const auto who = named_in(subject);
    const auto* const origin = who ? origin_of(who->host) : nullptr;
    if (origin == nullptr) {
        return found;
    }
    auto by_handle = ports_.vault.find(who->name + "@" + who->host.text());
    if (by_handle || by_handle.error().kind != ErrorKind::NotFound) {
        return by_handle;
    }
    const std::unique_lock held{asking_, options_.timeout};
    if (!held) {
        return fail(ErrorKind::Unavailable,
                    "somebody else is asked for at their server at this moment",
                    "try again in a minute");
    }
    const auto said = ask(*who, *origin);
    if (!said) {
        return fail(said);
    }
    if (said->number) {
        return *said->number;
    }
    if (said->somebody) {
        return found;
    }
    return fail(ErrorKind::NotFound,
                "the vault knows no such person by this name, and their server " +
                    (said->trouble.empty() ? std::string{"names no such account"}
                                           : "could not be asked whose it is (" + said->trouble + ")"),
                kWayOut);
}

Result<PeopleFinder::Said> PeopleFinder::ask(const Named& who, const OriginConfig& origin) const {
    const auto http = ports_.network();
    if (!http) {
        return Said{{}, false, http.error().what};
    }
    Said all;
    for (const auto& host : hosts_to_ask(origin, who.host, options_.hosts)) {
        auto said = ask_at(host, who.name, origin, **http);
        if (!said || said->number) {
            return said;
        }
        all.somebody = all.somebody || said->somebody;
        all.trouble = all.trouble.empty() ? said->trouble : all.trouble;
    }
    return all;
}

Result<PeopleFinder::Said> PeopleFinder::ask_at(const Host& host,
                                                const std::string& name,
                                                const OriginConfig& origin,
                                                RemoteHttp& http) const {
    auto url = fediverse::web_finger_url(host, "acct:" + name + "@" + host.text());
    if (!url) {
        return Said{};
    }
    const auto response =
        answer_to(erasure::web_finger_request(std::move(*url), options_.user_agent, options_.timeout), http);
    if (response.fault != RemoteFault::None) {
        return Said{{}, false, std::string{name_of(response.fault)}};
    }
    if (response.status != 200) {
        const bool none = response.status == 404 || response.status == 410;
        return Said{{}, false, none ? "" : "it answers " + std::to_string(response.status)};
    }
    Said said;
    for (const auto& actor : fediverse::actors_in_web_finger(response.body)) {
        said.somebody = true;
        const auto number = ports_.vault.find(actor.text());
        const auto person = number ? ports_.vault.identity(*number) : Result<SubjectIdentity>{fail(number)};
        if (!person && person.error().kind != ErrorKind::NotFound) {
            return fail(person);
        }
        if (person && origin_of(person->origin) == &origin) {  // one origin does not speak for another
            said.number = *number;
            keep(*number, actor, name, http);
            break;
        }
    }
    return said;
}

/// The same questions as of everybody else's handle; that nothing is kept is no reason to know nobody.
void PeopleFinder::keep(privacy::SubjectNumber number,
                        const Uri& actor,
                        const std::string& name,
                        RemoteHttp& http) const {
    erasure::HandleQuestion question{actor, name};
    while (question.url()) {
        const auto response = answer_to(
            erasure::web_finger_request(*question.url(), options_.user_agent, options_.timeout), http);
        question.take(response, ports_.clock.now());
    }
    if (question.verdict() == erasure::HandleVerdict::Confirmed) {
        (void)ports_.keep(number, question.handle());
    }
}

std::unique_ptr<SubjectFinder> people_finder(const Config& config,
                                             const Environment& environment,
                                             const Cipher& cipher,
                                             const SubjectVault& vault) {
    return std::make_unique<CommandFinder>(config, environment, cipher, vault);
}

}  // namespace fedtrail::app
