#include "erasure/handle_names.hpp"

#include "erasure/handle_question.hpp"
#include "erasure/look.hpp"

namespace fedtrail::erasure {

namespace {

struct Best {
    std::string handle;
    bool confirmed{};
};

Best best_handle(const SubjectIdentity& identity, const HandleFacts& facts, bool opaque_ids) {
    if (!facts.confirmed.reveal().empty()) {
        return {facts.confirmed.reveal(), true};
    }
    const auto& handle = identity.handle.reveal();
    if (!facts.told && opaque_ids && may_be_an_id(handle, identity.actor.reveal())) {
        return {};
    }
    const bool sure = facts.host && (facts.told || facts.host->names_in_uris) && !name_in(handle).empty();
    return sure ? Best{std::string{name_in(handle)} + "@" + facts.host->host.text(), true}
                : Best{handle, false};
}

}  // namespace

HandleNames handle_names(const SubjectIdentity& identity, const HandleFacts& facts, bool opaque_ids) {
    const auto best = best_handle(identity, facts, opaque_ids);
    HandleNames names{{Personal{best.handle}}, best.confirmed};
    const auto actor = Uri::parse(identity.actor.reveal());
    if (actor && !best.handle.empty() && host_in(best.handle) != actor->host()) {
        names.handles.emplace_back(std::string{name_in(best.handle)} + "@" + actor->host().text());
    }
    return names;
}

}  // namespace fedtrail::erasure
