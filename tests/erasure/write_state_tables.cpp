// Writes the two state tables into docs/life-of-an-erasure.md.

#include <cstdio>
#include <fstream>
#include <sstream>

#include "erasure/state_tables.hpp"

int main() {
    const auto path = fedtrail::testing::life_of_an_erasure();
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    const auto made = fedtrail::testing::with_state_tables(text.str());
    if (made.empty()) {
        std::fputs("docs/life-of-an-erasure.md has lost a marker\n", stderr);
        return 1;
    }
    std::ofstream{path} << made;
    return 0;
}
