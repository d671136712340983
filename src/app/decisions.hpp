/// What the controller has to decide, for commands: nothing is sent from here.

#pragma once

#include "app/case_room.hpp"
#include "app/erasure_options.hpp"
#include "erasure/escalation.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

/// `room` must outlive it.
class DecisionRoom {
public:
    explicit DecisionRoom(const CaseRoom& room)
        : folder_(room.config.erasure.letters),
          escalation_({*room.cases,
                       *room.cases,
                       *room.declared,
                       *room.reading.vault,
                       *room.reading.ledger,
                       nullptr,
                       folder_,
                       *room.clock},
                      room.desk_room->policies().escalation,
                      room.desk_room->policies().letters,
                      escalation_options(room.config)) {}

    [[nodiscard]] erasure::Escalation& escalation() { return escalation_; }

private:
    erasure::LetterFolder folder_;
    erasure::Escalation escalation_;
};

}  // namespace fedtrail::app
