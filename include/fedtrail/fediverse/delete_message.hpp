/// The messages of an erasure as ActivityStreams documents (ActivityPub section 6.4, 6.10).

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/core/personal.hpp"

namespace fedtrail::fediverse {

/// What one message does. The numbers are written to disk: append only.
enum class StepKind : std::uint8_t { DeleteObject = 0, UndoActivity = 1, DeleteActor = 2 };

/// Which shape "object" has. The numbers are written to disk: append only.
enum class ObjectForm : std::uint8_t {
    Plain = 0,      ///< "https://…"
    Typed = 1,      ///< {"type": "Person" or "Note", "id": …}
    Tombstone = 2,  ///< {"type": "Tombstone", "id": …}
};

struct DeleteMessage {
    StepKind kind{StepKind::DeleteActor};
    ObjectForm form{ObjectForm::Plain};
    bool remove_data{};               ///< "removeData": true, where it means something (Lemmy, PieFed, Mbin).
    std::string id;                   ///< URI of the activity; the same in every attempt.
    Personal<std::string> actor;      ///< URI.
    Personal<std::string> object;     ///< URI; the actor's for DeleteActor.
    std::string object_type;          ///< For Typed: "Person", "Note".
    Personal<std::string> followers;  ///< URI of the followers collection; "" leaves it out.
};

/// JSON, minimal context, `to` and `cc` always arrays. Deterministic.
[[nodiscard]] std::string delete_document(const DeleteMessage& message);

}  // namespace fedtrail::fediverse
