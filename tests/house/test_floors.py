"""The shape of the house: which folder may know which, one library behind one file, small files and functions."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("core", "messengers", "sheets", "jobs", "store", "integrations", "recipes", "app")
OURS = (*PRODUCT, "sandbox", "tests", "benchmarks")

#: What a folder may import of ours, besides itself.
MAY_KNOW: dict[str, set[str]] = {
    "core": set(),
    "messengers": {"core"},
    "sheets": {"core"},
    "jobs": {"core"},
    "store": {"core"},
    "integrations": {"core"},
    "recipes": {"core"},
    "app": set(PRODUCT),
    "sandbox": set(PRODUCT),
}
#: A library is known to one file only, so that replacing it changes one file.
ONE_FILE: dict[str, str] = {
    "vkbottle": "messengers/vk.py",
    "telegram": "messengers/telegram.py",
    "gspread": "sheets/google.py",
    "apscheduler": "jobs/ticker.py",
    "PIL": "messengers/chart.py",
    "phonenumbers": "core/phone.py",
    "sqlite3": "store/database.py",
    "click": "app/cli.py",
    "pydantic_settings": "app/settings.py",
}
MAX_FILE, MAX_FUNCTION = 300, 50


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of everything a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", MAY_KNOW)
def test_floors(folder: str) -> None:
    strangers = [
        f"{name(path)} imports {module}"
        for path in sources(folder)
        for module in imports(path)
        if (top := module.partition(".")[0]) in OURS and top != folder and top not in MAY_KNOW[folder]
    ]
    assert strangers == []


@pytest.mark.parametrize(("library", "home"), ONE_FILE.items())
def test_one_library_one_file(library: str, home: str) -> None:
    users = {name(path) for path in sources(*PRODUCT) if library in {m.partition(".")[0] for m in imports(path)}}
    assert users == {home}


def test_no_import_rings() -> None:
    graph = {path: {target for module in _top_level(path) if (target := _file(module))} for path in sources(*PRODUCT)}
    done: set[Path] = set()

    def visit(path: Path, way: tuple[Path, ...]) -> None:
        assert path not in way, " -> ".join(map(name, (*way[way.index(path) :], path)))
        if path not in done:
            for target in graph.get(path, ()):
                visit(target, (*way, path))
            done.add(path)

    for path in graph:
        visit(path, ())


def _top_level(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _file(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    if module.partition(".")[0] not in PRODUCT:
        return None
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


@pytest.mark.parametrize("path", sources(*OURS), ids=name)
def test_small_files_and_functions(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_FILE
    tree = ast.parse(text)
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []
    assert ast.get_docstring(tree) or not text.strip(), "every module opens with one sentence saying why it exists"


def test_nothing_of_a_registry_or_of_a_machine_is_committed() -> None:
    forbidden = ("pypi" + ".org", "python" + "hosted", "npmjs" + ".", "deb.debian" + ".org", "/opt/" + "pypi")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        path = ROOT / line
        if path.is_file() and path.suffix not in (".png", ".ttf"):
            text = path.read_text("utf-8", errors="ignore")
            assert not [word for word in forbidden if word in text], line
