#include "erasure/step_message.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::ObjectForm;
using fediverse::StepKind;

const char* suffix_of(ObjectForm form) {
    switch (form) {
        case ObjectForm::Plain:
            return "";
        case ObjectForm::Typed:
            return "-typed";
        case ObjectForm::Tombstone:
            return "-tombstone";
    }
    return "";
}

}  // namespace

std::string activity_id(const std::string& actor,
                        records::RequestNumber request,
                        const records::NoticeStep& step,
                        std::uint32_t rounds) {
    const auto fragment = actor.find('#');
    std::string id = actor.substr(0, fragment);
    id += step.kind == StepKind::UndoActivity ? "#fedtrail-undo-" : "#fedtrail-delete-";
    id += std::to_string(request.get());
    id += step.kind == StepKind::DeleteActor ? "-actor" : "-" + std::to_string(step.object);
    id += suffix_of(step.form);
    if (step.wave > 1) {
        id += "-again";
    }
    if (rounds > 0) {
        id += "-round-" + std::to_string(rounds + 1);
    }
    return id;
}

fediverse::DeleteMessage message_of(const std::string& actor,
                                    records::RequestNumber request,
                                    const records::NoticeStep& step,
                                    const records::ErasedObject& object,
                                    const fediverse::Dialect& dialect,
                                    std::uint32_t rounds) {
    const bool whole = step.kind == StepKind::DeleteActor;
    fediverse::DeleteMessage message;
    message.kind = step.kind;
    message.form = step.form;
    message.remove_data = dialect.remove_data && whole;
    message.id = activity_id(actor, request, step, rounds);
    message.actor = Personal<std::string>{actor};
    message.object = whole ? message.actor : object.uri;
    message.object_type = whole ? "Person" : "Note";
    if (dialect.audience == fediverse::Audience::PublicAndFollowers &&
        actor.find_first_of("?#") == std::string::npos) {
        message.followers = Personal<std::string>{actor + (actor.back() == '/' ? "followers" : "/followers")};
    }
    return message;
}

}  // namespace fedtrail::erasure
