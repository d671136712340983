#include "erasure/handle_names.hpp"

#include "fedtrail/core/handle.hpp"

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
    const auto read = Handle::parse(handle);
    const bool sure = facts.host && (facts.told || facts.host->names_in_uris) && read;
    return sure ? Best{read->name + "@" + facts.host->host.text(), true} : Best{handle, false};
}

}  // namespace

HandleNames handle_names(const SubjectIdentity& identity, const HandleFacts& facts, bool opaque_ids) {
    const auto best = best_handle(identity, facts, opaque_ids);
    HandleNames names{{Personal{best.handle}}, best.confirmed};
    const auto actor = Uri::parse(identity.actor.reveal());
    const auto handle = Handle::parse(best.handle);
    if (actor && handle && handle->host != actor->host()) {
        names.handles.emplace_back(handle->name + "@" + actor->host().text());
    }
    return names;
}

}  // namespace fedtrail::erasure
