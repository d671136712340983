/// A house with things of Alice's to erase, and the words for its requests.

#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "house.hpp"

namespace fedtrail::testing {

struct RequestHouse : ApiHouse {
    RequestHouse() {
        const auto post = fediverse::CategorySet{fediverse::DataCategory::PostText};
        holdings.add(
            "https://origin.example/a/1", "https://origin.example/o/1", post, {"a.example", "b.example"});
        holdings.add("https://origin.example/a/2", "https://origin.example/o/2", post, {"b.example"});
    }

    nlohmann::json post(const std::string& target,
                        const nlohmann::json& body,
                        const std::string& token,
                        int expected) {
        const auto answer = ask("POST", target, token, {{"Content-Type", "application/json"}}, body.dump());
        INFO(answer.body);
        CHECK(answer.status == expected);
        return nlohmann::json::parse(answer.body, nullptr, false);
    }
    nlohmann::json get(const std::string& target, const std::string& token, int expected = 200) {
        const auto answer = ask("GET", target, token);
        INFO(answer.body);
        CHECK(answer.status == expected);
        return nlohmann::json::parse(answer.body, nullptr, false);
    }
    std::uint64_t opened() {
        return post(
            "/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}}, "desk", 201)["number"];
    }
};

}  // namespace fedtrail::testing
