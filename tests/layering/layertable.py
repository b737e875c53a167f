"""What each layer under src/ may include. CMakeLists.txt and docs/architecture.md say the same; the
layering test compares all three."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    uses: tuple[str, ...] = ()
    qt: tuple[str, ...] = ()  # beside Core, which all may use
    libraries: tuple[str, ...] = ()  # first folder of their headers


LAYERS = {
    "base": Layer(),
    "stats": Layer(("base",)),
    "model": Layer(("base", "stats")),
    "profile": Layer(("base", "model")),
    "serve": Layer(("base",), ("Network", "WebSockets")),
    "load": Layer(("base", "stats", "model"), ("Network", "WebSockets"), ("openssl",)),
    "target": Layer(("base", "model"), ("Network", "WebSockets")),
    "scenario": Layer(("base", "stats", "model", "load", "target")),
    "report": Layer(("base", "stats", "model")),
    "run": Layer(
        ("base", "stats", "model", "profile", "load", "target", "scenario", "report"),
        ("Network", "WebSockets"),
    ),
    "cli": Layer(("base", "stats", "model", "profile", "report", "run"), (), ("CLI",)),
    "gui": Layer(
        ("base", "stats", "model", "profile", "report"),
        ("Network", "Gui", "Widgets", "Charts", "Svg"),
    ),
    "demo": Layer(("base", "serve"), ("Network", "WebSockets")),
}

# The mains stand above the layers: each names one of these.
APP_USES = ("cli", "gui", "demo")
