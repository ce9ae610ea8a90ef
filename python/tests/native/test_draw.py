"""Drawings of graphs."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import wengert


def net() -> tuple[wengert.Tensor, wengert.Tensor, wengert.Tensor]:
    w = wengert.ones(3, 2, requires_grad=True)
    b = wengert.zeros(2, requires_grad=True)
    return w, b, (wengert.ones(4, 3) @ w + b).tanh().sum()


def test_line_26_draw_names_the_leaves(tmp_path: Path) -> None:
    w, b, loss = net()
    picture = wengert.draw(loss, names={w: "weights", b: "offset"})
    for text in (picture.dot(), picture.svg()):
        assert "weights" in text and "offset" in text
    assert picture.dot().lstrip().startswith("digraph")
    assert wengert.draw(loss, weights=w).dot().count("weights") == 1
    root = ElementTree.fromstring(picture.svg())
    assert root.tag.endswith("svg")
    assert picture._repr_svg_() == picture.svg()
    assert picture.png()[:8] == b"\x89PNG\r\n\x1a\n"
    for ending in ("svg", "png", "dot"):
        picture.save(tmp_path / f"graph.{ending}")
        assert (tmp_path / f"graph.{ending}").stat().st_size > 100
    with pytest.raises(ValueError, match=r"saved as \.svg, \.png or \.dot"):
        picture.save("graph.jpg")


def test_line_26_a_png_that_matplotlib_reads(tmp_path: Path) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    path = tmp_path / "graph.png"
    wengert.draw(net()[2]).save(str(path))
    image = plt.imread(path)
    assert image.ndim == 3 and min(image.shape[:2]) > 50 and np.ptp(image) > 0.5


def test_draw_takes_trees_and_says_what_it_cannot() -> None:
    w, b, loss = net()
    assert "sum" in wengert.draw({"loss": loss, "more": [w * 2]}).dot().lower()
    with pytest.raises(TypeError, match="no tensor"):
        wengert.draw(3.0)
    with pytest.raises(TypeError, match="names maps tensors"):
        wengert.draw(loss, names={"w": 3})  # type: ignore[dict-item]
    assert "w1" in wengert.draw(loss, names={"w1": w}).dot()  # type: ignore[dict-item]
