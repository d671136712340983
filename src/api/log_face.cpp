#include "api/log_face.hpp"

#include "api/answers.hpp"

namespace fedtrail::api {

namespace {

constexpr std::string_view kLog = "/log/";
constexpr std::string_view kWitness = "/witness/";
constexpr const char* kForGood = "public, max-age=31536000, immutable";

HttpResponse nothing_here() {
    return problem(404, "Not found", "the log has nothing at this address", "See docs/formats/log.md.");
}

HttpResponse not_allowed(const char* allowed) {
    auto answer = problem(405, "Not with this method", std::string{"this address answers to "} + allowed);
    answer.headers.emplace_back("Allow", allowed);
    return answer;
}

std::string_view path_of(const HttpRequest& request) {
    return std::string_view{request.target}.substr(0, request.target.find('?'));
}

HttpResponse bytes_answer(const Bytes& bytes) {
    HttpResponse answer;
    answer.headers = {{"Content-Type", "application/octet-stream"}, {"Cache-Control", kForGood}};
    answer.body = std::string{text_of(bytes)};
    return answer;
}

}  // namespace

bool LogFace::is_here(const HttpRequest& request) const {
    const auto path = path_of(request);
    return path.starts_with(kLog) || (witness_ != nullptr && path.starts_with(kWitness));
}

std::optional<HttpResponse> LogFace::answer(const HttpRequest& request) const {
    if (!is_here(request)) {
        return std::nullopt;
    }
    const auto path = path_of(request);
    if (!path.starts_with(kLog)) {
        return secured(witness(request, path.substr(kWitness.size())));
    }
    const bool reads = request.method == "GET" || request.method == "HEAD";
    return secured(reads ? resource(path.substr(kLog.size())) : not_allowed("GET"));
}

HttpResponse LogFace::resource(std::string_view path) const {
    if (path != "checkpoint") {
        return tile(path);
    }
    const auto last = log_.last_checkpoint();
    if (!last) {
        return problem(last.error());
    }
    if (!*last) {
        return nothing_here();
    }
    HttpResponse answer;
    answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-cache"}};
    answer.body = (*last)->note;
    return answer;
}

HttpResponse LogFace::tile(std::string_view path) const {
    const auto asked = ledger::parse_tile_path(path);
    if (!asked) {
        return nothing_here();
    }
    const auto last = log_.last_checkpoint();
    if (!last) {
        return problem(last.error());
    }
    // What no checkpoint covers was not published, though it may be there.
    const auto& tile = asked->tile;
    const auto published = *last ? (*last)->checkpoint.size : 0;
    const auto shift = ledger::kTileHeight * (asked->entries ? 0 : tile.level);
    const auto complete = shift < 64 ? published >> shift : 0;
    if (tile.index > complete / ledger::kTileWidth ||
        tile.index * ledger::kTileWidth + tile.width > complete) {
        return nothing_here();
    }
    const auto bytes = asked->entries ? log_.entries(tile) : log_.tile(tile);
    return bytes ? bytes_answer(*bytes) : problem(bytes.error());
}

HttpResponse LogFace::witness(const HttpRequest& request, std::string_view path) const {
    constexpr std::string_view kEnd = "/checkpoint";
    audit::WitnessAnswer said;
    if (path == "add-checkpoint") {
        if (request.method != "POST") {
            return not_allowed("POST");
        }
        said = witness_->add_checkpoint(request.body);
    } else if (path.ends_with(kEnd)) {
        said = witness_->checkpoint(path.substr(0, path.size() - kEnd.size()));
    } else {
        return nothing_here();
    }
    HttpResponse answer;
    answer.status = said.status;
    answer.headers = {{"Content-Type", said.type}, {"Cache-Control", "no-store"}};
    answer.body = std::move(said.body);
    return answer;
}

}  // namespace fedtrail::api
