#include "app/forgetters.hpp"

#include <chrono>
#include <system_error>
#include <vector>

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPage = 500;

Error cannot_remove(const fs::path& file, const std::error_code& why) {
    return {ErrorKind::Unavailable,
            file.string() + " cannot be removed: " + why.message(),
            "Make the folder writable for the service; it is tried again."};
}

Instant written_at(const fs::directory_entry& file, std::error_code& fault) {
    const auto written = std::chrono::file_clock::to_sys(file.last_write_time(fault));
    return std::chrono::floor<std::chrono::milliseconds>(written);
}

}  // namespace

Result<void> TokenForgetter::forget(privacy::SubjectNumber subject) {
    const auto entries = tokens_.list();
    if (!entries) {
        return fail(entries);
    }
    for (const auto& entry : *entries) {
        if (entry.grant.subject != subject) {
            continue;
        }
        if (auto revoked = tokens_.revoke(entry.grant.id);
            !revoked && revoked.error().kind != ErrorKind::NotFound) {
            return revoked;
        }
    }
    return {};
}

Result<void> LetterForgetter::forget_letters(records::NoticeNumber notice) {
    const auto history = notices_.history(notice);
    if (!history) {
        return fail(history);
    }
    for (const auto& letter : history->letters) {
        const auto file = folder_.file_of(letter.message_id);
        std::error_code fault;
        fs::remove(file, fault);
        if (fault) {
            return tl::unexpected<Error>{cannot_remove(file, fault)};
        }
    }
    return {};
}

Result<void> LetterForgetter::forget(privacy::SubjectNumber subject) {
    NoticeFilter filter;
    filter.subject = subject;
    filter.limit = kPage;
    for (;;) {
        const auto page = notices_.notices(filter);
        if (!page) {
            return fail(page);
        }
        for (const auto& notice : *page) {
            if (auto done = forget_letters(notice.number); !done) {
                return done;
            }
        }
        if (page->size() < kPage) {
            return {};
        }
        filter.after = page->back().number;
    }
}

Result<Expired> LetterForgetter::drop_before(Instant horizon, bool only_count) {
    std::error_code fault;
    Expired expired;
    if (!fs::is_directory(path_, fault)) {
        return expired;
    }
    std::vector<fs::path> old;
    for (const auto& file : fs::directory_iterator{path_, fault}) {
        std::error_code unread;
        const auto at = written_at(file, unread);
        if (!unread && file.path().extension() == ".txt" && at < horizon) {
            old.push_back(file.path());
        }
    }
    for (const auto& file : old) {
        if (!only_count) {
            fs::remove(file, fault);
            if (fault) {
                return tl::unexpected<Error>{cannot_remove(file, fault)};
            }
        }
        ++expired.dropped;
    }
    return expired;
}

}  // namespace fedtrail::app
