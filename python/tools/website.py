"""Builds the site of the Python package: the tutorials in notebooks/, the pages in docs/, and the docstrings, by Sphinx.

    python website.py OUTPUT

The finished site needs no network; that is checked at the end.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pathlib
import pkgutil
import re
import shutil
import sys
import types
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[2]
PAGES = ["conventions.md", "surface.md", "primitives.md", "ulp.md"]

# A page's tags that make a browser fetch something.
FETCHES = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*rel=["']?(?:canonical|prev|next|author))[^>]*\bhref\s*=\s*["']?(?:https?:)?//[^"'\s>]+""",
    re.IGNORECASE,
)
FETCHES_IN_STYLES = re.compile(r"""(?:@import\s*|url\()\s*["']?(?:https?:)?//[^"')\s]+""", re.IGNORECASE)


def modules() -> Iterator[types.ModuleType]:
    """The public modules of the package, the package first."""
    package = importlib.import_module("wengert")
    yield package
    names = sorted(found.name for found in pkgutil.walk_packages(package.__path__, "wengert."))
    for name in names:
        if not any(part.startswith("_") for part in name.split(".")):
            yield importlib.import_module(name)


def public(owner: object) -> list[str]:
    """The public names of a module or class, in order."""
    names = getattr(owner, "__all__", None) if isinstance(owner, types.ModuleType) else None
    chosen = names if names is not None else [name for name in dir(owner) if not name.startswith("_")]
    return sorted(set(chosen), key=lambda name: (name.lower(), name))


def markdown(documentation: str | None) -> list[str]:
    """A docstring as Markdown: what looks like a session with the interpreter becomes a block of code."""
    lines: list[str] = []
    inside = False
    for line in inspect.cleandoc(documentation or "").splitlines():
        if not inside and line.lstrip().startswith(">>>"):
            lines += ["", "```pycon"]
            inside = True
        elif inside and not line.strip():
            lines += ["```"]
            inside = False
        lines.append(line)
    return [*lines, "```"] if inside else lines


def documented(found: object) -> bool:
    """Whether something has documentation of its own, and not NumPy's, which is taken over with NumPy's functions."""
    text = inspect.getdoc(found) or ""
    return bool(text) and "Parameters\n----------" not in text


def signature(found: object) -> str:
    try:
        return str(inspect.signature(found)) if callable(found) else ""
    except (TypeError, ValueError):
        return "(…)"


class Reference:
    """The pages of the reference. What is public in several modules is described in the first."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.homes: dict[int, str] = {}
        self.kept: list[object] = []

    def write(self, module: types.ModuleType) -> str | None:
        """Writes the page of a module and gives its name; None for a module that has nothing of its own."""
        name = module.__name__
        lines = [f"# {name}", "", *markdown(module.__doc__), ""]
        elsewhere: dict[str, list[str]] = {}
        before = len(self.kept)
        for attribute in public(module):
            try:
                found = getattr(module, attribute)
            except (AttributeError, ImportError):
                continue
            if isinstance(found, types.ModuleType) or not callable(found):
                continue
            if str(getattr(found, "__module__", "")).partition(".")[0] in ("numpy", "builtins", "scipy") or not documented(found):
                elsewhere.setdefault("NumPy", []).append(attribute)
                continue
            home = self.homes.get(id(found))
            if home is not None:
                elsewhere.setdefault(home, []).append(attribute)
                continue
            self.homes[id(found)] = name
            self.kept.append(found)
            lines += self.entry(attribute, found)
        if len(self.kept) == before and name.count(".") > 1:
            return None
        for home, names in sorted(elsewhere.items()):
            if home == "NumPy":
                lines += ["## As in NumPy and Python", "", "These are those libraries' own, or behave as they do:", ""]
            else:
                lines += [f"## Also in {home}", "", f"[{home}]({home}.md) describes:", ""]
            lines += [", ".join(f"`{one}`" for one in names), ""]
        (self.directory / f"{name}.md").write_text("\n".join(lines) + "\n")
        return name

    def entry(self, name: str, found: object) -> Iterator[str]:
        kind = "class " if inspect.isclass(found) else ""
        yield from (f"## {name}", "", "```python", f"{kind}{name}{signature(found)}", "```", "")
        yield from (*markdown(inspect.getdoc(found)), "")
        if not inspect.isclass(found):
            return
        for attribute in public(found):
            method = inspect.getattr_static(found, attribute, None)
            # What a class inherits is described where it comes from.
            if attribute not in vars(found) and not (found.__name__ == "Tensor" and hasattr(found.__mro__[1], attribute)):
                continue
            value = getattr(found, attribute, method)
            shown = "" if isinstance(method, property) or not callable(value) else signature(value)
            # No heading: a page's headings are in the navigation of every page.
            yield from (f"**{name}.{attribute}**  `{attribute}{shown}`".replace("\n", " "), "")
            yield from (*markdown(getattr(method, "__doc__", None) or inspect.getdoc(value)), "")


def tree(title: str, pages: list[str], depth: int = 1) -> list[str]:
    return ["", "```{toctree}", f":caption: {title}", f":maxdepth: {depth}", "", *pages, "```"]


def write_source(source: pathlib.Path) -> None:
    """Lays out what Sphinx reads."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "docs/site", source)
    (source / "notebooks").mkdir()
    (source / "reference").mkdir()
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for notebook in notebooks:
        json.loads(notebook.read_text())
        shutil.copy(notebook, source / "notebooks")
    pages = [page for page in PAGES if (ROOT / "docs" / page).is_file()]
    for page in pages:
        shutil.copy(ROOT / "docs" / page, source)
    reference = Reference(source / "reference")
    names = [name for name in map(reference.write, modules()) if name is not None]
    index = [(source / "index.md").read_text()]
    index += tree("Tutorials", [f"notebooks/{notebook.stem}" for notebook in notebooks])
    index += tree("Pages", [page.removesuffix(".md") for page in pages])
    index += tree("Reference", [f"reference/{name}" for name in names])
    (source / "index.md").write_text("\n".join(index) + "\n")


def online(site: pathlib.Path) -> Iterator[str]:
    """What in the site a browser would fetch from elsewhere."""
    for path in sorted(site.rglob("*")):
        pattern = {".html": FETCHES, ".css": FETCHES_IN_STYLES}.get(path.suffix)
        if pattern is not None:
            for found in pattern.finditer(path.read_text(errors="replace")):
                yield f"{path.relative_to(site)}: {found.group()}"


def main(arguments: list[str]) -> int:
    from sphinx.cmd.build import main as build

    if len(arguments) != 1:
        print(__doc__)
        return 2
    site = pathlib.Path(arguments[0]).resolve()
    source = site.with_name(site.name + "-source")
    write_source(source)
    trees = site.with_name(site.name + "-trees")
    options = ["-b", "html", "--fail-on-warning", "--keep-going", "--quiet", "-E", "-d", str(trees)]
    failed = build([*options, str(source), str(site)])
    fetched = list(online(site))
    for line in fetched:
        print(f"fetched when looked at: {line}")
    if failed or fetched:
        return 1
    print(f"the site is in {site / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
