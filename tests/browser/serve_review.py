"""A served review page in Chromium, and a page of another server that would like to save too.

python -m tests.browser.serve_review ADDRESS OTHER: what the one and the other could do.
"""

import json
import sys

from tests.browser.opened import opened

PLAYED = """async () => {
    const player = document.querySelector("audio");
    await new Promise((ready, failed) => {
        player.onloadeddata = ready;
        player.onerror = () => failed(player.error.message);
        player.load();
    });
    const until = player.seekable.end(0);
    player.currentTime = 25;
    await new Promise(sought => { player.onseeked = sought; });
    return [until, player.currentTime, player.duration];
}"""
SAVED = """async rows => {
    const answer = await fetch("reviews", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({rows}),
    });
    return [answer.status, await answer.text(), await (await fetch("reviews")).json()];
}"""
TRIED = """async ([address, body]) => {
    const tries = [
        {method: "POST", headers: {"Content-Type": "application/json"}, body},
        {method: "POST", headers: {"Content-Type": "text/plain"}, body},
        {method: "POST", headers: {"Content-Type": "text/plain"}, body, mode: "no-cors"},
        {method: "GET"},
    ];
    const told = [];
    for (const one of tries) {
        try {
            const answer = await fetch(address + "reviews", one);
            told.push([answer.type, answer.status]);
        } catch (error) {
            told.push(String(error));
        }
    }
    const form = document.createElement("form");
    Object.assign(form, {method: "POST", action: address + "reviews", enctype: "text/plain", target: "shown"});
    const field = Object.assign(document.createElement("input"), {name: body.slice(0, -1) + ',"x":"', value: '"}'});
    const frame = Object.assign(document.createElement("iframe"), {name: "shown"});
    form.append(field);
    document.body.append(frame, form);
    form.submit();
    await new Promise(loaded => { frame.onload = loaded; });
    const shown = Object.assign(document.createElement("iframe"), {src: address});
    document.body.append(shown);
    await new Promise(loaded => { shown.onload = loaded; });
    return [told, shown.contentDocument === null];
}"""
ROW = {"clip_id": "a", "verdict": "keep", "reviewer": "ann", "reviewed_at": "2026-03-01T12:00:00Z"}


def main(address: str, other: str) -> None:
    """Print it."""
    with opened(address) as window:
        ours = {
            "played": window.page.evaluate(PLAYED),
            "saved": window.page.evaluate(SAVED, [ROW]),
            "ran": window.page.evaluate("[window.fromFile, window.inline]"),
            "wrong": [*window.wrong],
        }
        ours["too_much"] = window.page.evaluate(
            "fetch('reviews', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: ' '.repeat(2e6)})"
            ".then(answer => answer.status)"
        )
    with opened(other) as window:
        theirs = window.page.evaluate(TRIED, [address, json.dumps({"rows": [ROW | {"clip_id": "b"}]})])
    print(json.dumps({"ours": ours, "theirs": theirs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
