#include "app/bundle_papers.hpp"

#include <algorithm>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/ports/visit_books.hpp"

#include "app/erasure_policies.hpp"
#include "app/files.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

namespace {

/// Those that left by mail have no file, and old files are removed.
Result<void> add_letters(const CaseRoom& room,
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

/// What the person was told, and what its digest in the log is salted with: the salt first.
Result<void> add_told(const CaseRoom& room,
                      std::vector<audit::Paper>& papers,
                      records::RequestNumber request,
                      const std::string& folder) {
    auto told = room.cases->told(request);
    if (!told) {
        return fail(told);
    }
    for (auto& words : *told) {
        const auto name = folder + "told-" + std::to_string(words.place);
        if (words.words) {
            papers.push_back({name + ".salt", base64(words.salt) + "\n"});
        }
        papers.push_back({name + ".txt", std::move(words.words)});
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
    if (const auto added = add_told(room, papers, request, folder); !added) {
        return fail(added);
    }
    NoticeFilter of_request;
    of_request.request = request;
    const auto added = visit_notices(*room.cases, of_request, [&](const records::Notice& notice) {
        return add_letters(room, papers, notice.number, folder + "letters/");
    });
    if (!added) {
        return fail(added);
    }
    return papers;
}

}  // namespace fedtrail::app
