#!/usr/bin/env python3
"""Plants a breach of each rule and looks whether it is found, and looks that decent code is not blamed."""

import sys
import unittest
from pathlib import Path

import check_layers
from layertable import LAYERS
from rules import Rules, Source

QT_HEADERS = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()


class RulesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rules = Rules(QT_HEADERS)

    def found(self, path: str, text: str) -> list[tuple[str, int]]:
        return [(b.rule, b.line) for b in self.rules.check(Source(path, text))]

    def test_upward_include_is_found(self):
        self.assertEqual(self.found("stats/a.h", '\n#include "load/operation.h"\n'), [("include", 2)])

    def test_own_and_lower_layers_are_allowed(self):
        self.assertEqual(self.found("load/a.cpp", '#include "load/b.h"\n#include "base/clock.h"\n'), [])

    def test_include_without_layer_is_found(self):
        self.assertEqual(self.found("load/a.cpp", '#include "b.h"\n'), [("include", 1)])

    def test_unknown_layer_is_found(self):
        self.assertEqual(self.found("misc/a.cpp", ""), [("layer", 1)])

    def test_main_includes_its_program_only(self):
        self.assertEqual(self.found("app/a.cpp", '#include "cli/a.h"\n'), [])
        self.assertEqual(self.found("app/a.cpp", '#include "run/a.h"\n'), [("include", 1)])

    def test_widgets_and_gui_below_the_window_are_found(self):
        for header in ("QWidget", "QPen", "QColor", "QtWidgets/QWidget", "QtGui/qpen.h", "qpen.h"):
            self.assertEqual(self.found("report/a.cpp", f"#include <{header}>\n"), [("include", 1)], header)

    def test_network_in_a_scenario_is_found(self):
        self.assertEqual(self.found("scenario/a.cpp", "#include <QNetworkAccessManager>\n"), [("include", 1)])

    def test_core_is_free_and_network_is_for_those_who_may(self):
        self.assertEqual(self.found("base/a.cpp", "#include <QString>\n#include <QtGlobal>\n"), [])
        self.assertEqual(self.found("load/a.cpp", "#include <QTcpSocket>\n#include <QWebSocket>\n"), [])

    def test_unknown_qt_header_is_found(self):
        self.assertEqual(self.found("base/a.cpp", "#include <QNoSuchThing>\n"), [("include", 1)])

    def test_foreign_library_is_found(self):
        self.assertEqual(self.found("run/a.cpp", "#include <CLI/CLI.hpp>\n"), [("include", 1)])
        self.assertEqual(self.found("cli/a.cpp", "#include <CLI/CLI.hpp>\n"), [])
        self.assertEqual(self.found("target/a.cpp", "#include <sys/epoll.h>\n"), [])

    def test_blocking_calls_are_found(self):
        for code in (
            "process.waitForFinished();",
            "QCoreApplication::processEvents();",
            "QEventLoop loop;",
            "QThread::msleep(5);",
            "QThread::sleep(1);",
            "std::this_thread::sleep_for(1ms);",
            "usleep(3);",
        ):
            rules = {rule for rule, _ in self.found("run/a.cpp", f"\n{code}\n")}
            self.assertEqual(rules, {"blocking"}, code)

    def test_words_in_comments_and_texts_are_free(self):
        text = '// processEvents\n/* msleep(3)\n */\nconst auto a = u"QEventLoop"_s;\nthread.wait();\n'
        self.assertEqual(self.found("run/a.cpp", text), [])

    def test_line_numbers_survive_comments(self):
        self.assertEqual(self.found("run/a.cpp", "/*\n\n*/\nQEventLoop loop;\n"), [("blocking", 4)])

    def test_raw_json_outside_the_readers_is_found(self):
        self.assertEqual(self.found("run/a.cpp", 'object.value(u"key"_s)\n'), [("raw json", 1)])
        self.assertEqual(self.found("run/a.cpp", 'object->value("key")\n'), [("raw json", 1)])
        self.assertEqual(self.found("run/a.cpp", 'object["key"].toInt()\n'), [("raw json", 1)])
        self.assertEqual(self.found("run/a.cpp", 'object[u"key"_s]\n'), [("raw json", 1)])
        self.assertEqual(self.found("run/a.cpp", 'reply.object()["key"_L1]\n'), [("raw json", 1)])
        self.assertEqual(self.found("run/a.cpp", 'object[u"key"_s] = 3;\n'), [])
        self.assertEqual(self.found("run/a.cpp", 'names[0] = "key";\n'), [])
        self.assertEqual(self.found("report/a.cpp", 'object.value(u"key"_s)\n'), [])
        self.assertEqual(self.found("run/a.cpp", "hash.value(key)\n"), [])

    def test_signals_outside_programs_are_found(self):
        self.assertEqual(self.found("load/a.cpp", "::signal(SIGINT, SIG_IGN);\n"), [("signals", 1)])
        self.assertEqual(self.found("load/a.cpp", "signal(3); // our own\n"), [])
        self.assertEqual(self.found("cli/a.cpp", "signalfd(-1, &mask, 0);\n"), [])

    def test_vague_file_names_are_found(self):
        for name in ("loadmanager.cpp", "stringutils.h", "Helper.h"):
            self.assertEqual(self.found(f"load/{name}", ""), [("file name", 1)], name)

    def test_long_file_is_found(self):
        self.assertEqual(self.found("load/a.cpp", "\n" * 501), [("length", 501)])


class TablesTest(unittest.TestCase):
    def test_table_has_no_circle(self):
        order = list(LAYERS)
        for name, layer in LAYERS.items():
            for used in layer.uses:
                self.assertLess(order.index(used), order.index(name), f"{name} uses {used}")

    def test_deviating_cmake_is_found(self):
        self.assertEqual(cmake("lowtide_layer(stats USES base)"), [])
        self.assertEqual(len(cmake("lowtide_layer(stats USES base load)")), 1)
        self.assertEqual(len(cmake("lowtide_layer(stats USES base QT Network)")), 1)
        self.assertEqual(len(cmake("lowtide_layer(extra USES base)")), 1)

    def test_deviating_document_is_found(self):
        rows = "".join(
            f"| `{name}` | {', '.join([*l.uses, *('Qt ' + q for q in l.qt), *l.libraries])} | x |\n"
            for name, l in LAYERS.items()
        )
        self.assertEqual(check_layers.document_problems(rows), [])
        self.assertEqual(len(check_layers.document_problems(rows.replace("| `stats` | base |", "| `stats` | model |"))), 1)
        self.assertEqual(len(check_layers.document_problems(rows.replace("| `stats` | base | x |\n", ""))), 1)

    def test_drawing_shows_each_arrow_once(self):
        sources = [Source("load/a.h", '#include "base/x.h"\n#include "base/y.h"\n#include "load/b.h"\n')]
        self.assertEqual(check_layers.draw(sources).count("->"), 1)


def cmake(text: str) -> list[str]:
    return check_layers.cmake_problems(text)


if __name__ == "__main__":
    unittest.main()
