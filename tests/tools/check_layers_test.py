#!/usr/bin/env python3
"""What tools/check_layers.py refuses and what it lets be, on trees of one file."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_layers


def said_of(path: str, line: str) -> tuple[int, str]:
    with tempfile.TemporaryDirectory(prefix="fedtrail-layers-") as root:
        file = pathlib.Path(root) / path
        file.parent.mkdir(parents=True)
        file.write_text(f"#include <string>\n{line}\n")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = check_layers.main(pathlib.Path(root))
        return code, printed.getvalue()


class Layers(unittest.TestCase):
    def test_up_sideways_and_around_is_refused(self):
        for path, line in (
            ("src/core/a.cpp", '#include "capture/x.hpp"'),
            ("src/capture/a.cpp", '#include "erasure/x.hpp"'),
            ("src/capture/a.cpp", '#include "../erasure/x.hpp"'),
            ("src/capture/a.cpp", "#include <fedtrail/erasure/x.hpp>"),
            ("src/capture/a.cpp", '#  include\t"app/x.hpp"'),
            ("include/fedtrail/records/a.hpp", '#include "fedtrail/ports/clock.hpp"'),
            ("src/backends/sqlite/a.cpp", '#include "backends/curl/x.hpp"'),
            ("src/intake/proxy/a.cpp", '#include "intake/events/x.hpp"'),
            ("src/intake/proxy/a.cpp", '#include "records/x.hpp"'),
            ("src/capture/a.inl", '#include "erasure/x.hpp"'),
            ("src/newroom/a.cpp", "#include <vector>"),
        ):
            with self.subTest(path, line=line):
                code, said = said_of(path, line)
                self.assertEqual(code, 1)
                self.assertIn(path, said)

    def test_a_foreign_library_outside_its_home_is_refused(self):
        for path, line in (
            ("src/capture/a.cpp", "#include <SQLiteCpp/SQLiteCpp.h>"),
            ("src/app/a.cpp", "#include <sqlite3.h>"),
            ("src/core/a.cpp", "#include <zstd.h>"),
            ("src/capture/a.cpp", '#include "SQLiteCpp/SQLiteCpp.h"'),
            ("src/app/a.cpp", "#include <nobody/knows.hpp>"),
        ):
            with self.subTest(path, line=line):
                self.assertEqual(said_of(path, line)[0], 1)

    def test_effects_in_pure_rooms_are_refused(self):
        for header in ("thread", "fstream", "unistd.h", "sys/socket.h", "fcntl.h", "stop_token"):
            with self.subTest(header):
                self.assertEqual(said_of("src/core/a.cpp", f"#include <{header}>")[0], 1)
                self.assertEqual(said_of("src/app/a.cpp", f"#include <{header}>")[0], 0)

    def test_down_and_at_home_is_let_be(self):
        for path, line in (
            ("src/capture/a.cpp", '#include "fedtrail/ports/clock.hpp"'),
            ("src/capture/a.cpp", '#include "capture/queue.hpp"'),
            ("src/app/a.cpp", '#include "backends/sqlite/x.hpp"'),
            ("src/backends/sqlite/a.cpp", "#include <SQLiteCpp/SQLiteCpp.h>"),
            ("src/capture/CMakeLists.txt", '#include "erasure/x.hpp"'),
        ):
            with self.subTest(path, line=line):
                self.assertEqual(said_of(path, line)[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
