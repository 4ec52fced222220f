#!/usr/bin/env python3
"""The dashboard in a real browser on a real server: every view, the ways through it, its promises.

    run.py [--tenon BINARY] [--shots FOLDER] [--only WORD]

A screenshot of each view is written to FOLDER (default: build/dashboard).
"""
import argparse
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import data
import serving
import ways
from browser import Watched, find_chromium, launched
from support.server import ROOT, Server, add_binary_argument
from support.tally import Tally
from views import DARK, EXPECTED_ERRORS, VIEWS

AXE = ROOT / "server/dashboard/node_modules/axe-core/axe.min.js"


def expect_texts(page, texts):
    for text in texts:
        options = text.split("|")
        page.wait_for_function(
            """(options) => {
				const read = (root) => [root.innerText ?? "", ...[...root.querySelectorAll("*")]
					.filter((e) => e.shadowRoot).map((e) => e.shadowRoot.textContent)].join("\\n")
					+ [...root.querySelectorAll("svg text")].map((e) => e.textContent).join("\\n");
				const all = read(document.body);
				return options.some((text) => all.includes(text));
			}""", arg=options)


def check_view(tally, watched, shots, name, path, texts):
    page = watched.open(path)
    expect_texts(page, texts)
    watched.settled()
    page.screenshot(path=str(shots / (name + ".png")))
    bad = watched.accessibility()
    tally.check("%s: axe-core finds nothing serious" % name, not bad, "\n  ".join(bad))
    page.reload()
    expect_texts(page, texts)
    watched.settled()
    if name in DARK:
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=str(shots / (name + "-dark.png")))
        bad = watched.accessibility()
        tally.check("%s: axe-core finds nothing serious in the dark" % name, not bad, "\n  ".join(bad))
    complaints = watched.complaints()
    tally.check("%s: nothing to complain of" % name, not complaints, complaints)


def check_views(tally, browser, server, shots, only):
    axe = AXE.read_text()
    for name, path, texts in VIEWS:
        if only and only not in name:
            continue
        watched = Watched(browser, server.url, axe)
        watched.allowed = EXPECTED_ERRORS.get(name, ())
        tally.case("%s is there, and after a reload" % name, check_view, tally, watched, shots, name, path, texts)
        watched.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--shots", type=pathlib.Path, default=ROOT / "build" / "dashboard")
    parser.add_argument("--only", default="", help="only cases with this word in their name")
    arguments = parser.parse_args()
    tally = Tally()
    chromium = find_chromium()
    tally.check("there is a browser", chromium, "install Debian's chromium")
    tally.check("there is axe-core", AXE.is_file(), "it comes with the build of the dashboard")
    if not chromium or not AXE.is_file():
        tally.finish()
    arguments.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched(chromium) as browser:
        with Server(arguments.tenon, folder + "/shop.db") as server:
            server.start()
            data.fill(server.connect())
            if not arguments.only:
                serving.check(tally, server)
            check_views(tally, browser, server, arguments.shots, arguments.only)
            ways.check(tally, browser, server, arguments.only)
        ways.check_lost(tally, browser, arguments, folder)
        ways.check_empty(tally, browser, arguments, folder)
        ways.check_many(tally, browser, arguments, folder)
    tally.finish()


if __name__ == "__main__":
    main()
