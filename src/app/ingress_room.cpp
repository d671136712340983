#include "app/ingress_room.hpp"

namespace fedtrail::app {

Result<fediverse::FetcherWords> load_fetcher_words(const PolicyFolders& folders) {
    const auto document = read_policy(folders, "fetchers.json", "fetchers.schema.json");
    if (!document) {
        return fail(document);
    }
    auto words = fediverse::FetcherWords::parse(*document);
    return words ? std::move(words)
                 : Result<fediverse::FetcherWords>{
                       tl::unexpected<Error>{in_policy(words.error(), folders, "fetchers.json")}};
}

std::vector<intake::access_log::OriginHosts> origin_names(const Config& config) {
    std::vector<intake::access_log::OriginHosts> origins;
    for (const auto& origin : config.origins) {
        intake::access_log::OriginHosts hosts{origin.host};
        hosts.insert(hosts.end(), origin.aliases.begin(), origin.aliases.end());
        origins.push_back(std::move(hosts));
    }
    return origins;
}

}  // namespace fedtrail::app
