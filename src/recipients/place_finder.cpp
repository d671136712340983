#include "recipients/place_finder.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "recipients/imprint.hpp"

namespace fedtrail::recipients {

namespace {

using records::PolicyKind;
using records::PolicyVersion;

/// The newest version of each kind.
std::map<PolicyKind, PolicyVersion> newest_of(const std::vector<PolicyVersion>& versions) {
    std::map<PolicyKind, PolicyVersion> newest;
    for (const auto& version : versions) {
        newest.insert_or_assign(version.kind, version);  // the oldest come first
    }
    return newest;
}

}  // namespace

Result<records::CountryFinding> country_in_texts(const PolicyArchive& archive,
                                                 const Host& host,
                                                 const ImprintWords& words) {
    const auto versions = archive.versions(host);
    if (!versions) {
        return fail(versions);
    }
    records::CountryFinding finding;
    finding.source = records::CountrySource::Imprint;
    std::set<privacy::Country> countries;
    for (const auto& [kind, version] : newest_of(*versions)) {
        const auto text = archive.text(version);
        if (!text) {
            return fail(text);
        }
        const auto found = country_in_text(
            text->reveal(), kind == PolicyKind::Imprint ? TextKind::Imprint : TextKind::Other, words);
        if (!found) {
            continue;
        }
        countries.insert(found->country);
        if (!finding.country || kind == PolicyKind::Imprint || found->confidence > finding.confidence) {
            finding.country = found->country;
            finding.confidence = found->confidence;
            finding.why = found->why;
            finding.found_at = version.last_seen;
        }
    }
    if (countries.size() > 1) {
        finding = {std::nullopt, records::CountrySource::Imprint, records::Confidence::None};
    }
    return finding;
}

Result<std::vector<PolicyKept>> PlaceFinder::keep(std::span<const ReadPolicy> texts) {
    auto kept = archive_.keep(texts);
    if (!kept) {
        return kept;
    }
    const std::scoped_lock held{guard_};
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if ((*kept)[at] != PolicyKept::Unchanged) {
            to_read_.insert(texts[at].host);
        }
    }
    if (auto done = read_texts(); !done) {
        return fail(done);
    }
    return kept;
}

Result<void> PlaceFinder::read_texts() {
    std::vector<HostCountry> found;
    Result<void> damage;
    const auto words = words_();
    for (const auto& host : to_read_) {
        auto finding = country_in_texts(archive_, host, *words);
        if (finding) {
            found.push_back({host, std::move(*finding)});
        } else if (finding.error().kind == ErrorKind::Unavailable) {
            return fail(finding);
        } else {
            damage = fail(finding);
        }
    }
    auto done = found.empty() ? Result<void>{} : countries_.keep(found);
    if (done || done.error().kind != ErrorKind::Unavailable) {
        to_read_.clear();  // what is damaged stays so, and would hold up whoever comes after
    }
    return done ? damage : done;
}

}  // namespace fedtrail::recipients
