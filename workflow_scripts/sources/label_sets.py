"""What stands in a list's cells of labels: which classes, and how they are written.

Labels are class ids or names (in capital or small letters), between commas, `;`, `|` or blanks, or in a list, tuple or
set as Python and JSON write it. Which of these a list keeps to is decided once for all of it, by what makes the most
known classes of its labels.

Two million clips share some fifty thousand texts, so everything about labels is worked out once a text, and clips take
it over by a join on the number of its label set.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

LISTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
"""A text in quotes, as one member of a list."""
BRACKETS = ("[]", "()", "{}")
CLASS_ID = r"/[mgt]/[0-9a-z_]+"
BETWEEN_NAMES = r"[^\w ,().'-]+|_+| (?:and|-+) "
"""What people might write between names, beside what is read."""


@dataclass(frozen=True)
class LabelForm:
    """How labels are written.

    Attributes:
        between: what stands between two of them.
        named: they are names of classes, not ids.
        in_brackets: brackets and quotes around them do not count.
    """

    between: str = ","
    named: bool = False
    in_brackets: bool = False

    def __str__(self) -> str:
        """In the words of a log.

        >>> str(LabelForm(";", named=True))
        'names of classes between ";"'
        """
        what = "names of classes" if self.named else "class ids"
        between = "blanks" if self.between == " " else f'"{self.between}"'
        return f"{what} between {between}" + (" in brackets" if self.in_brackets and self.between == "," else "")


OFFICIAL = LabelForm()
FORMS = (
    OFFICIAL,
    *(LabelForm(between, in_brackets=True) for between in (",", ";", "|", " ")),
    *(LabelForm(between, named=True) for between in (",", ";", "|")),
)
"""In the order in which a tie is decided: a list whose rows have one label each fits several."""


def read_label_sets(texts: pl.Series, classes: pl.DataFrame) -> tuple[LabelForm, pl.DataFrame]:
    """The form in which the most of the labels are known classes, and the label sets in it.

    Args:
        texts: of labels.
        classes: the `classes` table.

    Returns:
        The form, and one row a distinct text, as `split_sets` makes them.
    """
    texts = texts.drop_nulls().unique(maintain_order=True)
    best, most = (OFFICIAL, pl.DataFrame()), (-1, 0)
    for form in FORMS:
        sets = split_sets(texts, classes, form)
        known, others = _counts(sets)
        if (known, -others) > most:
            best, most = (form, sets), (known, -others)
        if not others:
            break
    return best


def _counts(sets: pl.DataFrame) -> tuple[int, int]:
    """How many labels are known classes, and how many are not.

    Their number, not their share: in a form that splits nothing, a text of several labels is one that is not known.
    """
    known, others = (
        sets.select(pl.sum_horizontal(pl.col(*names).list.len()).sum()).item()
        for names in (["class_ids"], ["unknown", "ambiguous"])
    )
    return known or 0, others or 0


def split_sets(texts: pl.Series, classes: pl.DataFrame, form: LabelForm = OFFICIAL) -> pl.DataFrame:
    """Split each distinct text of labels and look the classes up.

    Args:
        texts: `a,b,c` in the form: quotes, blanks and empty fields around the labels do not count.
        classes: the `classes` table.
        form: how they are written.

    Returns:
        One row a distinct text: `text`, `label_set` (its number), `class_ids` and `class_names` (known classes, each
        once, in the order of the text), `unknown`, `ambiguous` (names of several classes) and `repeated` (labels left
        out, and why), `labels` (how many stand there).
    """
    sets = texts.drop_nulls().unique(maintain_order=True).alias("text").to_frame().with_row_index("label_set")
    labels = _names(sets["text"], form, classes) if form.named else _ids(form)
    tokens = (
        sets.select("label_set", label=labels)
        .explode("label")
        .filter(pl.col("label") != "")
        .with_columns(key=_folded(pl.col("label")) if form.named else "label")
        .join(_vocabulary(classes, form), on="key", how="left", maintain_order="left")
        .with_columns(first=pl.struct("label_set", pl.coalesce("class_id", "label")).is_first_distinct())
    )
    known, once = pl.col("class_id").is_not_null(), pl.col("first")
    several = pl.col("classes").fill_null(0) > 1
    by_set = tokens.group_by("label_set", maintain_order=True).agg(
        class_ids=pl.col("class_id").filter(known & once),
        class_names=pl.col("name").filter(known & once),
        unknown=pl.col("label").filter(~known & ~several & once),
        ambiguous=pl.col("label").filter(several & once),
        repeated=pl.col("label").filter(~once).unique(maintain_order=True),
        labels=pl.len(),
    )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    lists = ("class_ids", "class_names", "unknown", "ambiguous", "repeated")
    return sets.join(by_set, on="label_set", how="left", maintain_order="left").with_columns(
        pl.col("labels").fill_null(0), *(pl.col(name).fill_null(nothing) for name in lists)
    )


def run_together(sets: pl.DataFrame, classes: pl.DataFrame, form: LabelForm) -> pl.Series:
    """The texts in which several known classes, with something else between them, are taken for one that is not known.

    Args:
        sets: as split_sets makes them.
        classes: the `classes` table.
        form: that they were made in.
    """
    label = pl.col("label")
    parts = label.str.replace_all(BETWEEN_NAMES, ";").str.split(";") if form.named else label.str.extract_all(CLASS_ID)
    unknown = sets.select("text", label="unknown").explode("label").drop_nulls("label")
    return (
        unknown.with_columns(key=parts)
        .explode("key")
        .with_columns(_folded(pl.col("key")))
        .join(_vocabulary(classes, form), on="key", how="semi", maintain_order="left")
        .group_by("text", "label", maintain_order=True)
        .agg(several=pl.len() > 1)
        .filter("several")["text"]
        .unique(maintain_order=True)
    )


def look_up(labels: pl.Series, classes: pl.DataFrame) -> pl.DataFrame:
    """The class of each label, which is a class id or, where it is none, a name.

    Returns:
        One row a distinct label: `label`, `class_id` (null where it is none), `classes` (how many are called so).
    """
    found = labels.drop_nulls().unique(maintain_order=True).alias("label").to_frame()
    found = found.with_columns(folded=_folded(pl.col("label")))
    ids = _vocabulary(classes, OFFICIAL).select(label="key", by_id="class_id")
    names = _vocabulary(classes, LabelForm(named=True)).select("classes", folded="key", by_name="class_id")
    return (
        found.join(ids, on="label", how="left", maintain_order="left")
        .join(names, on="folded", how="left", maintain_order="left")
        .select("label", pl.coalesce("by_id", "by_name").alias("class_id"), pl.col("classes").fill_null(0))
    )


def _vocabulary(classes: pl.DataFrame, form: LabelForm) -> pl.DataFrame:
    """`key`, `class_id` and `name` (null where several classes are called so), `classes` (how many are)."""
    if not form.named:
        return classes.select("class_id", "name", key="class_id", classes=pl.lit(1, pl.UInt32))
    one = pl.len() == 1
    return classes.group_by(key=_folded(pl.col("name")), maintain_order=True).agg(
        class_id=pl.when(one).then(pl.col("class_id").first()),
        name=pl.when(one).then(pl.col("name").first()),
        classes=pl.len(),
    )


def _ids(form: LabelForm) -> pl.Expr:
    if form == OFFICIAL:
        return pl.col("text").str.replace_all(r'["\s]+', "").str.split(",")
    bare = pl.col("text").str.replace_all(r"""[\[\](){}'"\\]+""", "").str.replace_all(r"\s+", " ")
    return bare.str.split(form.between).list.eval(pl.element().str.strip_chars())


def _folded(name: pl.Expr) -> pl.Expr:
    """A name by which it is found however its letters and blanks are written."""
    return name.str.strip_chars().str.replace_all(r"\s*,\s*", ",").str.to_lowercase()


def _names(texts: pl.Series, form: LabelForm, classes: pl.DataFrame) -> pl.Series:
    """The names in each text, with commas as in the vocabulary."""
    known = frozenset(classes.select(_folded(pl.col("name"))).to_series())
    return pl.Series([_names_in(text, form, known) for text in texts], dtype=pl.List(pl.String))


def _names_in(text: str, form: LabelForm, known: frozenset[str]) -> list[str]:
    if text[:1] + text[-1:] in BRACKETS:
        text = text.replace('""', '"').replace('\\"', '"')  # of a cell whose quotes were not taken off
        if members := [first or second for first, second in LISTED.findall(text)]:
            return [_spelled(re.sub(r"\\(.)", r"\1", member)) for member in members]
        text = text[1:-1]
    if form.between != ",":
        return [_spelled(part) for part in text.split(form.between)]
    return list(_longest([part.strip(' "\t') for part in text.split(",")], known))


def _spelled(name: str) -> str:
    return re.sub(r"\s*,\s*", ",", name.strip(' "\t'))


def _longest(parts: list[str], known: frozenset[str]) -> Iterator[str]:
    """Names that may hold commas themselves: at each part the longest that is known, or else the part."""
    most = 1 + max((name.count(",") for name in known), default=0)
    place = 0
    while place < len(parts):
        ends = range(min(len(parts), place + most), place, -1)
        end = next((end for end in ends if ",".join(parts[place:end]).lower() in known), place + 1)
        yield ",".join(parts[place:end])
        place = end
