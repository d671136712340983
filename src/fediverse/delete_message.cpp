#include "fedtrail/fediverse/delete_message.hpp"

#include <nlohmann/json.hpp>

#include "fediverse/delete_json.hpp"

namespace fedtrail::fediverse {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// What is typed stands with its type; a type nobody told is the one most servers expect.
OrderedJson object_json(const DeleteMessage& message) {
    const auto& uri = message.object.reveal();
    const auto type = typed_object_type(message);
    if (type.empty()) {
        return uri;
    }
    OrderedJson object{{"type", type}, {"id", uri}};
    if (message.kind == StepKind::UndoActivity) {
        object["actor"] = message.actor.reveal();
    }
    return object;
}

}  // namespace

std::string typed_object_type(const DeleteMessage& message) {
    switch (message.form) {
        case ObjectForm::Plain:
            return {};
        case ObjectForm::Tombstone:
            // What is undone is an activity: it leaves none.
            return message.kind == StepKind::UndoActivity ? "" : "Tombstone";
        case ObjectForm::Typed:
            break;
    }
    if (!message.object_type.empty() || message.kind == StepKind::UndoActivity) {
        return message.object_type;
    }
    return message.kind == StepKind::DeleteActor ? "Person" : "Note";
}

nlohmann::ordered_json delete_json(const DeleteMessage& message) {
    OrderedJson json;
    json["@context"] = kActivityStreams;
    json["id"] = message.id;
    json["type"] = message.kind == StepKind::UndoActivity ? "Undo" : "Delete";
    json["actor"] = message.actor.reveal();
    json["object"] = object_json(message);
    json["to"] = OrderedJson::array({kPublic});
    json["cc"] = OrderedJson::array();
    if (!message.followers.reveal().empty()) {
        json["cc"].push_back(message.followers.reveal());
    }
    if (message.remove_data) {
        json["removeData"] = true;
    }
    return json;
}

std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string delete_document(const DeleteMessage& message) {
    return json_text(delete_json(message));
}

}  // namespace fedtrail::fediverse
