/// What the ledger needs of an activity, and nothing more of it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::fediverse {

/// The part of an activity that is about one person.
struct DataShare {
    Personal<std::string> actor;     ///< Normalised actor URI; local or remote, the reader filters.
    Personal<std::string> username;  ///< `preferredUsername` where the activity says it; else empty.
    CategorySet categories;

    friend bool operator==(const DataShare&, const DataShare&) = default;
};

/// An activity reduced to its identity, the people in it, and the kinds of their data.
struct ActivityDigest {
    std::string type;          ///< As sent ("Create"); of several types the first known one; "" if not read.
    Personal<std::string> id;  ///< Normalised activity URI; "" if it has none.
    Personal<std::string> object;  ///< Normalised URI of the innermost object; "" if it has none.
    Personal<std::string>
        deleted;  ///< Of an Announce that passes a Delete on: what is deleted, as `object`; else "".
    Personal<std::string> restored;  ///< Of an Undo that holds a Delete, also one that is passed on: what is
                                     ///< not deleted after all, as `object`; else "".
    Personal<std::string> deleter;   ///< Of an Announce with one of these: whose they are; else "".
    Visibility visibility{Visibility::Unknown};
    std::vector<DataShare>
        shares;  ///< Outer actor first, then inner authors, then mentioned people; no one twice.
    std::optional<bool> reasoned{};  ///< Of a Delete, also one that an Announce passes on: whether it has a
                                     ///< `summary`, be it empty, or a text of its own; not known of a digest
                                     ///< that does not say.

    friend bool operator==(const ActivityDigest&, const ActivityDigest&) = default;
};

}  // namespace fedtrail::fediverse
