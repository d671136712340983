/// What can be done to a request, by its name: "verify-identity", "stop", … The same for REST and the command
/// line.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "erasure/desk.hpp"

namespace fedtrail::api {

/// What comes along; each act takes what it needs and refuses the rest.
struct ActWords {
    std::string reason;
    std::string ground;                   ///< "17(3)(e)", as privacy::name_of() has it.
    std::vector<std::string> objects;     ///< URIs.
    std::vector<std::string> categories;  ///< "media", …
    std::uint64_t of{};                   ///< The request it is a duplicate of.
    std::string paper;                    ///< What the person was given, as it is.
};

struct Acted {
    records::ErasureRequest request;
    std::optional<erasure::PlanTotals> plan;  ///< Of `start`.
    std::optional<erasure::SentSoFar> sent;   ///< Of `stop`: what had left by then.
    std::optional<Error> not_started{};       ///< It was opened, was to start, and could not.
};

/// What an act needs or allows beside its request.
enum class ActInput : std::uint8_t { None, Reason, Objects, Kept, Of, Held, Paper, HowKnown };

struct RequestAct {
    std::string_view name;
    std::string_view why;  ///< One sentence for help texts.
    ActInput input{ActInput::None};
    Result<Acted> (*run)(erasure::Desk& desk, const erasure::Act& act, const ActWords& words);
};

[[nodiscard]] std::span<const RequestAct> request_acts();
/// Nothing if there is no such act.
[[nodiscard]] const RequestAct* request_act_named(std::string_view name);

/// Runs it. Errors: those of the Desk's functions; Invalid (words that this act does not take, or lacks).
[[nodiscard]] Result<Acted> perform(const RequestAct& what,
                                    erasure::Desk& desk,
                                    const erasure::Act& act,
                                    const ActWords& words);

}  // namespace fedtrail::api
