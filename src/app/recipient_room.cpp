#include "app/recipient_room.hpp"

#include <utility>

#include "app/recipient_policies.hpp"
#include "backends/mmdb/mmdb_countries.hpp"

namespace fedtrail::app {

std::filesystem::path directory_file(const Config& config) {
    return config.data_dir / "directory.db";
}

namespace {

/// Only whether it is Iceland, Liechtenstein or Norway matters; without a country it is taken to be none of
/// them. `fedtrail doctor` asks for it.
privacy::Country controller_of(const Config& config) {
    const auto country = privacy::Country::parse(config.controller.country);
    return country ? *country : *privacy::Country::parse("BE");
}

using Policies = Result<std::shared_ptr<const recipients::RegisterPolicies>>;

Result<std::shared_ptr<const AddressCountries>> address_countries(const PolicyFolders& folders,
                                                                  const Config& config) {
    for (const auto& folder : {config.data_dir, folders.policies / "addresses"}) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / "countries.mmdb", ignored)) {
            auto opened = mmdb::MmdbCountries::open_file(folder / "countries.mmdb");
            return opened ? Result<std::shared_ptr<const AddressCountries>>{std::move(*opened)}
                          : fail(opened);
        }
    }
    return std::shared_ptr<const AddressCountries>{};
}

}  // namespace

Result<std::shared_ptr<const recipients::RegisterPolicies>> load_register_policies(
    const PolicyFolders& folders, const Config& config) {
    auto adequacy = read_parsed(folders, "adequacy", recipients::parse_adequacy);
    auto networks = read_parsed(folders, "delivery-networks", recipients::DeliveryNetworks::parse);
    if (!adequacy || !networks) {
        return !adequacy ? Policies{fail(adequacy)} : Policies{fail(networks)};
    }
    auto words = load_imprint_words(folders);
    auto addresses = address_countries(folders, config);
    if (!words || !addresses) {
        return !words ? Policies{fail(words)} : Policies{fail(addresses)};
    }
    auto dialects = read_parsed(folders, "dialects", fediverse::Dialects::parse);
    if (!dialects) {
        return fail(dialects);
    }
    return std::make_shared<const recipients::RegisterPolicies>(
        recipients::RegisterPolicies{std::move(*adequacy),
                                     controller_of(config),
                                     std::move(*networks),
                                     std::move(*words),
                                     std::move(*addresses),
                                     std::make_shared<const fediverse::Dialects>(std::move(*dialects))});
}

Result<std::unique_ptr<RecipientRoom>> RecipientRoom::open(const Config& config,
                                                           const PolicyFolders& folders,
                                                           const Clock& clock) {
    auto policies = load_register_policies(folders, config);
    if (!policies) {
        return fail(policies);
    }
    std::unique_ptr<RecipientRoom> room{new RecipientRoom};
    auto directory = sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    room->directory_ = std::move(*directory);
    auto declarations =
        sqlite::SqliteDeclarations::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!declarations) {
        return fail(declarations);
    }
    room->declarations_ = std::move(*declarations);
    auto findings = sqlite::SqliteFindings::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!findings) {
        return fail(findings);
    }
    room->findings_ = std::move(*findings);
    room->register_ = std::make_unique<recipients::Register>(
        recipients::RegisterPorts{
            *room->directory_, *room->declarations_, *room->findings_, *room->findings_, clock},
        std::move(*policies));
    return room;
}

Result<void> RecipientRoom::reload(const PolicyFolders& folders, const Config& config) {
    auto policies = load_register_policies(folders, config);
    if (!policies) {
        return fail(policies);
    }
    register_->use(std::move(*policies));
    return {};
}

api::RecipientBooks RecipientRoom::books() {
    return {*register_, *declarations_, *findings_, *findings_};
}

Result<RecipientSession> open_recipient_session(const Session& session) {
    auto config = session.config();
    auto folders = find_policies(session.environment, session.program);
    if (!config || !folders) {
        return !config ? Result<RecipientSession>{fail(config)} : Result<RecipientSession>{fail(folders)};
    }
    RecipientSession opened{std::move(*config), std::move(*folders), std::make_unique<SystemClock>(), {}};
    auto room = RecipientRoom::open(opened.config, opened.folders, *opened.clock);
    if (!room) {
        return fail(room);
    }
    opened.room = std::move(*room);
    return Result<RecipientSession>{std::move(opened)};
}

}  // namespace fedtrail::app
