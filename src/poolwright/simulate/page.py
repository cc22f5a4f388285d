"""Pages that need nothing else: a template, its charts and the numbers behind them in one file of HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poolwright import __version__
from poolwright.errors import PoolwrightError
from poolwright.extras import require
from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.prices import GENERATED

# Title, one sentence, plotly figure.
Chart = tuple[str, str, Any]


def render(template: str, charts: Mapping[str, Chart], summary: Mapping[str, Any], **context: Any) -> str:
    """Return a page; `summary` is embedded as JSON, the rest of `context` is the template's own."""
    jinja2 = require("jinja2", "sim")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("poolwright.simulate", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["made_by"] = lambda source: in_words(source).removeprefix(f"{GENERATED}: ")
    page: str = environment.get_template(f"{template}.html.j2").render(
        kind=template,
        version=__version__,
        charts={
            key: {"title": title, "text": text, "json": _inline(figure.to_json())}
            for key, (title, text, figure) in charts.items()
        },
        plotly_js=require("plotly.offline", "sim").get_plotlyjs(),
        summary=_inline(json.dumps(summary)),
        **context,
    )
    return page


def write(path: str | Path, page: str) -> Path:
    """Write a page; PoolwrightError when it cannot be. Returns the path."""
    target = Path(path)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise PoolwrightError(
            f"{target}: cannot be written ({error.strerror}). Choose another path."
        ) from error
    return target


def _inline(text: str) -> str:
    """Keep tags inside JSON's strings from being read as the page's own."""
    return text.replace("<", "\\u003c")
