// Whether a bundle has what it says that it is about, and no more than its level opens.

#include "fedtrail/core/count.hpp"

#include "audit/verifier.hpp"

namespace fedtrail::audit {

namespace {

/// From when to when the policies count that were in force.
std::pair<std::optional<Instant>, std::optional<Instant>> span_of(const Scope& scope,
                                                                  const ShownCheck& shown) {
    if (const auto* period = std::get_if<Period>(&scope)) {
        auto last = period->until;
        if (last) {
            *last -= std::chrono::milliseconds{1};
        }
        return {period->since, last};
    }
    return {shown.first(), shown.last()};  // nothing, unless it is about a request
}

bool names_servers(std::string_view path) {
    const auto policy = policy_in(path);
    return policy && policy->second == kTransferRules;
}

}  // namespace

void Verifier::level() {
    const auto& manifest = *found_.manifest;
    const auto level = std::string{name_of(manifest.level)};
    if (const auto& fault = records_.shown().level_fault(); !fault.empty()) {
        (void)fails("level", fault + ", which is not what level " + level + " shows");
        return;
    }
    for (const auto& member : manifest.members) {
        if (manifest.level != Level::Full && names_servers(member.path)) {
            (void)fails("level", member.path + " is there, which level " + level + " does not show");
            return;
        }
    }
    for (const auto& absent : manifest.absent) {
        if (absent.why == Absence::Level && (manifest.level == Level::Full || !names_servers(absent.path))) {
            (void)fails("level",
                        "something is missing because of the level, and level " + level + " shows it");
            return;
        }
    }
    claim("level", Verdict::Holds, "nothing is opened or claimed that level " + level + " does not show");
}

void Verifier::scope() {
    const auto& manifest = *found_.manifest;
    const auto& counts = records_.counts();
    const auto about = scope_text(manifest.scope);
    const bool everything = std::holds_alternative<Everything>(manifest.scope);
    const bool personal = !everything && !std::holds_alternative<Period>(manifest.scope);
    if (const auto fault = records_.shown().scope_fault(); !fault.empty()) {
        (void)fails("scope", "says it is about " + about + ": " + fault);
    } else if (everything && counts.skipped > 0) {
        (void)fails("scope",
                    "says it is about everything, and of " + counted(counts.skipped, "leaf", "leaves") +
                        " of the log nothing is shown");
    } else if (everything && counts.left_out > 0) {
        claim("scope",
              Verdict::Open,
              "every leaf of the log is shown; that nobody knows any more what the " +
                  counted(counts.left_out, "record inside windows was", "records inside windows were") +
                  " is the controller's word");
    } else if (everything) {
        claim("scope", Verdict::Holds, "every record of the log is there");
    } else if (personal && manifest.level == Level::Minimal) {
        claim("scope",
              Verdict::Open,
              "that these are the records of " + about +
                  " is the controller's word: level minimal does not show what a record is about");
    } else if (records_.shown().lost_count()) {
        claim("scope", Verdict::Open, "the person has more requests than are followed here");
    } else {
        claim("scope",
              Verdict::Open,
              (personal ? "every record is about " + about +
                              ", and no event of a request is missing before the "
                              "last one shown"
                        : std::string{"every record is of that time"}) +
                  "; that there were no more is the controller's word");
    }
}

void Verifier::policies() {
    const auto& check = records_.policies();
    if (const auto& unsaid = check.unsaid(); !unsaid.empty()) {
        const auto& [leaf, name, digest] = *unsaid.begin();
        (void)fails("policies", policy_path(leaf, name) + ": no record says that this was in force");
        return;
    }
    const auto [first, last] = span_of(found_.manifest->scope, records_.shown());
    if (const auto leaf = check.unlisted(first, last)) {
        (void)fails("policies",
                    "leaf " + std::to_string(*leaf) +
                        " says that a policy was in force which is neither there nor said to be missing");
        return;
    }
    const auto closed =
        records_.counts().closed.at(static_cast<std::size_t>(records::LeafKind::PolicyChange));
    if (closed > 0) {
        claim("policies",
              Verdict::Open,
              "of " + counted(closed,
                              "policy change it is not shown which policies it brought",
                              "policy changes it is not shown which policies they brought"));
    } else if (policies_ + absent_policies_ > 0) {
        claim("policies",
              Verdict::Holds,
              counted(policies_,
                      "policy is one that the log says was in force",
                      "policies are those that the log says were in force") +
                  (absent_policies_ == 0
                       ? std::string{}
                       : "; " + counted(absent_policies_, "more was, and is", "more were, and are") +
                             " not in the bundle, as the manifest says"));
    }
}

std::string Verifier::told_fault() const {
    const auto& told = records_.shown().told();
    for (const auto& [place, digest] : told_words_) {
        const auto said = told.find(place);
        if (said != told.end() && said->second != digest) {
            return std::string{kPapers} + "request-" + std::to_string(place.first) + "/" +
                   std::string{kTold} + std::to_string(place.second) + std::string{kToldWords} +
                   " is not what the log says that the person was told";
        }
    }
    return "";
}

/// One claim: a bundle of format 1 may have some of what people were told.
void Verifier::told_claim(std::size_t proven, std::uint64_t untold) {
    const auto shown = counted(proven,
                               "paper is what the log says that somebody was told",
                               "papers are what the log says that people were told");
    const auto missing = counted(untold, "paper");
    if (untold > 0) {
        claim("told",
              Verdict::Open,
              (proven > 0 ? shown + "; " : std::string{}) +
                  "not claimed: made before a bundle had what people were told, which was " + missing +
                  (proven > 0 ? " more" : ""));
    } else if (proven > 0) {
        claim("told", Verdict::Holds, shown);
    }
}

void Verifier::papers() {
    if (const auto fault = records_.shown().papers_fault(); !fault.empty()) {
        (void)fails("papers", fault);
        return;
    }
    if (const auto fault = told_fault(); !fault.empty()) {
        (void)fails("papers", fault);
        return;
    }
    const auto& told = records_.shown().told();
    std::size_t proven = 0;
    for (const auto& [place, digest] : told_words_) {
        proven += told.contains(place) ? 1U : 0U;
    }
    std::size_t count = 0;
    for (const auto& member : found_.manifest->members) {
        count += member.path.starts_with(kPapers) && !member.path.ends_with(kToldSalt) ? 1U : 0U;
    }
    count -= proven;
    told_claim(proven, records_.shown().untold());
    if (count > 0) {
        claim("papers",
              Verdict::Open,
              counted(
                  count,
                  "paper is what the controller signed with the bundle: the log does not prove what it says",
                  "papers are what the controller signed with the bundle: the log does not prove what "
                  "they say"));
    }
}

void Verifier::contents() {
    const auto& said = records_.export_leaf();
    if (!said && records_.shows_contents()) {
        (void)fails("export",
                    "says that it was made before a leaf of the log said what a bundle has, and its log has "
                    "such a leaf");
        return;
    }
    if (!said) {
        claim(
            "export",
            Verdict::Open,
            "not claimed: made before a leaf of the log said what a bundle has; that nothing was left out is "
            "the controller's word");
        return;
    }
    const auto found = contents_of(*found_.manifest, records_.shown_records(), said->by);
    if (said->what != found.what || said->level != found.level || said->scope != found.scope) {
        (void)fails("export", "the log's last leaf is not about this bundle");
    } else if (said->records != found.records) {
        (void)fails("export",
                    "the log says that " + counted(said->records, "record was", "records were") +
                        " exported, and the bundle has " + grouped(found.records));
    } else if (said->digest != found.digest) {
        (void)fails("export", "the log says that other records, policies or papers were exported");
    } else {
        claim("export",
              Verdict::Holds,
              counted(found.records,
                      "record, with the policies and papers, is what the log says was exported",
                      "records, with the policies and papers, are what the log says was exported"));
    }
}

void Verifier::page() {
    claim("page",
          Verdict::Open,
          std::string{kPage} +
              " is what the controller signed with the bundle: the log does not prove what it says");
}

}  // namespace fedtrail::audit
