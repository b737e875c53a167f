"""The rules that the sources under src/ follow, each a function from a source file to its breaches."""

import re
from dataclasses import dataclass
from pathlib import Path

from layertable import APP_USES, LAYERS, Layer


@dataclass(frozen=True)
class Source:
    path: str  # below src/, with slashes
    text: str

    @property
    def layer(self) -> str:
        return self.path.split("/", 1)[0]


@dataclass(frozen=True)
class Breach:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"src/{self.path}:{self.line}: {self.rule}: {self.text}"


# (rule, path prefix, word or "*", reason). An entry that nothing needs is reported as well.
ALLOWED = [
    ("blocking", "load/epolldispatcher", "*", "it is the event dispatcher: it implements these functions"),
    ("signals", "cli/", "*", "the batch tool ends gracefully on Ctrl-C"),
    ("signals", "app/", "*", "mains ignore SIGPIPE before anything else"),
    ("signals", "demo/", "*", "a program of its own, ends cleanly on SIGTERM"),
    ("signals", "target/childsetup", "signal", "gives a child the system's handlers back before exec"),
    ("raw json", "target/serviceannouncement", "*", "reads the line by which a service announces itself"),
    ("raw json", "model/", "*", "the event codec reads journals"),
    ("raw json", "report/", "*", "reads and writes reports"),
    ("raw json", "profile/profileschema", "*", "goes on with the schema that it is making"),
    ("raw json", "demo/", "*", "the services read the bodies of requests"),
]

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
_COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|'
    r"'(?:\\.|[^'\\\n])'",
    re.S,
)
_BLOCKING = re.compile(
    r"\b(waitFor\w*|processEvents|QEventLoop|m?sleep|usleep|nanosleep|clock_nanosleep|sleep_for|"
    r"sleep_until)\b"
)
_SIGNALS = re.compile(r"\b(sigaction|signalfd|sigprocmask|pthread_sigmask|signal(?=\s*\(\s*SIG))\b")
_RAW_JSON = re.compile(
    r'(?:\.|->)value\(\s*(?:u|u8)?"|(?:\.|->)value\(\s*Q\w*Latin1String|'
    r'[\w)\]]\[\s*(?:u|u8)?"[^"\n]*"(?:_\w+)?\s*\](?!\s*[-+]?=[^=])'  # writing is free
)
_FILE_NAME = re.compile(r"manager|helper|util", re.I)
_HARD_LENGTH = 500


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _blank(match: re.Match) -> str:
    """Keeps the newlines, so that line numbers stay true; strings become empty ones."""
    kept = "\n" * match.group(0).count("\n")
    return f'""{kept}' if match.group(0)[0] in "\"R'" else kept


def _without_comments(text: str) -> str:
    def comment_only(match: re.Match) -> str:
        return _blank(match) if match.group(0)[0] == "/" else match.group(0)

    return _COMMENT_OR_STRING.sub(comment_only, text)


def _code(text: str) -> str:
    return _COMMENT_OR_STRING.sub(_blank, text)


class Rules:
    def __init__(self, qt_headers: Path):
        self._modules: dict[str, str] = {}
        self._known_modules = {d.name[2:] for d in qt_headers.glob("Qt*") if d.is_dir()}
        # Core last, so that a name in two modules counts for Core.
        for module in sorted(self._known_modules, key=lambda name: name == "Core"):
            for header in (qt_headers / f"Qt{module}").iterdir():
                self._modules[header.name] = module
        if "QObject" not in self._modules:
            raise SystemExit(f"no Qt headers in {qt_headers}")
        self._used: set[tuple[str, str, str, str]] = set()

    def check(self, source: Source) -> list[Breach]:
        breaches = [
            *self._includes(source),
            *self._words(source, "blocking", _BLOCKING, _code(source.text)),
            *self._words(source, "signals", _SIGNALS, _code(source.text)),
            *self._words(source, "raw json", _RAW_JSON, _without_comments(source.text)),
        ]
        if _FILE_NAME.search(Path(source.path).name):
            breaches.append(Breach(source.path, 1, "file name", "say what it is in the domain"))
        length = source.text.count("\n")
        if source.path.endswith(".cpp") and length > _HARD_LENGTH:
            breaches.append(
                Breach(source.path, length, "length", f"{length} lines, {_HARD_LENGTH} at most")
            )
        return breaches

    def unused_allowances(self) -> list[str]:
        return [f"{e[1]} ({e[0]}): {e[3]}" for e in ALLOWED if e not in self._used]

    def _words(self, source: Source, rule: str, pattern: re.Pattern, code: str) -> list[Breach]:
        return [
            Breach(source.path, _line_of(code, match.start()), rule, match.group(0))
            for match in pattern.finditer(code)
            if not self._is_allowed(rule, source.path, match.group(0))
        ]

    def _is_allowed(self, rule: str, path: str, word: str) -> bool:
        for entry in ALLOWED:
            if entry[0] == rule and path.startswith(entry[1]) and entry[2] in ("*", word):
                self._used.add(entry)
                return True
        return False

    def _includes(self, source: Source) -> list[Breach]:
        layer = Layer(APP_USES) if source.layer == "app" else LAYERS.get(source.layer)
        if layer is None:
            return [Breach(source.path, 1, "layer", f"'{source.layer}' is not in the table")]
        text = _without_comments(source.text)
        breaches = []
        for match in _INCLUDE.finditer(text):
            wrong = (
                self._wrong_project(source, layer, match.group(2))
                if match.group(1) == '"'
                else self._wrong_system(layer, match.group(2))
            )
            if wrong:
                breaches.append(Breach(source.path, _line_of(text, match.start()), "include", wrong))
        return breaches

    @staticmethod
    def _wrong_project(source: Source, layer: Layer, name: str) -> str | None:
        first, _, rest = name.partition("/")
        if not rest:
            if name.endswith(".moc") or name.startswith("ui_"):
                return None
            return f'"{name}": write the path from src/'
        if first == source.layer or first in layer.uses:
            return None
        return f'"{name}": {source.layer} may not include {first}'

    def _wrong_system(self, layer: Layer, name: str) -> str | None:
        first, _, rest = name.partition("/")
        if rest and first.startswith("Qt") and first[2:] in self._known_modules:
            module = first[2:]
        elif rest:
            libraries = {library for other in LAYERS.values() for library in other.libraries}
            if first in libraries and first not in layer.libraries:
                return f"<{name}>: this layer may not include {first}"
            return None
        else:
            module = self._modules.get(name)
            if module is None:
                is_qt = re.match(r"Q[A-Z]", name)
                return f"<{name}>: no module of the installed Qt has it" if is_qt else None
        if module == "Core" or module in layer.qt:
            return None
        return f"<{name}>: this layer may not include Qt {module}"
