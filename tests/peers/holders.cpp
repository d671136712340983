/// Asks a ledger which servers hold which objects: ledger_holders DATA_DIR < questions
///
/// A question is a line "actor URI <tab> object URI"; each server that holds the object is answered with a
/// line "actor <tab> object <tab> host <tab> evidence". An actor nobody knows holds nothing.

#include <fstream>
#include <iostream>
#include <string>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail {

namespace {

Bytes master_key(const std::filesystem::path& file) {
    std::ifstream stream{file};
    std::string text;
    stream >> text;
    Bytes key;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        key.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
    }
    return key;
}

Result<void> answer(const SubjectVault& vault, const LedgerReader& ledger, const std::string& question) {
    const auto tab = question.find('\t');
    const auto subject = vault.find(question.substr(0, tab));
    if (!subject) {
        return subject.error().kind == ErrorKind::NotFound ? Result<void>{} : fail(subject);
    }
    const auto object = Uri::parse(question.substr(tab + 1));
    if (!object) {
        return fail(object);
    }
    const auto holders = ledger.holders_of(*subject, *object);
    if (!holders) {
        return fail(holders);
    }
    for (const auto& holder : *holders) {
        std::cout << question << '\t' << holder.recipient.text() << '\t' << privacy::name_of(holder.strongest)
                  << '\n';
    }
    return {};
}

Result<void> answer_all(const std::filesystem::path& data_dir) {
    const auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    sqlite::VaultOptions read_only;
    read_only.mode = sqlite::OpenMode::ReadOnly;
    const auto key = master_key(data_dir / "master.key");
    const auto vault = sqlite::SqliteVault::open(data_dir / "vault.db", key, **cipher, read_only);
    if (!vault) {
        return fail(vault);
    }
    const auto ledger = sqlite::SqliteLedgerReader::open(data_dir / "ledger.db", **vault);
    if (!ledger) {
        return fail(ledger);
    }
    std::string question;
    while (std::getline(std::cin, question)) {
        if (auto done = answer(**vault, **ledger, question); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace

}  // namespace fedtrail

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "usage: ledger_holders DATA_DIR < questions\n";
        return 2;
    }
    const auto done = fedtrail::answer_all(words[1]);
    if (!done) {
        std::cerr << done.error().what << ". " << done.error().remedy << '\n';
        return 1;
    }
    return 0;
}
