/// Lines that are observations and lines that are not, and why not.

#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fedtrail::intake::events::test {

inline std::string digest_line(const std::string& recipient = "r.example", const std::string& id = "1") {
    return R"({"at":"2026-11-22T10:00:00Z","channel":"push","origin":"o.example","recipient":")" + recipient +
           R"(","outcome":{"kind":"accepted","status":201},"activity":{"actor":"https://o.example/users/alice",)" +
           R"("id":"https://o.example/a/)" + id + R"(","object":"https://o.example/n/)" + id +
           R"(","type":"Create","categories":["handle","post_text"],"visibility":"public"}})";
}

/// `line` with the first `from` replaced by `to`.
inline std::string with(std::string line, const std::string& from, const std::string& to) {
    const auto at = line.find(from);
    return at == std::string::npos ? "example text not found: " + from : line.replace(at, from.size(), to);
}

inline std::vector<std::string> good_lines() {
    const auto line = digest_line();
    const std::string digest =
        line.substr(line.find("\"activity\":") + 11, line.rfind('}') - line.find("\"activity\":") - 11);
    return {
        line,
        with(line, "\"activity\"", "\"digest\""),
        with(line, R"("origin":"o.example",)", ""),
        with(line, R"("o.example")", "null"),
        with(line, R"(,"status":201)", ""),
        with(line, "201", "0"),
        with(line, "201", "null"),
        with(line, "accepted", "unreachable"),
        with(line, "accepted", "refused_before_body"),
        with(line, "accepted", "inferred"),
        with(line, "push", "anonymous_pull"),
        with(line, "r.example", "BÜCHER.example:8443"),
        with(line, "r.example", "[2001:db8::1]:3000"),
        with(line, "r.example", "127.0.0.1"),
        with(line, "10:00:00Z", "11:00:00.25+01:00"),
        with(line, "post_text", "unread"),
        with(line, R"("visibility":"public")", R"("visibility":null,"username":"alice")"),
        with(line, R"(,"visibility":"public")", ""),
        with(line, R"("type":"Create",)", ""),
        with(line, R"("type")", R"("deleted":"https://o.example/n/1","deleter":null,"type")"),
        with(line, R"("type")", R"("restored":"no uri","deleted":null,"type")"),
        with(line, R"("type")", R"("reasoned":true,"type")"),
        with(line, R"("type")", R"("reasoned":null,"type")"),
        with(line, "https://o.example/a/1", "urn:uuid:7"),
        with(line, "https://o.example/n/1", ""),
        with(line, R"("id")", R"("\u0069d")"),
        with(line,
             digest,
             R"({"type":"Like","actor":"https://o.example/users/alice","object":"https://r.example/1"})"),
        with(line,
             digest,
             R"({"@context":["x",{"y":1e9}],"@type":["Note"],"attributedTo":"https://o.example/u/a"})"),
        with(line, R"("outcome")", R"("inbox":"https://r.example/inbox","outcome")"),
        with(line, R"("outcome")", R"("inbox":"https://ap.r.example/u/bob/inbox","outcome")"),
        with(line, R"("outcome")", R"("inbox":null,"outcome")"),
        " " + with(line, ":{\"kind\"", " : { \"kind\"") + " \t",
    };
}

/// A line and a part of the reason why it is refused.
inline std::vector<std::pair<std::string, std::string>> bad_lines() {
    const auto line = digest_line();
    const std::string digest =
        line.substr(line.find("\"activity\":") + 11, line.rfind('}') - line.find("\"activity\":") - 11);
    return {
        {"{", "not JSON"},
        {"nonsense", "not a JSON object"},
        {"[" + line + "]", "not a JSON object"},
        {"7", "not a JSON object"},
        {"{}", "no `at`"},
        {line.substr(0, line.size() - 1), "not JSON"},
        {line + " {}", "behind"},
        {line + "x", "not JSON"},
        {with(line, "push", "pu\xFFsh"), "not JSON"},
        {with(line, "\"push\",", "\"push\""), "not JSON"},
        {with(line, R"("at":"2026-11-22T10:00:00Z",)", ""), "no `at`"},
        {with(line, R"("channel":"push",)", ""), "no `channel`"},
        {with(line, R"("recipient":"r.example",)", ""), "no `recipient`"},
        {with(line, R"("outcome":{"kind":"accepted","status":201},)", ""), "no `outcome`"},
        {with(line, ",\"activity\":" + digest, ""), "no `activity`"},
        {with(line, digest, digest + ",\"digest\":" + digest), "twice"},
        {with(line, "\"recipient\"", "\"recipeint\""),
         "the observation has a property that it cannot have. Did you mean \"recipient\"?"},
        {with(line, "\"at\"", "\"extra\":null,\"at\""), "cannot have"},
        {with(line, "\"kind\"", "\"sort\""),
         "`outcome` has a property that it cannot have. Known are: kind, status."},
        {with(line, "\"type\"", "\"typ\""),
         "the digest has a property that it cannot have. Did you mean \"type\"?"},
        {with(line, "2026-11-22T10:00:00Z", "yesterday"), "`at`"},
        {with(line, "2026-11-22T10:00:00Z", "2026-11-22"), "`at`"},
        {with(line, "2026-11-22T10:00:00Z", "1969-11-22T10:00:00Z"), "`at`"},
        {with(line, "2026-11-22T10:00:00Z", "2038-11-22T10:00:00Z"), "`at`"},
        {with(line, "\"2026-11-22T10:00:00Z\"", "1795320690"), "`at`"},
        {with(line, "\"2026-11-22T10:00:00Z\"", "null"), "`at`"},
        {with(line, "push", "pigeon"), "`channel`"},
        {with(line, "\"push\"", "null"), "`channel`"},
        {with(line, "r.example", "https://r.example/inbox"), "`recipient`"},
        {with(line, "r.example", ""), "`recipient`"},
        {with(line, "r.example", "a b"), "`recipient`"},
        {with(line, "r.example", "-r.example"), "`recipient`"},
        {with(line, R"("outcome")", R"("inbox":"r.example/inbox","outcome")"), "`inbox`"},
        {with(line, R"("outcome")", R"("inbox":"http://r.example/inbox","outcome")"), "`inbox`"},
        {with(line, R"("outcome")", R"("inbox":["https://r.example/inbox"],"outcome")"), "`inbox`"},
        {with(line,
              R"("outcome")",
              R"("inbox":"https://r.example/)" + std::string(2048, 'x') + R"(","outcome")"),
         "`inbox`"},
        {with(line, "\"o.example\"", "\"u@o.example\""), "`origin`"},
        {with(line, "\"o.example\"", "[]"), "`origin`"},
        {with(line, "accepted", "intended"), "`outcome.kind`"},
        {with(line, "accepted", "prevented"), "`outcome.kind`"},
        {with(line, "\"kind\":\"accepted\",", ""), "no kind"},
        {with(line, R"({"kind":"accepted","status":201})", "\"accepted\""), "`outcome`"},
        {with(line, "201", "99"), "`outcome.status`"},
        {with(line, "201", "600"), "`outcome.status`"},
        {with(line, "201", "-1"), "`outcome.status`"},
        {with(line, "201", "\"201\""), "`outcome.status`"},
        {with(line, "201", "99999999999999999999"), "`outcome.status`"},
        {with(line, digest, "[]"), "`activity`"},
        {with(line, digest, "{}"), "`activity`"},
        {with(line, digest, R"({"actor":"https://o.example/users/alice"})"), "`activity`"},
        {with(line, "https://o.example/users/alice", "alice@o.example"), "`actor`"},
        {with(line, "https://o.example/users/alice", "https://u:p@o.example/"), "`actor`"},
        {with(line, "\"https://o.example/users/alice\"", "[]"), "`actor`"},
        {with(line, R"("actor":"https://o.example/users/alice",)", ""), "no actor"},
        {with(line, R"(["handle","post_text"])", "[]"), "`categories`"},
        {with(line, R"(["handle","post_text"])", "[\"secret\"]"), "`categories`"},
        {with(line, R"(["handle","post_text"])", "\"handle\""), "`categories`"},
        {with(line, R"(["handle","post_text"])", "null"), "`categories`"},
        {with(line, R"("visibility":"public")", R"("visibility":"secret")"), "`visibility`"},
        {with(line, "\"Create\"", "7"), "`type`"},
        {with(line, "Create", std::string(129, 'x')), "`type`"},
        {with(line, "\"type\"", "\"username\":\"" + std::string(256, 'x') + "\",\"type\""), "`username`"},
        {with(line, "\"https://o.example/a/1\"", "{}"), "`id`"},
    };
}

}  // namespace fedtrail::intake::events::test
