#include "app/remote_import.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fedtrail/core/count.hpp"

#include "api/intake_json.hpp"
#include "intake/events/line_reader.hpp"

namespace fedtrail::app {

namespace {

using intake::events::ImportOptions;
using intake::events::ImportSummary;
using intake::events::LineReader;
using intake::events::Position;

constexpr std::size_t kLinesAtOnce = 2000;
constexpr std::size_t kOctetsAtOnce = std::size_t{4} * 1024 * 1024;

/// Whole lines as they came, so many as go into one request.
struct Batch {
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> lines;  ///< Begin and length in `text`.
    Position end;
};

/// Never waits for more while it holds something. What is longer than a line may be is cut, which makes it a
/// bad one. Without lines at the end.
Batch read_batch(LineReader& reader, Position from, std::size_t octets) {
    Batch batch{{}, {}, from};
    while (batch.lines.size() < kLinesAtOnce && batch.text.size() < octets &&
           (batch.lines.empty() || !reader.would_wait())) {
        const auto line = reader.next();
        if (!line) {
            break;
        }
        batch.end = line->end;
        batch.lines.emplace_back(batch.text.size(), line->text.size());
        batch.text += line->text;
        batch.text += '\n';
    }
    return batch;
}

Error intake_refused(const HttpResponse& answer) {
    const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
    const auto said = problem.is_object() ? problem.find("detail") : problem.end();
    const auto detail = said != problem.end() && said->is_string() ? said->get<std::string>() : "";
    const bool denied = answer.status == 401 || answer.status == 403;
    return {denied ? ErrorKind::Denied : ErrorKind::Unavailable,
            "the running sidecar answered " + std::to_string(answer.status) +
                (detail.empty() ? "" : ": " + detail),
            denied
                ? "Run as the user of the sidecar, or set FEDTRAIL_TOKEN to a token with observations:write."
                : "Run the same command again: what is in already counts once."};
}

void tell_rejected(const Batch& batch,
                   const IntakeReceipt& receipt,
                   std::uint64_t before,
                   const ImportOptions& options) {
    for (const auto& line : receipt.rejected) {
        if (!options.rejected || line.line == 0 || line.line > batch.lines.size()) {
            continue;
        }
        const auto& [begin, length] = batch.lines[line.line - 1];
        const Error reason{ErrorKind::Invalid, line.reason, {}};
        options.rejected({before + line.line, std::string_view{batch.text}.substr(begin, length), reason});
    }
}

/// Whether it says of each line what became of it: what it leaves out may be lost.
Result<IntakeReceipt> that_adds_up(Result<IntakeReceipt> receipt, std::string_view ndjson) {
    if (!receipt) {
        return receipt;
    }
    std::uint64_t lines = 0;
    std::uint64_t filled = 0;
    while (!ndjson.empty()) {
        const auto end = std::min(ndjson.find('\n'), ndjson.size() - 1);
        filled += ndjson.substr(0, end + 1).find_first_not_of(" \t\r\n") == ndjson.npos ? 0 : 1;
        ndjson.remove_prefix(end + 1);
        ++lines;
    }
    auto untold = filled;
    bool right = receipt->to_own_origin <= receipt->without_subject;
    for (const auto count :
         {receipt->fresh, receipt->duplicate, receipt->without_subject, receipt->rejected_lines}) {
        right = right && count <= untold;
        untold -= std::min(count, untold);
    }
    right = right && untold == 0 && receipt->rejected.size() == receipt->rejected_lines &&
            std::all_of(receipt->rejected.begin(), receipt->rejected.end(), [lines](const auto& one) {
                return one.line > 0 && one.line <= lines;
            });
    if (!right) {
        return fail(
            ErrorKind::Unavailable,
            "the answer of the running sidecar does not say what became of each of " +
                counted(filled, "line"),
            "Look whether it is `fedtrail serve` that listens at api.listen, and of the same release; "
            "then run the same again: what is in already counts once.");
    }
    return receipt;
}

/// Where they fall into two parts, by lines; nothing if it is one line.
std::optional<std::size_t> middle_of(std::string_view lines) {
    const auto inside = lines.substr(0, lines.size() - 1);
    auto newline = inside.find('\n', inside.size() / 2);
    newline = newline == inside.npos ? inside.rfind('\n') : newline;
    return newline == inside.npos ? std::nullopt : std::optional{newline + 1};
}

/// The sidecar takes less at once than `ndjson` is.
Result<IntakeReceipt> hand_in_parts(const Sidecar& sidecar, const std::string& ndjson) {
    const auto middle = middle_of(ndjson);
    if (!middle) {
        IntakeReceipt receipt;
        receipt.reject(1, "the line is longer than api.max_body of the running sidecar");
        return receipt;
    }
    auto receipt = hand_in(sidecar, ndjson.substr(0, *middle));
    const auto rest = receipt ? hand_in(sidecar, ndjson.substr(*middle)) : receipt;
    if (!rest) {
        return fail(rest);
    }
    receipt->fresh += rest->fresh;
    receipt->duplicate += rest->duplicate;
    receipt->without_subject += rest->without_subject;
    receipt->to_own_origin += rest->to_own_origin;
    const auto before = std::count(ndjson.data(), ndjson.data() + *middle, '\n');
    for (const auto& line : rest->rejected) {
        receipt->reject(line.line + static_cast<std::uint64_t>(before), line.reason);
    }
    return receipt;
}

}  // namespace

Result<IntakeReceipt> hand_in(const Sidecar& sidecar, const std::string& ndjson) {
    const auto answer = sidecar.client.send(
        {"POST",
         "/api/v1/observations",
         {{"Content-Type", "application/x-ndjson"}, {"Authorization", "Bearer " + sidecar.token}},
         ndjson});
    if (!answer) {
        return fail(answer);
    }
    if (answer->status == 413) {
        return hand_in_parts(sidecar, ndjson);
    }
    if (answer->status != 200) {
        return tl::unexpected<Error>{intake_refused(*answer)};
    }
    return that_adds_up(api::receipt_from(answer->body), ndjson);
}

Result<ImportSummary> import_through(const Sidecar& sidecar,
                                     std::istream& stream,
                                     const ImportOptions& options) {
    if (auto there = intake::events::go_behind(stream, options.resume.offset); !there) {
        return fail(there);
    }
    ImportSummary summary;
    summary.position = options.resume;
    LineReader reader{stream, options.resume, options.stop};
    // Half: what one line more makes too much goes in two parts.
    const auto octets = std::min(kOctetsAtOnce, static_cast<std::size_t>(sidecar.max_body / 2));
    while (options.stop == nullptr || !*options.stop) {
        const auto batch = read_batch(reader, summary.position, octets);
        if (batch.lines.empty()) {
            summary.stopped = reader.cut_short();
            return summary;
        }
        const auto receipt = hand_in(sidecar, batch.text);
        if (!receipt) {
            return fail(receipt);
        }
        tell_rejected(batch, *receipt, summary.position.lines, options);
        summary.lines += receipt->accepted() + receipt->without_subject + receipt->rejected.size();
        summary.fresh += receipt->fresh;
        summary.duplicate += receipt->duplicate;
        summary.without_subject += receipt->without_subject;
        summary.to_own_origin += receipt->to_own_origin;
        summary.rejected += receipt->rejected.size();
        summary.position = batch.end;
        if (options.progress) {
            options.progress(summary);
        }
    }
    summary.stopped = true;
    return summary;
}

}  // namespace fedtrail::app
