"""Words of pictures: text from outside as a picture can show it, and numbers as people read them."""

import re
from collections.abc import Iterable, Sequence

from workflow_scripts.report.drawing.style import LONGEST

_JOINERS = "\u200c\u200d"
"""Cannot be seen, and belong to words of Persian, Hindi and others, and to pictures of people."""


NO_NAME = "(no name)"
"""What is called nothing that can be seen."""


def shown(text: str, longest: int = LONGEST) -> str:
    r"""Text from outside in one line of bounded length, without what XML cannot hold or what turns the line around.

    >>> shown("Dog\n\x07bark \u202e"), shown("x" * 500, 5)
    ('Dog \ufffdbark \ufffd', 'xxxx…')
    """
    line = " ".join(text.split())
    line = "".join(one if one.isprintable() or one in _JOINERS else "\ufffd" for one in line)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def labels(texts: Iterable[str], longest: int = LONGEST) -> list[str]:
    """Names beside an axis, as `shown`; those that would be the same are numbered, as one place has one name.

    >>> labels(["Dog", "Cat", "Dog"])
    ['Dog', 'Cat', 'Dog (2)']
    """
    made: dict[str, None] = {}
    for text in texts:
        name = one = shown(text, longest) or NO_NAME
        number = 1
        while one in made:
            number += 1
            one = f"{name} ({number})"
        made[one] = None
    return list(made)


def quoted(text: str) -> str:
    """A name from outside in a sentence; one that is read from the right turns nothing else around."""
    return f"“\u2068{shown(text) or NO_NAME}\u2069”"


def listed(words: Sequence[str]) -> str:
    """Words in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number(value: float) -> str:
    """A number with three digits or more.

    >>> number(2084320), number(12.345), number(0.01234)
    ('2,084,320', '12.3', '0.0123')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def signed(change: int) -> str:
    """A change, with a sign.

    >>> signed(1200), signed(0)
    ('+1,200', '±0')
    """
    return f"{change:+,}".replace("-", "\N{MINUS SIGN}") if change else "±0"


def counted(count: int, one: str, many: str | None = None) -> str:
    """So many of something.

    >>> counted(1, "clip"), counted(1200, "clip"), counted(2, "class", "classes")
    ('1 clip', '1,200 clips', '2 classes')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def are(count: float) -> str:
    """The verb of so many.

    >>> are(1), are(0), are(2)
    ('is', 'are', 'are')
    """
    return "is" if count == 1 else "are"


def share(part: float, whole: float) -> str:
    """A share in per cent, which is 0 or 100 only where that is so.

    >>> share(1, 3), share(0, 3), share(1, 1_000_000), share(999_999, 1_000_000), share(0, 0)
    ('33 %', '0 %', '< 0.1 %', '> 99.9 %', '0 %')
    """
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0, 100) or 10 <= percent <= 90 else f"{percent:.1f} %"


def seconds(value: float) -> str:
    """A duration as people say it.

    >>> seconds(10), seconds(0.25), seconds(600), seconds(7300)
    ('10 s', '0.25 s', '10 min', '2.03 h')
    """
    if value < 120:
        return f"{value:.3g} s"
    return f"{value / 60:.3g} min" if value < 7200 else f"{number(value / 3600)} h"


def sentence_case(text: str) -> str:
    """Its first letter a capital.

    >>> sentence_case("10 clips, of which one is lost"), sentence_case("all is there")
    ('10 clips, of which one is lost', 'All is there')
    """
    return re.sub(r"^\w", lambda first: first[0].upper(), text)
