/// A PostgreSQL of its own in a temporary folder, reached by a socket in it alone, gone afterwards.

#pragma once

#include <cstdio>
#include <string>

#include "temp_dir.hpp"

namespace fedtrail::testing {

class Cluster {
public:
    /// Makes and starts it; aborts the test program if the machine has no PostgreSQL.
    Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    Cluster(Cluster&&) = delete;
    Cluster& operator=(Cluster&&) = delete;
    ~Cluster();

    /// The one that all tests of this program share.
    static Cluster& shared();

    /// A new, empty database; the answer is its connection string.
    std::string database(const std::string& name);
    [[nodiscard]] std::string connection(const std::string& database,
                                         const std::string& role = "postgres") const;
    void run(const std::string& connection, const std::string& statements) const;

private:
    TempDir folder_;
    std::FILE* keeper_{};  ///< A shell that stops the server when this end closes, even by a kill -9.
};

}  // namespace fedtrail::testing
