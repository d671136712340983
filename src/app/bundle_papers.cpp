#include "app/bundle_papers.hpp"

#include <algorithm>

#include "app/erasure_policies.hpp"
#include "app/files.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

namespace {

/// Those that left by mail have no file, and old files are removed.
Result<void> add_letters_of(const CaseRoom& room,
                            std::vector<audit::Paper>& papers,
                            records::NoticeNumber notice,
                            const std::string& folder) {
    const auto history = room.cases->history(notice);
    if (!history) {
        return fail(history);
    }
    const erasure::LetterFolder kept{room.config.erasure.letters};
    std::vector<std::string> seen;  // each is written down before it leaves, and again when it was taken
    for (const auto& letter : history->letters) {
        if (std::find(seen.begin(), seen.end(), letter.message_id) != seen.end()) {
            continue;
        }
        seen.push_back(letter.message_id);
        auto text = read_file(kept.file_of(letter.message_id));
        if (!text) {
            return fail(text);
        }
        papers.push_back(
            {folder + "notice-" + std::to_string(notice.get()) + "-" + std::to_string(seen.size()) + ".txt",
             *std::move(text)});
    }
    return {};
}

/// Whether there are more; `filter` then goes on there.
Result<bool> add_page(const CaseRoom& room,
                      std::vector<audit::Paper>& papers,
                      NoticeFilter& filter,
                      const std::string& folder) {
    const auto notices = room.cases->notices(filter);
    if (!notices) {
        return fail(notices);
    }
    for (const auto& notice : *notices) {
        if (auto added = add_letters_of(room, papers, notice.number, folder); !added) {
            return fail(added);
        }
    }
    if (notices->size() < filter.limit) {
        return false;
    }
    filter.after = notices->back().number;
    return true;
}

Result<void> add_letters(const CaseRoom& room,
                         std::vector<audit::Paper>& papers,
                         records::RequestNumber request,
                         const std::string& folder) {
    NoticeFilter filter;
    filter.request = request;
    filter.limit = 500;
    for (bool more = true; more;) {
        const auto added = add_page(room, papers, filter, folder);
        if (!added) {
            return fail(added);
        }
        more = *added;
    }
    return {};
}

}  // namespace

Result<std::vector<audit::Paper>> bundle_papers(CaseRoom& room,
                                                records::RequestNumber request,
                                                const erasure::AnswerWords& words) {
    const auto folder = "request-" + std::to_string(request.get()) + "/";
    std::vector<audit::Paper> papers;
    if (const auto answer = room.desk().answer(request); answer) {
        const auto controller = answer_controller(room.config);
        auto text = erasure::render_answer_text(*answer, controller, words);
        if (!text) {
            return fail(text);
        }
        papers.push_back({folder + "answer.json", erasure::render_answer_json(*answer, controller)});
        papers.push_back({folder + "answer.md", *std::move(text)});
    } else if (answer.error().kind == ErrorKind::NotFound) {
        papers.push_back({folder + "answer.md", {}});
    } else {
        return fail(answer);
    }
    if (auto added = add_letters(room, papers, request, folder + "letters/"); !added) {
        return fail(added);
    }
    return papers;
}

}  // namespace fedtrail::app
