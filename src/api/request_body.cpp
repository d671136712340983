#include "api/request_body.hpp"

#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "fedtrail/core/nearest.hpp"

namespace fedtrail::api {

namespace {

using Members = std::map<std::string, std::function<void(const nlohmann::json&)>, std::less<>>;

constexpr std::size_t kLongestBody = std::size_t{16} * 1024 * 1024;

auto into(std::string& text) {
    return [&text](const nlohmann::json& value) { text = value.get<std::string>(); };
}
/// A person: also by the number, which every answer gives as one.
auto into_subject(std::string& text) {
    return [&text](const nlohmann::json& value) {
        text = value.is_number_unsigned() ? std::to_string(value.get<std::uint64_t>())
                                          : value.get<std::string>();
    };
}
auto into(std::vector<std::string>& texts) {
    return [&texts](const nlohmann::json& value) { texts = value.get<std::vector<std::string>>(); };
}
auto into(bool& flag) {
    return [&flag](const nlohmann::json& value) { flag = value.get<bool>(); };
}

std::vector<std::string> names_of(const Members& members) {
    std::vector<std::string> names;
    for (const auto& [name, reads] : members) {
        names.push_back(name);
    }
    return names;
}

/// What is wrong is named by the member, never by its value: that may be personal.
Result<void> read(const std::string& json, const Members& members) {
    const auto document = json.size() > kLongestBody ? nlohmann::json(nlohmann::json::value_t::discarded)
                                                     : nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object()) {
        return fail(ErrorKind::Invalid, "the body is not a JSON object", "See schemas/openapi.yaml.");
    }
    for (const auto& [name, value] : document.items()) {
        const auto known = members.find(name);
        if (known == members.end()) {
            return tl::unexpected{unknown_member(name, names_of(members))};
        }
        try {
            known->second(value);
        } catch (const nlohmann::json::exception&) {
            return tl::unexpected{wrong_type_of(known->first)};
        }
    }
    return {};
}

Error missing(const std::string& member) {
    return {ErrorKind::Invalid, "the body has no member \"" + member + "\"", "See schemas/openapi.yaml."};
}

}  // namespace

Error unknown_member(std::string_view name, std::span<const std::string> known) {
    return {ErrorKind::Invalid, "the body has a member that nobody knows", did_you_mean(name, known)};
}

Error wrong_type_of(const std::string& member) {
    return {
        ErrorKind::Invalid, "the member \"" + member + "\" has the wrong type", "See schemas/openapi.yaml."};
}

Result<OrderBody> order_body(const std::string& json) {
    OrderBody body;
    const Members members{
        {"subject", into_subject(body.subject)},
        {"objects", into(body.scope.objects)},
        {"before", into(body.scope.before)},
        {"categories", into(body.scope.categories)},
        {"recipients", into(body.scope.recipients)},
        {"reason", into(body.reason)},
        {"received_at", into(body.received_at)},
        {"identity_verified", into(body.identity_verified)},
        {"start", [&body](const nlohmann::json& value) { body.start = value.get<bool>(); }},
        {"max_rate", [&body](const nlohmann::json& value) { body.max_rate = value.get<std::int64_t>(); }},
        {"dry_run", into(body.dry_run)}};
    const auto done = read(json, members);
    return done ? Result<OrderBody>{std::move(body)} : Result<OrderBody>{fail(done)};
}

Result<SwitchBody> switch_body(const std::string& json) {
    SwitchBody body;
    bool said = false;
    const Members members{{"reason", into(body.reason)}, {"on", [&](const nlohmann::json& value) {
                                                              body.on = value.get<bool>();
                                                              said = true;
                                                          }}};
    if (const auto done = read(json, members); !done) {
        return fail(done);
    }
    return said ? Result<SwitchBody>{std::move(body)} : tl::unexpected{missing("on")};
}

Result<FactsBody> facts_body(const std::string& json) {
    FactsBody body;
    bool said = false;
    const Members members{{"minor", [&](const nlohmann::json& value) {
                               body.minor =
                                   value.is_null() ? std::optional<bool>{} : std::optional{value.get<bool>()};
                               said = true;
                           }}};
    if (const auto done = read(json, members); !done) {
        return fail(done);
    }
    return said ? Result<FactsBody>{body} : tl::unexpected{missing("minor")};
}

Result<DeclarationBody> declaration_body(const std::string& json) {
    DeclarationBody body;
    const Members members{{"reason", into(body.reason)},
                          {"words", [&body](const nlohmann::json& value) {
                               for (const auto& [key, word] : value.get<nlohmann::json::object_t>()) {
                                   body.words.emplace_back(key,
                                                           word.is_null() ? "" : word.get<std::string>());
                               }
                           }}};
    if (const auto done = read(json, members); !done) {
        return fail(done);
    }
    return body;
}

Result<BundleBody> bundle_body(const std::string& json) {
    BundleBody body;
    const Members members{
        {"request",
         [&body](const nlohmann::json& value) {
             body.request = value.get_ref<const nlohmann::json::number_unsigned_t&>();
         }},
        {"subject", into_subject(body.subject)},
        {"since", [&body](const nlohmann::json& value) { body.since = value.get<std::string>(); }},
        {"until", [&body](const nlohmann::json& value) { body.until = value.get<std::string>(); }},
        {"all", into(body.all)},
        {"level", into(body.level)},
        {"checkpoint", into(body.checkpoint)}};
    const auto done = read(json, members);
    return done ? Result<BundleBody>{std::move(body)} : fail(done);
}

Result<ActWords> act_words(const std::string& json) {
    ActWords words;
    if (json.empty()) {
        return words;
    }
    const Members members{
        {"reason", into(words.reason)},
        {"ground", into(words.ground)},
        {"objects", into(words.objects)},
        {"categories", into(words.categories)},
        {"of", [&words](const nlohmann::json& value) { words.of = value.get<std::uint64_t>(); }},
        {"paper", into(words.paper)}};
    const auto done = read(json, members);
    return done ? Result<ActWords>{std::move(words)} : Result<ActWords>{fail(done)};
}

}  // namespace fedtrail::api
