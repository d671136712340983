#include "app/config.hpp"

#include <array>

#include <catch2/catch.hpp>

#include "fedtrail/ledger/note.hpp"

using fedtrail::app::Config;
using fedtrail::app::Environment;
using fedtrail::app::parse_config;

namespace {

Config read(const std::string& toml, const Environment& environment = {}) {
    auto config = parse_config(toml, "f.toml", "/base", environment);
    INFO((config ? "" : config.error().what));
    REQUIRE(config.has_value());
    return *config;
}

std::string refusal(const std::string& toml, const Environment& environment = {}) {
    const auto config = parse_config(toml, "f.toml", "/base", environment);
    REQUIRE_FALSE(config.has_value());
    return config.error().what + " | " + config.error().remedy;
}

}  // namespace

TEST_CASE("An empty file gives every default", "[app][config]") {
    const auto config = read("");
    CHECK(config.data_dir == "/var/lib/fedtrail");
    CHECK(config.store == "/var/lib/fedtrail/ledger.db");
    CHECK(config.master_key_file == "/var/lib/fedtrail/master.key");
    CHECK(config.proxy.listen.text() == "127.0.0.1:7117");
    CHECK(config.proxy.max_connections == 16'384);
    CHECK_FALSE(config.proxy.max_connections_asked);
    CHECK(config.api.listen.text() == "127.0.0.1:7118");
    CHECK_FALSE(config.proxy.transparent_listen.has_value());
    CHECK_FALSE(config.proxy.pass_on_ledger_failure);
    CHECK(config.ledger.ballast == std::uint64_t{64} * 1024 * 1024);
    CHECK(config.ledger.retry_horizon == std::chrono::hours{3 * 24});
    CHECK(config.controller.languages == std::vector<std::string>{"en"});
    CHECK(config.origins.empty());
}

TEST_CASE("Who asks for a number of connections is told where it is not to be had", "[app][config]") {
    CHECK(read("[proxy]\nmax_connections = 16384").proxy.max_connections_asked);
    CHECK(read("", {{"FEDTRAIL_PROXY_MAX_CONNECTIONS", "16384"}}).proxy.max_connections_asked);
}

TEST_CASE("The names of the design are read", "[app][config]") {
    const auto config = read(R"(
data_dir = "data"
[controller]
name = "Example"
country = "NL"
languages = ["nl", "en"]
[[origin]]
host = "Origin.EXAMPLE"
software = "mastodon"
aliases = ["www.origin.example"]
database = "postgresql://x:y@/z"
[[origin]]
host = "bücher.example"
[store]
url = "sqlite:/elsewhere/l.db"
[proxy]
bypass = ["*.Bank.example", "a.example"]
extra_ca = "ca.pem"
allow_addresses = ["127.0.0.0/8", "::1"]
on_ledger_failure = "pass"
resolve = ["a.test=127.0.0.1:8443"]
[erasure]
look_intervals = ["2s", "1m"]
keys_folder = "keys"
[smtp]
url = "smtp://localhost"
from = "privacy@origin.example"
)");
    CHECK(config.data_dir == "/base/data");
    CHECK(config.store == "/elsewhere/l.db");
    CHECK(config.proxy.extra_ca == "/base/ca.pem");
    REQUIRE(config.origins.size() == 2);
    CHECK(config.origins[0].host.text() == "origin.example");
    CHECK(config.origins[0].aliases.at(0).text() == "www.origin.example");
    CHECK(config.origins[1].host.text() == "xn--bcher-kva.example");
    CHECK(config.proxy.bypass == std::vector<std::string>{"*.bank.example", "a.example"});
    CHECK(config.proxy.pass_on_ledger_failure);
    CHECK(config.smtp.url == "smtp://localhost");
    CHECK(config.erasure.letters == "/base/data/letters");
    CHECK(config.erasure.look_intervals ==
          std::vector<std::chrono::seconds>{std::chrono::seconds{2}, std::chrono::minutes{1}});
    CHECK(config.erasure.keys_folder == "/base/keys");
    CHECK(config.origins[0].database == "postgresql://x:y@/z");
}

TEST_CASE("An unknown setting is refused with its place and the nearest known one", "[app][config]") {
    CHECK(refusal("[proxy]\nlisten_on = \"127.0.0.1:1\"") ==
          "f.toml:2:1: there is no setting \"proxy.listen_on\" | Did you mean \"proxy.listen\"?");
    CHECK(refusal("\n\n  datadir = \"x\"") ==
          "f.toml:3:3: there is no setting \"datadir\" | Did you mean \"data_dir\"?");
    CHECK(refusal("[[origin]]\nhots = \"x\"").find("Did you mean \"origin.host\"?") != std::string::npos);
    CHECK(refusal("[proxi]\nlisten = \"x\"") ==
          "f.toml:1:2: there is no setting \"proxi\" | Did you mean \"[proxy]\"?");
    CHECK(refusal("[[orgin]]\nhost = \"x\"").ends_with("Did you mean \"[[origin]]\"?"));
    CHECK(refusal("[proxy]\nqwerty = 1").find("Known are: proxy.listen, ") != std::string::npos);
    CHECK(refusal("[proxy]\nqwerty = 1").find("controller.") == std::string::npos);
    CHECK(refusal("[qwertz]\nx = 1").find("Known are: [") != std::string::npos);
    CHECK(refusal("", {{"FEDTRAIL_PROXY_LISTN", "x"}}) ==
          "environment: there is no setting FEDTRAIL_PROXY_LISTN | Did you mean \"FEDTRAIL_PROXY_LISTEN\"?");
}

TEST_CASE("A wrong value is refused with its place and the remedy", "[app][config]") {
    const auto text = GENERATE(table<std::string, std::string>({
        {"[proxy]\nlisten = \"7117\"", "f.toml:2:10: proxy.listen is \"7117\", not an address and a port"},
        {"[proxy]\nlisten = 7117", "f.toml:2:10: proxy.listen is not a text"},
        {"[proxy]\nlisten = \"127.0.0.1:65536\"", "not an address and a port"},
        {"[proxy]\nbypass = \"a.example\"", "proxy.bypass is not a list of texts"},
        {"[proxy]\nallow_addresses = [\"10.0.0.0/33\"]", "is no address and no network | Write it as"},
        {"[proxy]\nallow_addresses = [\"::ffff:10.0.0.0/8\"]",
         "is a network of IPv4 addresses written as IPv6"},
        {"[proxy]\nallow_addresses = [1]", "proxy.allow_addresses is not a list of texts"},
        {"[proxy]\non_ledger_failure = \"hole\"", "Did you mean \"hold\"?"},
        {"[proxy]\nmax_connections = 0", "Give between 1 and 1000000"},
        {"[proxy]\nmax_connections = \"many\"", "is not a whole number"},
        {"[proxy]\nresolve = [\"a.test\"]", "is not host=address"},
        {"[controller]\ncountry = \"nl\"", "two capital letters"},
        {"[ledger]\nretry_horizon = \"7 weeks\"", "is not a duration | Write it as \"3d\"."},
        {"[ledger]\nretry_horizon = \"1s\"", "Give between 60 and 31536000 seconds"},
        {"[ledger]\nretry_horizon = \"99999999999999999d\"", "is not a duration"},
        {"[ledger]\nballast = \"-1MiB\"", "is out of range"},
        {"[store]\nurl = \"postgresql://x\"", "names PostgreSQL"},
        {"[[origin]]\nsoftware = \"x\"", "this [[origin]] has no host"},
        {"[[origin]]\nhost = \"a b\"", "origin.host is wrong"},
        {"[origin]\nhost = \"a.example\"", "Write [[origin]] with two brackets"},
        {"proxy = 1", "Write [proxy]"},
        {"[[origin]]\nhost=\"a.example\"\n[[origin]]\nhost=\"A.example\"", "belongs to two origins"},
        {"[proxy]\nlisten = \"0.0.0.0:7117\"", "Set proxy.token"},
        {"[api]\nlisten = \"127.0.0.1:7117\"", "are the same"},
        {"[api]\nlisten = \"0.0.0.0:7118\"", "api.listen is beyond loopback"},
        {"[api]\nlisten = \"[::]:7118\"\npublic_url = \"http://x.example\"", "api.listen is beyond loopback"},
        {"[api]\npublic_url = \"ftp://x\"", "is not an http or https address"},
        {"[erasure]\nlook_intervals = []", "erasure.look_intervals is empty"},
        {"[erasure]\nlook_intervals = [\"0s\"]", "is no duration between 1 and"},
        {"[erasure]\nretry_first = \"23h\"\nretry_most = \"22h\"",
         "erasure.retry_first is longer than erasure.retry_most"},
        {"[erasure]\nprobe_inboxes = \"maybe\"", "Known are: no, yes"},
        {"[notice]\ndpo = \"dpo@origin.example\"", "Known are: none. Meant is: \"none\" if no"},
        {"[notice]\ndpo = \"dpo@origin.example\"", "controller.dpo"},
        {"[notice]\nrequired = \"\\u0020\"", "Known are: contract, law, no."},
        {"[smtp]\nurl = \"smtp://localhost\"", "letters need a sender"},
        {"[smtp]\nurl = \"mail.example\"", "smtps://user:password@mail.example"},
        {"[smtp]\nurl = \"smtp+plain://mail.example\"", "f.toml:2:7: smtp.url would send letters"},
        {"[log]\nname = \"https://x.example\"", "f.toml:2:8: log.name is not an address without its scheme"},
        {"[log]\nname = \"x example\"", "Write it as \"origin.example\""},
        {"[log]\nwitnesses = [\"https://x.example\"]",
         "f.toml:2:13: log.witnesses has an entry that is wrong"},
        {"[witness]\nlogs = [\"foo\"]",
         "f.toml:2:8: witness.logs has an entry that is wrong: \"foo\" is no key"},
        {"data_dir = \"\"", "data_dir is empty"},
        {"data_dir = ", "f.toml:1:"},
        {"a = 1\na = 2", "f.toml:"},
    }));
    INFO(std::get<0>(text));
    CHECK_THAT(refusal(std::get<0>(text)), Catch::Contains(std::get<1>(text)));
}

TEST_CASE("A log and its witnesses are named as they are used", "[app][config]") {
    const std::array<std::byte, 32> seed{};
    using fedtrail::ledger::NoteKeyKind;
    using fedtrail::ledger::NoteSigner;
    const auto key = NoteSigner::make("w.example", NoteKeyKind::Witness, seed)->verifier().text();
    const auto log = NoteSigner::make("l.example", NoteKeyKind::Log, seed)->verifier().text();
    const auto asked = [](const std::string& address, const std::string& vkey) {
        return "[log]\nwitnesses = [\"" + address + " " + vkey + "\"]\n";
    };
    const auto config = read("[witness]\nlogs = [\"" + log + "\"]\n" +
                             asked("http://127.0.0.1:7118/witness", key) + "name = \"o.example/2\"");
    CHECK(config.log.name == "o.example/2");
    CHECK(config.log.witnessed == std::vector{log});
    CHECK(config.log.witnesses == std::vector{"http://127.0.0.1:7118/witness " + key});
    CHECK_THAT(refusal(asked("https://w.example", log)), Catch::Contains("a witness's key"));
    for (const auto* address : {"http://w.example", "http://127.evil.example", "http://10.0.0.5:80"}) {
        INFO(address);
        CHECK_THAT(refusal(asked(address, key)), Catch::Contains("without TLS"));
    }
    CHECK_THAT(refusal(asked("https://u:s3cret@w.example", key)), !Catch::Contains("s3cret"));
    CHECK_THAT(refusal("[witness]\nlogs = [\"" + key + "\"]"), Catch::Contains("no key of a log"));
}

TEST_CASE("A variable of the environment wins over the file", "[app][config]") {
    const auto config = read("[proxy]\nlisten = \"127.0.0.1:1\"\nbypass = [\"a.example\"]",
                             {{"FEDTRAIL_PROXY_LISTEN", "[::1]:2"},
                              {"FEDTRAIL_PROXY_BYPASS", "b.example, C.example"},
                              {"FEDTRAIL_PROXY_MAX_CONNECTIONS", "17"},
                              {"FEDTRAIL_DATA_DIR", "/d"},
                              {"FEDTRAIL_ORIGIN_HOST", "o.example"},
                              {"FEDTRAIL_CONFIG", "ignored here"},
                              {"HOME", "/root"}});
    CHECK(config.proxy.listen.text() == "[::1]:2");
    CHECK(config.proxy.bypass == std::vector<std::string>{"b.example", "c.example"});
    CHECK(config.proxy.max_connections == 17);
    CHECK(config.data_dir == "/d");
    REQUIRE(config.origins.size() == 1);
    CHECK(config.origins[0].host.text() == "o.example");
    CHECK_THAT(refusal("", {{"FEDTRAIL_API_LISTEN", "x"}}),
               Catch::StartsWith("environment: FEDTRAIL_API_LISTEN is \"x\", not an address and a port"));
}

TEST_CASE("An error never repeats a password", "[app][config]") {
    CHECK_THAT(refusal("[smtp]\nurl = \"smpt://u:s3cret@h\""), !Catch::Contains("s3cret"));
    CHECK_THAT(refusal("[smtp]\nurl = \"smtp+plain://u:s3cret@h\""), !Catch::Contains("s3cret"));
    CHECK_THAT(refusal("[[origin]]\ndatabase = \"mysql://u:s3cret@h\""), !Catch::Contains("s3cret"));
    CHECK_THAT(refusal("[proxy]\ntoken = [\"s3cret\"]"), !Catch::Contains("s3cret"));
}

TEST_CASE("Activities and processors are lists of tables, with texts by language", "[app][config]") {
    const auto config = read(R"toml(
[notice]
required = "contract"
automated_decisions = "none"
[[processing]]
activity = "accounts"
legal_basis = ["6(1)(b)", "6(1)(f)"]
legitimate_interest = {de = "Missbrauch verhindern", en = "preventing abuse"}
retention = "account+30d"
[[processing]]
activity = "backups"
done = "no"
[[processor]]
name = "Example Hosting"
service = "hosting"
country = "US"
safeguard = "A46-2-c"
)toml");
    REQUIRE(config.processings.size() == 2);
    CHECK(config.notice.automated.at("") == "none");
    CHECK(config.notice.largest == 10);
    const auto& accounts = config.processings[0];
    CHECK(accounts.done);
    CHECK(accounts.legal_basis == std::vector<std::string>{"6(1)(b)", "6(1)(f)"});
    CHECK(accounts.legitimate_interest.at("de") == "Missbrauch verhindern");
    CHECK(accounts.retention.at("") == "account+30d");
    CHECK_FALSE(config.processings[1].done);
    REQUIRE(config.processors.size() == 1);
    CHECK(config.processors[0].safeguard == "A46-2-c");
}

TEST_CASE("What cannot be an activity or a processor is refused with its place", "[app][config]") {
    CHECK(refusal("[[processing]]\nlegal_basis = []").find("this [[processing]] has no activity") !=
          std::string::npos);
    CHECK(refusal("[[processing]]\nactivity = \"logs\"\nlegal_basis = [\"6(1)(g)\"]").find("f.toml:3:") == 0);
    CHECK(refusal("[[processing]]\nactivity = \"logs\"\npurpose = {\"../x\" = \"y\"}").find("no language") !=
          std::string::npos);
    CHECK(refusal("[[processing]]\nactivity = \"logs\"\npurpose = {en = 5}").find("neither a text") !=
          std::string::npos);
    CHECK(refusal("[[processing]]\nactivity = \"logs\"\n[[processing]]\nactivity = \"logs\"")
              .find("\"logs\"") != std::string::npos);
    CHECK(refusal("[processing]\nactivity = \"logs\"").find("[[processing]]") != std::string::npos);
    CHECK(refusal("[[processor]]\nname = \"X\"\nservice = \"hosting\"").find("no country") !=
          std::string::npos);
    CHECK(refusal("[ropa]\ncreated = \"2026-02-30\"").find("is not a day") != std::string::npos);
    CHECK(refusal("", {{"FEDTRAIL_PROCESSING_ACTIVITY", "logs"}}).find("there is no setting") !=
          std::string::npos);
}
