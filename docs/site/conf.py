"""Sphinx's settings for the site of the Python package; `cargo xtask docs` builds it (python/tools/website.py)."""

project = "wengert"
author = "the wengert contributors"
project_copyright = "the wengert contributors"

extensions = ["myst_nb"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["README.md"]

# The notebooks are committed with their outputs, which the tests compare with fresh ones.
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
# Links from the repository's own pages to files of it.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "wengert"
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
# Nothing is fetched when a page is looked at: formulas are MathML, which browsers draw by themselves, and there are no widgets.
html_math_renderer = "mathml"
html_js_files: list[str] = []


def _formula(translator, node, as_block):
    """Writes a formula as MathML, which docutils makes of it."""
    from docutils import nodes
    from docutils.utils.math.latex2mathml import tex2mathml

    formula = tex2mathml(node.astext(), as_block=as_block)
    translator.body.append(f'<div class="math">{formula}</div>' if as_block else formula)
    raise nodes.SkipNode


def setup(app):
    """Registers the renderer of formulas."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(lambda translator, node: _formula(translator, node, False), None),
        block_renderers=(lambda translator, node: _formula(translator, node, True), None),
    )
