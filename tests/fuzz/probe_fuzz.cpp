#include <algorithm>
#include <string>

#include "fedtrail/fediverse/probe.hpp"

#include "fuzz/fuzz.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;
using fuzz::must;

namespace {

constexpr std::string_view kPolicy = R"({"format":"fedtrail/probes/1","unprobeable":[],"probes":[
{"name":"a","software":["s"],"target":"account","method":"GET","path":"/a/{handle}/{user}?h={host}&u={actor}",
 "accept":"application/json","meanings":[
  {"statuses":[404],"json_pointer":"/error/code","equals":"NO_SUCH_USER","presence":"not_visible"},
  {"statuses":[404],"json_pointer":"/error","presence":"gone"},
  {"statuses":[200],"json_pointer":"/0/uri","equals":"{actor}","presence":"present"},
  {"statuses":[200],"contains":"{host}","json_pointer":"/a~1b/m~0n/2","presence":"present"}]},
{"name":"b","software":["s"],"target":"object","method":"POST","path":"/b","accept":"text/html",
 "body":{"u":"{user}","o":"{object}","n":["{host}"]},"meanings":[
  {"statuses":[404],"contains":"{object}","presence":"gone"},
  {"contains":"{user}","presence":"missing"}]}]})";

const Probes& probes() {
    static const auto parsed = *Probes::parse(kPolicy);
    return parsed;
}

/// Whatever stands for a placeholder, the request goes to the recipient, under the probe's own path.
void ask(const Probe& probe, const std::string& text) {
    static const auto recipient = *Host::parse("r.example:8443");
    const ProbePlaces odd{
        Personal<std::string>{text}, Personal<std::string>{text}, Personal<std::string>{text}};
    const auto request = probe_request(probe, recipient, odd);
    if (!request) {  // longer than a URI may be, or a dot segment
        must(request.error().kind == ErrorKind::Invalid && (text.size() > 100 || text.find('.') == 0));
        return;
    }
    must(request->url.host() == recipient && request->url.fragment().empty());
    const auto path = request->url.path();
    must(std::count(path.begin(), path.end(), '/') == std::count(probe.path.begin(), probe.path.end(), '/'));
    must(probe.body.empty() || std::count(request->body.begin(), request->body.end(), '\n') == 0);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto& probe = probes().all().at((data[0] & 1U) != 0 ? 1 : 0);
    const int status = (data[0] & 2U) != 0 ? 404 : (data[0] & 4U) != 0 ? 200 : 500;
    const auto body = fuzz::text(data + 1, size - 1);
    const ProbePlaces places{Personal<std::string>{"alice@o.example"},
                             Personal<std::string>{"https://o.example/users/alice"},
                             Personal<std::string>{"https://o.example/n/1"}};
    const auto presence = presence_of(probe, places, status, body);
    must(presence != Presence::Gone || status == 404);
    must(presence != Presence::Present || status == 200);
    must(presence == presence_of(probe, places, status, body));
    must(presence_of(probe, places, 500, body) != Presence::Gone);
    ask(probe, std::string{body});
    return 0;
}
