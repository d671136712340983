#include "backends/sqlite/finding_code.hpp"

#include <utility>

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

std::string place_of_finding(const std::string& host, std::int64_t source) {
    return place_of("country-finding", {source}) + "/" + host;
}

std::string place_of_block(const std::string& host, const std::string& list) {
    return "domain-block/" + host + "/" + list;
}

std::string place_of_turn(std::int64_t number, const std::string& name) {
    return place_of("switch-turn", {number}) + "/" + name;
}

}  // namespace

Bytes encode_finding(const HostCountry& found) {
    const auto& finding = found.finding;
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(finding.confidence));
    put_text(out, finding.country ? finding.country->code() : std::string_view{});
    out.byte(finding.found_at ? 1 : 0);
    put_at_if(out, finding.found_at);
    put_text(out, finding.why);
    return stamped(place_of_finding(found.host.text(), static_cast<std::int64_t>(finding.source)),
                   out.bytes());
}

Result<records::CountryFinding> decode_finding(const std::string& host, std::int64_t source, ByteView blob) {
    const auto place = place_of_finding(host, source);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    records::CountryFinding finding;
    finding.source = static_cast<records::CountrySource>(source);
    finding.confidence = take_enum(in, records::Confidence::High);
    const auto code = take_text(in);
    finding.found_at = take_at_if(in, in.byte() == 1);
    finding.why = take_text(in);
    const auto country = privacy::Country::parse(code);
    if (country) {
        finding.country = *country;
    }
    const bool known_source =
        source > 0 && source <= static_cast<std::int64_t>(records::CountrySource::Admin);
    const bool whole = in.done() && (country || code.empty()) && known_source;
    return whole ? Result<records::CountryFinding>{std::move(finding)} : damaged(place);
}

Bytes encode_block(const std::string& list, Instant at, const DomainBlock& block) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(block.severity));
    put_at(out, at);
    put_text(out, block.reason);
    return stamped(place_of_block(block.host.text(), list), out.bytes());
}

Result<records::RecipientBlock> decode_block(const std::string& host,
                                             const std::string& list,
                                             ByteView blob) {
    const auto place = place_of_block(host, list);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    records::RecipientBlock block;
    block.severity = take_enum(in, records::BlockSeverity::Suspended);
    static_cast<void>(take_at(in));
    block.list = list;
    block.reason = take_text(in);
    const bool whole = in.done() && block.severity >= records::BlockSeverity::Limited;
    return whole ? Result<records::RecipientBlock>{std::move(block)} : damaged(place);
}

Bytes encode_turn(std::int64_t number, const SwitchTurn& turn) {
    ledger::ByteWriter out;
    out.byte(turn.on ? 1 : 0);
    put_at(out, turn.at);
    put_text(out, turn.by);
    put_text(out, turn.reason);
    return stamped(place_of_turn(number, turn.name), out.bytes());
}

Result<SwitchTurn> decode_turn(std::int64_t number, const std::string& name, ByteView blob) {
    const auto place = place_of_turn(number, name);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    SwitchTurn turn;
    turn.name = name;
    turn.on = in.byte() == 1;
    turn.at = take_at(in);
    turn.by = take_text(in);
    turn.reason = take_text(in);
    return in.done() ? Result<SwitchTurn>{std::move(turn)} : damaged(place);
}

}  // namespace fedtrail::sqlite
