"""Templates, filled in: what is filled in is text, in HTML as in Markdown, and a name that there is not is an error."""

import re
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from workflow_scripts.report.drawing import style
from workflow_scripts.report.drawing.words import counted, seconds, share, shown
from workflow_scripts.report.pages.words import hours

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 2_000
"""Letters of a text in Markdown."""
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!&~$^=])")


def rendered(template: str, **filled_in: Any) -> str:
    """A page of HTML, or a text of Markdown (`.md.j2`)."""
    is_markdown = template.endswith(".md.j2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=not is_markdown,
        finalize=_as_markdown if is_markdown else None,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"hours": hours, "share": share, "counted": counted, "seconds": seconds, "marked": _marked}
    environment.filters["parted"] = _parted
    environment.globals |= {"INK": style.INK, "PAPER": style.PAPER}
    return environment.get_template(template).render(filled_in)


def _as_markdown(value: Any) -> Any:
    r"""A text in one line that Markdown takes for nothing but text.

    >>> _as_markdown("a|b\n<i> `c`"), _as_markdown(12)
    ('a\\|b \\<i\\> \\`c\\`', 12)
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _MARKS.sub(r"\\\1", shown(value, LONGEST))


def _parted(name: str) -> Markup:
    """A name of our own that may go on in the next line after each `_`."""
    return Markup("_<wbr>").join(name.split("_"))


def _marked(words: str) -> Markup:
    """Words of our own, in which what stands between backticks is code."""
    parts = enumerate(words.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts)
