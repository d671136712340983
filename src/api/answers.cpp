#include "api/answers.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> kEverywhere{
    {{"X-Content-Type-Options", "nosniff"},
     {"Cache-Control", "no-store"},
     {"Referrer-Policy", "no-referrer"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}}};

}  // namespace

HttpResponse problem(int status,
                     const std::string& title,
                     const std::string& detail,
                     const std::string& remedy) {
    nlohmann::ordered_json document{
        {"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}};
    if (!remedy.empty()) {
        document["remedy"] = remedy;
    }
    HttpResponse answer{status, {{"Content-Type", "application/problem+json"}}, on_one_line(document)};
    if (status == 503) {
        answer.headers.emplace_back("Retry-After", "5");
    }
    return answer;
}

HttpResponse problem(const Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return problem(404, "Not found", error.what, error.remedy);
        case ErrorKind::Denied:
            return problem(403, "Refused", error.what, error.remedy);
        case ErrorKind::Conflict:
            return problem(409, "Conflict", error.what, error.remedy);
        case ErrorKind::Invalid:
            return problem(422, "Not valid", error.what, error.remedy);
        case ErrorKind::Unavailable:
            return problem(503, "Not now", error.what, error.remedy);
        case ErrorKind::Corrupt:
            return problem(500, "Damaged", error.what, "Run `fedtrail doctor`.");
    }
    return problem(500, "Failed", error.what, error.remedy);
}

HttpResponse bad_request(const std::string& detail, const std::string& remedy) {
    return problem(400, "Bad request", detail, remedy);
}

HttpResponse json_answer(std::string body) {
    return {200, {{"Content-Type", "application/json"}}, std::move(body)};
}

HttpResponse secured(HttpResponse answer) {
    for (const auto& [name, value] : kEverywhere) {
        if (header_of(answer.headers, name).empty()) {
            answer.headers.emplace_back(name, value);
        }
    }
    return answer;
}

}  // namespace fedtrail::api
