/// The directory of recipients past entries that are damaged.

#pragma once

#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "fedtrail/ports/recipient_directory.hpp"

#include "erasure/go_on.hpp"

namespace fedtrail::erasure {

/// As RecipientDirectory::entries(), but that one which is damaged says so by itself. Errors: those of the
/// directory, but Corrupt.
[[nodiscard]] inline Result<std::vector<Result<RecipientEntry>>> each_entry(
    const RecipientDirectory& directory, std::span<const Host> hosts) {
    std::vector<Result<RecipientEntry>> each;
    each.reserve(hosts.size());
    auto all = directory.entries(hosts);
    if (!all && all.error().kind != ErrorKind::Corrupt) {
        return fail(all);
    }
    if (all) {
        each.assign(std::make_move_iterator(all->begin()), std::make_move_iterator(all->end()));
        return each;
    }
    for (const auto& host : hosts) {
        auto one = directory.entry(host);
        if (!one && one.error().kind != ErrorKind::Corrupt) {
            return fail(one);
        }
        each.push_back(std::move(one));
    }
    return each;
}

/// All at once; where one is damaged each by itself. Errors: those of the directory; Corrupt: all are written
/// but those that are damaged.
[[nodiscard]] inline Result<void> update_sound(RecipientDirectory& directory,
                                               std::span<const RecipientChange> changes) {
    auto written = directory.update_all(changes);
    if (written || written.error().kind != ErrorKind::Corrupt) {
        return written;
    }
    Walk walk;
    for (const auto& change : changes) {
        if (auto passed = walk.pass(directory.update_all({&change, 1})); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

}  // namespace fedtrail::erasure
