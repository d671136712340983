#include "app/sidecar.hpp"

#include <nlohmann/json.hpp>

#include "api/looks.hpp"
#include "app/tokens.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::seconds kReadPatience{10};

ErrorKind kind_of(int status) {
    switch (status) {
        case 401:
        case 403:
            return ErrorKind::Denied;
        case 404:
            return ErrorKind::NotFound;
        case 409:
            return ErrorKind::Conflict;
        case 400:
        case 422:
            return ErrorKind::Invalid;
        default:
            return ErrorKind::Unavailable;
    }
}

Error refused(const HttpResponse& answer) {
    const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
    const auto said = [&](const char* member) {
        const auto found = problem.is_object() ? problem.find(member) : problem.end();
        return found != problem.end() && found->is_string() ? found->get<std::string>() : std::string{};
    };
    auto detail = said("detail");
    auto remedy = said("remedy");
    if (detail.empty()) {
        detail = "the running sidecar answered " + std::to_string(answer.status);
    }
    if (remedy.empty() && answer.status == 401) {
        remedy = "Run as the user of the sidecar, or set FEDTRAIL_TOKEN to a token with admin.";
    }
    return {kind_of(answer.status), std::move(detail), std::move(remedy)};
}

/// With who asks.
Result<HttpResponse> exchange(const Session& session,
                              const Config& config,
                              const RunningInstance& running,
                              HttpRequest request,
                              std::chrono::seconds patience) {
    const auto endpoint = endpoint_from(running.api);
    if (!endpoint) {
        return fail(
            ErrorKind::Unavailable,
            "another fedtrail works on " + config.data_dir.string() + " and is not ready to take anything",
            "Wait until it has started or ended, then run the same again.");
    }
    const auto said = session.environment.find("FEDTRAIL_TOKEN");
    const auto token =
        said != session.environment.end() ? Result<std::string>{said->second} : local_token(config.data_dir);
    if (!token) {
        return fail(token);
    }
    request.headers.emplace_back("Authorization", "Bearer " + *token);
    if (said == session.environment.end()) {  // else the token says who it is
        request.headers.emplace_back(std::string{api::kByHeader}, session.by());
    }
    const auto client = poco::client(endpoint->address, endpoint->port, patience);
    auto answer = client->send(request);
    if (answer && answer->status >= 300) {
        return tl::unexpected<Error>{refused(*answer)};
    }
    return answer;
}

}  // namespace

Result<HttpResponse> ask_sidecar(const Session& session,
                                 const Config& config,
                                 const RunningInstance& running,
                                 const std::string& path,
                                 const std::string& body) {
    return exchange(
        session, config, running, {"POST", path, {{"Content-Type", "application/json"}}, body}, kPatience);
}

Result<HttpResponse> read_sidecar(const Session& session,
                                  const Config& config,
                                  const RunningInstance& running,
                                  const std::string& path) {
    return exchange(session, config, running, {"GET", path, {}, {}}, kReadPatience);
}

}  // namespace fedtrail::app
