#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/intake_json.hpp"
#include "api/json_text.hpp"
#include "api/repeated_headers.hpp"

namespace fedtrail::api {

namespace {

constexpr std::array<std::string_view, 4> kAcceptedTypes{
    "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json"};

/// In any case (RFC 9110 section 8.3.1), without parameters.
std::string media_type(std::string_view header) {
    header = header.substr(0, header.find(';'));
    while (header.ends_with(' ') || header.ends_with('\t')) {
        header.remove_suffix(1);
    }
    std::string type{header};
    std::transform(type.begin(), type.end(), type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return type;
}

bool is_accepted(std::string_view header) {
    const auto type = media_type(header);
    return type.empty() ||
           std::find(kAcceptedTypes.begin(), kAcceptedTypes.end(), type) != kAcceptedTypes.end();
}

bool names_a_packing(std::string_view codings) {
    while (!codings.empty()) {
        const auto end = std::min(codings.find(','), codings.size());
        auto coding = codings.substr(0, end);
        coding.remove_prefix(std::min(coding.find_first_not_of(" \t"), coding.size()));
        if (const auto name = media_type(coding); !name.empty() && name != "identity") {
            return true;
        }
        codings.remove_prefix(std::min(end + 1, codings.size()));
    }
    return false;
}

/// Of all the headers of that name, each a list: a proxy may have added one.
bool is_packed(const HttpRequest& request) {
    const auto headers = headers_of(request.headers, "Content-Encoding");
    return std::any_of(headers.begin(), headers.end(), names_a_packing);
}

}  // namespace

std::string receipt_json(const IntakeReceipt& receipt) {
    auto rejected = nlohmann::ordered_json::array();
    for (const auto& line : receipt.rejected) {
        rejected.push_back({{"line", line.line}, {"reason", line.reason}});
    }
    const nlohmann::ordered_json document{{"format", "fedtrail/intake-receipt/1"},
                                          {"accepted", receipt.accepted()},
                                          {"new", receipt.fresh},
                                          {"duplicate", receipt.duplicate},
                                          {"without_subject", receipt.without_subject},
                                          {"to_own_origin", receipt.to_own_origin},
                                          {"rejected_lines", receipt.rejected_lines},
                                          {"rejected", rejected}};
    return on_one_line(document);
}

Result<IntakeReceipt> receipt_from(const std::string& json) {
    try {
        const auto document = nlohmann::json::parse(json);
        IntakeReceipt receipt;
        receipt.fresh = document.at("new").get<std::uint64_t>();
        receipt.duplicate = document.at("duplicate").get<std::uint64_t>();
        receipt.without_subject = document.at("without_subject").get<std::uint64_t>();
        receipt.to_own_origin = document.value("to_own_origin", std::uint64_t{0});
        for (const auto& line : document.at("rejected")) {
            receipt.reject(line.at("line").get<std::uint64_t>(), line.at("reason").get<std::string>());
        }
        receipt.rejected_lines = document.value("rejected_lines", receipt.rejected_lines);
        return receipt;
    } catch (const nlohmann::json::exception&) {
        return fail(ErrorKind::Invalid,
                    "the answer of the running sidecar is not a receipt",
                    "Look whether both are of the same release.");
    }
}

HttpResponse Api::taken(const HttpRequest& request) {
    const auto receipt = doors_.intake.take(request.body);
    return receipt ? json_answer(receipt_json(*receipt)) : problem(receipt.error());
}

HttpResponse Api::observations(const Call& call) {
    if (!is_accepted(header_of(call.request.headers, "Content-Type"))) {
        return problem(415,
                       "Not this type",
                       "observations come as application/x-ndjson, one on each line",
                       "Send Content-Type: application/x-ndjson.");
    }
    if (is_packed(call.request)) {  // read as it is, each of its lines would be a bad one
        return problem(415, "Not packed", "observations come as they are, not packed", "Send them unpacked.");
    }
    return once(call, [&] { return taken(call.request); });
}

}  // namespace fedtrail::api
