#include <filesystem>

#include "fedtrail/core/count.hpp"

#include "app/checks.hpp"
#include "app/recipient_room.hpp"
#include "recipients/declaration.hpp"

namespace fedtrail::app {

namespace {

/// Decisions that are no longer believed for want of a look.
Check adequacy_check(const recipients::RegisterPolicies& policies, const privacy::Day& today) {
    const auto& adequacy = policies.adequacy.adequacy;
    const auto stale = recipients::stale_decisions(adequacy, today);
    if (stale.empty()) {
        return {
            "adequacy", Verdict::Ok, counted(adequacy.decisions.size(), "decision") + ", none too old", ""};
    }
    std::string names;
    for (const auto& number : stale) {
        names += (names.empty() ? "" : ", ") + number;
    }
    return {"adequacy",
            Verdict::Warn,
            "checked too long ago, and never called adequate: " + names,
            "Compare them with the Commission's list, and change checked_at in policies/adequacy.json."};
}

void add_refused(const std::vector<Host>& hosts,
                 const std::vector<std::vector<DeclaredWord>>& words,
                 std::vector<std::string>& refused) {
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        if (!recipients::read_declaration(words[at]).refused_basis.empty()) {
            refused.push_back(hosts[at].text());
        }
    }
}

/// Declared by a release that took any word for an article.
Result<std::vector<std::string>> hosts_with_refused_basis(const DeclarationBook& book) {
    constexpr std::size_t kPage = 1000;
    std::vector<std::string> refused;
    std::string after;
    for (;;) {
        const auto hosts = book.declared_hosts(after, kPage);
        const auto words = hosts ? book.declared(*hosts) : fail(hosts);
        if (!words) {
            return fail(words);
        }
        add_refused(*hosts, *words, refused);
        if (hosts->size() < kPage) {
            return refused;
        }
        after = hosts->back().text();
    }
}

/// Hosts of whose declared basis nothing counts; nothing where nobody declared anything.
void check_declared_bases(const Config& config, std::vector<Check>& out) {
    std::error_code ignored;
    if (!std::filesystem::exists(directory_file(config), ignored)) {
        return;
    }
    const auto book =
        sqlite::SqliteDeclarations::open_file(directory_file(config), sqlite::OpenMode::ReadOnly);
    const auto refused = book ? hosts_with_refused_basis(**book) : fail(book);
    if (!refused) {
        out.push_back(failed_store("declarations", refused.error()));
        return;
    }
    if (refused->empty()) {
        return;
    }
    out.push_back({"declarations",
                   Verdict::Warn,
                   "what was declared as basis is none, and counts for nothing: " + refused->front() +
                       (refused->size() == 1 ? "" : " and " + std::to_string(refused->size() - 1) + " more"),
                   "`fedtrail recipients show " + refused->front() + "` says what to declare instead."});
}

}  // namespace

void check_recipients(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return;  // said already
    }
    const auto policies = load_register_policies(*folders, config);
    if (!policies) {
        out.push_back(failed("adequacy", policies.error()));
        return;
    }
    const SystemClock clock;
    const privacy::Day today{std::chrono::floor<std::chrono::days>(clock.now())};
    out.push_back(adequacy_check(**policies, today));
    const auto& addresses = (*policies)->addresses;
    out.push_back({"addresses",
                   Verdict::Ok,
                   addresses ? "countries of network addresses: " + addresses->edition()
                             : "no countries of network addresses: that hint is left out",
                   ""});
    check_declared_bases(config, out);
}

}  // namespace fedtrail::app
