#include "app/key_room.hpp"

#include "backends/openssl/key_folder.hpp"
#include "backends/postgres/key_source.hpp"

namespace fedtrail::app {

namespace {

Result<std::unique_ptr<KeySource>> database_of(const OriginConfig& origin) {
    postgres::PostgresKeysConfig config;
    config.software = origin.software;
    config.hosts = origin.aliases;
    config.hosts.insert(config.hosts.begin(), origin.host);
    config.connection = Secret{std::string{origin.database}};
    auto source = postgres::PostgresKeySource::make(std::move(config));
    if (!source) {
        return fail(source);
    }
    return std::unique_ptr<KeySource>{std::move(*source)};
}

}  // namespace

Result<std::vector<std::unique_ptr<KeySource>>> key_sources(const Config& config) {
    std::vector<std::unique_ptr<KeySource>> sources;
    if (!config.erasure.keys_folder.empty()) {
        sources.push_back(std::make_unique<openssl::KeyFolder>(config.erasure.keys_folder));
    }
    for (const auto& origin : config.origins) {
        if (origin.database.empty()) {
            continue;
        }
        auto source = database_of(origin);
        if (!source) {
            return fail(source.error().kind,
                        "origin.database of " + origin.host.text() + ": " + source.error().what,
                        source.error().remedy);
        }
        sources.push_back(std::move(*source));
    }
    return sources;
}

}  // namespace fedtrail::app
