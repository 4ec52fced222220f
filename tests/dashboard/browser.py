"""Debian's Chromium driven by Playwright, with an eye on what a page must never do."""
import contextlib
import shutil
import urllib.parse

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# In every page from its start: what the security policy stopped, and when the first row of a list was there.
WATCH = """
window.stopped = [];
document.addEventListener("securitypolicyviolation", (e) => window.stopped.push(e.violatedDirective + " " + e.blockedURI));
new MutationObserver((_, observer) => {
	if (!document.querySelector(".grid-row:not(.waiting)")) return;
	requestAnimationFrame(() => { window.firstRow = performance.now(); });
	observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


def find_chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextlib.contextmanager
def launched(path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page of its own context; `complaints` are what it did wrong so far."""

    def __init__(self, browser, base, axe=None, **options):
        self.base, self.axe = base, axe
        self.context = browser.new_context(viewport=options.pop("viewport", {"width": 1440, "height": 900}),
                                           reduced_motion="reduce", **options)
        self.context.set_default_timeout(8000)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.found, self.allowed = [], ()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.found.append("error: %s" % error))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _console(self, message):
        if message.type in ("error", "warning") and not any(text in message.text for text in self.allowed):
            self.found.append("console: %s (%s)" % (message.text, message.location.get("url", "")))

    def _dialog(self, dialog):
        self.found.append("dialog: %s" % dialog.message)
        dialog.dismiss()

    def _request(self, request):
        there = urllib.parse.urlsplit(request.url)
        if "%s://%s" % (there.scheme, there.netloc) != self.base:
            self.found.append("a request to %s" % request.url)

    def open(self, path):
        self.page.goto(self.base + "/ui" + path)
        return self.page

    def settled(self):
        """Waits until nothing is loading."""
        self.page.wait_for_function("() => !document.querySelector('.loading, .grid-row.waiting, .code-plain')")
        self.page.wait_for_load_state("networkidle")

    def complaints(self):
        stopped = self.page.evaluate("() => window.stopped")
        return self.found + ["security policy: %s" % one for one in stopped]

    def accessibility(self):
        """What axe-core calls serious or critical."""
        self.page.evaluate(self.axe)
        result = self.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return ["%s: %s (%s)" % (v["id"], v["help"], "; ".join(" ".join(map(str, n["target"])) + " " + n.get("failureSummary", "")[:160]
                                                                for n in v["nodes"][:3]))
                for v in result["violations"] if v["impact"] in ("serious", "critical")]

    def close(self):
        self.context.close()
