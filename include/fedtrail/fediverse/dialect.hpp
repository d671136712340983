/// Which Delete each server software really obeys: policies/dialects.json as values.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/delete_message.hpp"

namespace fedtrail::fediverse {

/// What an account's erasure takes there.
enum class AccountPlan : std::uint8_t {
    ActorOnly,     ///< Delete(actor) erases everything; Deletes of objects before it would leave stubs.
    ObjectsFirst,  ///< A Delete for each object, then Delete(actor).
    ObjectsOnly,   ///< Delete(actor) is not understood.
};

/// Whom a message is addressed to ("to" and "cc"). No community is named: its host knows of what it keeps
/// to which community it belongs (FEP-1b12).
enum class Audience : std::uint8_t { Public, PublicAndFollowers };

struct Dialect {
    std::string name;                   ///< Stable word: "mastodon", "default".
    std::vector<std::string> software;  ///< NodeInfo names, lower case.
    std::vector<Host> hosts;            ///< Known to run it, where nobody can ask.
    AccountPlan account{AccountPlan::ObjectsFirst};
    std::vector<ObjectForm> actor_forms;  ///< Tried one after the other, each with an id of its own.
    std::vector<ObjectForm> object_forms;
    std::vector<ObjectForm> obeyed_forms;  ///< In a Delete of an object; empty: not known.
    Audience audience{Audience::PublicAndFollowers};
    bool remove_data{};
    bool undo_activities{};  ///< Reactions and follows are taken back with Undo, where they are not swept
                             ///< away.
    bool personal_inbox{};   ///< A shared inbox does not do.
    bool asks_origin{};      ///< It looks whether the origin answers 404 or 410: second wave.
    bool passes_on{};        ///< Relay or community host: what lies behind is told by it alone.
    bool signed_document{};  ///< The document is signed as well (ld_signature.hpp), so that it can be passed
                             ///< on and still be believed.
    /// Path of an inbox for everybody that this software always has ("/inbox"), or ""; "{host}" in it stands
    /// for the server's host.
    std::string shared_inbox;
    std::string leaves;      ///< What stays there even so, in one sentence; "" if nothing is known to stay.
    std::string difficulty;  ///< "erases", "erases_in_part", "hides", "keeps", "unknown".
    /// Statuses to Delete(actor) that say that there is nothing (any more), where one was taken before.
    std::vector<int> known_gone;
};

class Dialects {
public:
    /// `json` is policies/dialects.json. Errors: Invalid.
    [[nodiscard]] static Result<Dialects> parse(std::string_view json);
    /// `software` as NodeInfo has it, in any case; unknown ones get "relay" where they are one, else
    /// "default".
    [[nodiscard]] const Dialect& of(std::string_view software, bool relay = false) const;
    /// Of a recipient: by its host where `software` is "".
    [[nodiscard]] const Dialect& of(const Host& host, std::string_view software, bool relay) const;
    /// `software`, or where that is "" what its host is known to run by policies/dialects.json; else "".
    [[nodiscard]] std::string software_of(const Host& host, std::string_view software) const;
    /// By its name; "default" if there is none.
    [[nodiscard]] const Dialect& named(std::string_view name) const;
    [[nodiscard]] const std::vector<Dialect>& all() const { return all_; }

private:
    std::vector<Dialect> all_;  ///< "default" first.
};

}  // namespace fedtrail::fediverse
