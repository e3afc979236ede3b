"""The page that leads to the reports of all datasets."""

from pathlib import Path

from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.pages.asked import answer
from workflow_scripts.report.pages.inline import gallery
from workflow_scripts.report.pages.rendering import rendered
from workflow_scripts.tables.files import whole


def write_report_of_all(catalogue: Path, pictures: Path, page: Path) -> None:
    """Write that page.

    Args:
        catalogue: that is asked.
        pictures: the folder of the pictures of all datasets.
        page: the file.
    """
    with asking(catalogue) as ask:
        datasets = answer(ask, "datasets")
    html = rendered("index.html.j2", datasets=datasets.rows.to_dicts(), sql=datasets.sql, pictures=gallery(pictures))
    with whole(page) as part:
        part.write_text(html, encoding="utf-8")
