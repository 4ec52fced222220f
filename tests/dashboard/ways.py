"""Ways through the dashboard as a person goes them."""
import json
import os
import statistics
import time
from urllib.parse import quote

import data
from browser import Watched
from support.server import ROOT, Server

SHOTS = ROOT / "build" / "dashboard"


def open_page(browser, server, **options):
    return Watched(browser, server.url, **options)


def no_complaints(watched):
    assert not watched.complaints(), watched.complaints()


# ---- registering ----

def type_text(page, text):
    """Replaces what is in the editor."""
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def registers_from_the_editor(browser, server):
    watched = open_page(browser, server)
    watched.allowed = ("404",)  # the subject is not there yet
    page = watched.open("/")
    page.get_by_role("link", name="New schema").first.click()
    page.get_by_label("Subject", exact=True).fill("greetings-value")
    type_text(page, '{"type": "record", "name": "Greeting", "fields": [{"name": "text", "type": "strin"}]}')
    page.get_by_role("heading", name="No valid Avro schema").wait_for()
    assert page.get_by_role("button", name="Register").is_disabled()
    type_text(page, '{"type": "record", "name": "Greeting", "fields": [{"name": "text", "type": "string"}]}')
    page.get_by_role("heading", name="Accepted").wait_for()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="greetings-value", level=1).wait_for()
    page.get_by_role("treegrid").get_by_text("text", exact=True).wait_for()
    answer = server.connect().request("GET", "/subjects/greetings-value/versions/latest")
    assert answer.status == 200 and "Greeting" in answer.json["schema"], answer
    no_complaints(watched)
    watched.close()


def understands_a_refusal_and_fixes_it(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/subjects/shipments-value/try")
    page.get_by_role("heading", name="No change yet").wait_for()
    schema = {"type": "record", "name": "Shipments", "fields": [
        {"name": "id", "type": "string"}, {"name": "weight", "type": "int"}]}
    type_text(page, json.dumps(schema, indent=2))
    page.get_by_role("heading", name="Refused").wait_for()
    assert page.get_by_role("button", name="Register").is_disabled()
    finding = page.locator(".finding.refused").first
    assert "weight" in finding.inner_text(), finding.inner_text()
    witness = finding.locator(".witness")
    assert '"id"' in witness.inner_text(), witness.inner_text()
    assert "cannot be read with the new schema" in witness.inner_text(), witness.inner_text()
    assert page.locator(".cm-lintRange-error").count() == 1          # on its line
    page.locator(".cm-lint-marker-error").wait_for()
    finding.get_by_role("button", name="Apply").click()
    page.get_by_role("heading", name="Accepted").wait_for()
    assert page.locator(".finding.refused").count() == 0
    page.get_by_role("button", name="Register").click()
    page.get_by_role("treegrid").get_by_text("weight", exact=True).wait_for()
    answer = server.connect().request("GET", "/subjects/shipments-value/versions/2")
    assert answer.status == 200 and '"default"' in answer.json["schema"], answer
    no_complaints(watched)
    watched.close()


def starts_from_a_refused_change(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/refusals")
    page.get_by_role("link", name="orders-value").click()
    page.get_by_text("See it happen").first.wait_for()
    page.get_by_role("link", name="Fix it").click()
    page.get_by_role("heading", name="Refused").wait_for()
    page.locator(".finding.refused", has_text="channel").wait_for()
    page.get_by_role("button", name="Fix it all").click()
    page.get_by_role("heading", name="Accepted").wait_for()
    page.get_by_text("Under other levels").click()
    page.locator(".level-verdict.accepted", has_text="none").wait_for()
    page.locator(".level-verdict.refused").first.wait_for()
    no_complaints(watched)
    watched.close()


# ---- finding ----

def finds_a_field_everywhere(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/")
    page.get_by_role("grid").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("CURREN", delay=20)
    result = page.locator(".results li", has_text="currency").first
    result.wait_for()
    subjects = {text for text in ("shop.Money", "payments-value") if page.locator(".results li", has_text=text).count()}
    assert subjects == {"shop.Money", "payments-value"}, subjects
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("tr.found", has_text="currency").wait_for()
    no_complaints(watched)
    watched.close()


def goes_by_keys_alone(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/")
    page.locator(".grid-row").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the content"
    page.get_by_label("Filter by name").focus()
    page.keyboard.type("orders")
    page.get_by_text("2 matches").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", outline
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="orders-value", level=1).wait_for()
    row = page.get_by_role("treegrid").locator("tbody tr")
    row.first.focus()
    n = row.count()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("(n) => document.querySelectorAll('.outline tbody tr').length < n", arg=n)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert "orderId" in page.evaluate("() => document.activeElement.textContent")
    page.get_by_role("link", name="Who reads what").press("Enter")
    page.locator(".matrix a[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    label = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert label.startswith("Version 5 ") and label.endswith(" version 3"), label
    page.keyboard.press("Enter")
    page.get_by_role("columnheader", name="v5 reads v3").wait_for()
    no_complaints(watched)
    watched.close()


def moves_the_drawing(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/graph")
    node = page.locator(".graph-node", has_text="shop.Money").first
    node.wait_for()
    page.wait_for_timeout(300)
    place = node.bounding_box()
    page.locator(".graph-box").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    assert node.bounding_box()["x"] < place["x"] - 20
    page.keyboard.press("+")
    page.wait_for_timeout(100)
    assert node.bounding_box()["width"] > place["width"] * 1.1
    node.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="shop.Money", level=1).wait_for()
    no_complaints(watched)
    watched.close()


# ---- the rest ----

def reads_messages(browser, server):
    connection = server.connect()
    event = "00%08x" % connection.request("GET", "/subjects/logins-value/versions/latest").json["id"]
    watched = open_page(browser, server)
    page = watched.open("/message")
    box = page.get_by_label("Bytes", exact=True)
    box.fill(event + "0a6c6f67696e")
    page.get_by_role("heading", name="It can be read").wait_for()
    page.locator(".event-json", has_text='"login"').wait_for()
    box.fill(event + "0a6c6f")
    page.get_by_role("heading", name="It cannot be read").wait_for()
    assert page.locator(".byte.bad").count() > 0
    box.fill("hello?")
    page.get_by_text("neither hex nor base64").wait_for()
    no_complaints(watched)
    watched.close()


def sets_a_level(browser, server):
    watched = open_page(browser, server)
    watched.allowed = ("404",)  # nothing was set for this subject before
    page = watched.open("/subjects/orders-value/settings")
    page.get_by_role("heading", name="What backward would do here").wait_for()
    page.get_by_label("full transitive").check()
    page.get_by_text("would have been refused").wait_for()
    page.get_by_role("button", name="Set full transitive for this subject").click()
    page.locator(".in-force td.winning", has_text="FULL_TRANSITIVE").wait_for()
    assert server.connect().request("GET", "/config/orders-value").json["compatibilityLevel"] == "FULL_TRANSITIVE"
    page.get_by_role("button", name="Take back what is set here").first.click()
    page.locator(".in-force td.winning", has_text="BACKWARD").wait_for()
    assert server.connect().request("GET", "/config/orders-value").status == 404
    no_complaints(watched)
    watched.close()


def shows_names_as_text(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/")
    page.get_by_text(data.SCRIPT).click()
    page.get_by_role("heading", name=data.SCRIPT).wait_for()
    for tab in ("history", "references", "settings", "try", "versions/1?view=text"):
        page = watched.open("/subjects/%s/%s" % (quote(data.SCRIPT, safe=""), tab))
        page.get_by_role("heading", name=data.SCRIPT).wait_for()
        watched.settled()
    page = watched.open("/search?q=bold")
    page.locator(".results").wait_for()
    assert page.locator("main b, main img").count() == 0
    watched.found = [one for one in watched.found if "404" not in one]
    no_complaints(watched)
    watched.close()


def fits_a_phone(browser, server):
    for path in ("/", "/subjects/orders-value", "/subjects/orders-value/diff", "/subjects/orders-value/try", "/rules", "/settings"):
        watched = open_page(browser, server, viewport={"width": 390, "height": 800})
        page = watched.open(path)
        watched.settled()
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= 390, "%s is %d pixels wide" % (path, wide)
        watched.close()


def follows_what_others_do(browser, server):
    watched = open_page(browser, server)
    page = watched.open("/?q=brand-new")
    page.get_by_text("No subject matches").wait_for()
    data.register(server.connect(), "brand-new-value", {"type": "string"})
    page.locator(".grid-row", has_text="brand-new-value").wait_for(timeout=12000)
    no_complaints(watched)
    watched.close()


def gives_commands(browser, server):
    watched = open_page(browser, server)
    for path in ("/", "/subjects/orders-value", "/subjects/orders-value/diff", "/subjects/orders-value/matrix", "/subjects/orders-value/references",
                 "/subjects/orders-value/history", "/search?q=id", "/message", "/settings", "/graph", "/activity", "/refusals", "/rules"):
        page = watched.open(path)
        page.get_by_text("The same from a terminal").click()
        text = page.locator(".commands").inner_text()
        assert "curl -s" in text and "\ntenon " in text and server.url in text, text
    no_complaints(watched)
    watched.close()


def prints_whole_lists(browser, server):
    watched = open_page(browser, server, viewport={"width": 1000, "height": 420})
    page = watched.open("/")
    watched.settled()
    assert page.locator(".grid-row").count() > 0
    total = server.connect().request("GET", "/api/v1/overview?limit=1").json["total"]
    page.evaluate("""() => window.addEventListener('beforeprint', () => {
        window.printed = document.querySelectorAll('.grid-row:not(.waiting)').length;
    })""")
    page.pdf(path=str(SHOTS / "overview.pdf"))
    assert page.evaluate("() => window.printed") == total, (page.evaluate("() => window.printed"), total)
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    boxes = [row.bounding_box() for row in page.locator(".grid-row").all()]
    assert all(above["y"] + above["height"] <= below["y"] + 1 for above, below in zip(boxes, boxes[1:])), "rows lie upon each other"
    assert not page.locator(".side").is_visible() and not page.locator(".commands").first.is_visible()
    page.screenshot(path=str(SHOTS / "overview-print.png"), full_page=True)
    page = watched.open("/subjects/orders-value")
    watched.settled()
    page.emulate_media(media="print")
    assert page.get_by_text("orderId", exact=True).is_visible() and not page.get_by_role("link", name="Try a change").is_visible()
    no_complaints(watched)
    watched.close()


CASES = [
    prints_whole_lists,
    registers_from_the_editor, understands_a_refusal_and_fixes_it, starts_from_a_refused_change, finds_a_field_everywhere,
    goes_by_keys_alone, moves_the_drawing, reads_messages, sets_a_level, shows_names_as_text, fits_a_phone,
    follows_what_others_do, gives_commands,
]


def check(tally, browser, server, only):
    for case in CASES:
        if only in case.__name__:
            tally.case(case.__name__.replace("_", " "), case, browser, server)


# ---- servers of their own ----

def tells_that_the_server_is_gone(browser, server):
    data.register(server.connect(), "a-value", {"type": "string"})
    watched = Watched(browser, server.url)
    watched.allowed = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    page = watched.open("/subjects/a-value/try")
    page.get_by_role("heading", name="No change yet").wait_for()
    port = server.port
    server.stop()
    page.get_by_text("The server does not answer.").wait_for(timeout=15000)
    page.get_by_text("Not reachable").wait_for()
    page.get_by_role("link", name="Activity").click()
    page.get_by_text("will be here once it is back").wait_for()
    server.arguments = ["--listen", "127.0.0.1:%d" % port]
    server.spawn()
    page.locator(".event", has_text="a-value").wait_for(timeout=15000)
    page.locator(".lost-banner").wait_for(state="detached")
    no_complaints(watched)
    watched.close()


def check_lost(tally, browser, arguments, folder):
    if arguments.only not in "tells_that_the_server_is_gone":
        return
    with Server(arguments.tenon, folder + "/lost.db") as server:
        server.start()
        tally.case("tells that the server is gone, and goes on when it is back", tells_that_the_server_is_gone, browser, server)


def begins_from_nothing(browser, server, shots):
    watched = Watched(browser, server.url)
    page = watched.open("/")
    page.get_by_role("heading", name="Nothing is registered yet").wait_for()
    page.screenshot(path=str(shots / "welcome.png"))
    page.get_by_role("button", name="Look around with examples").click()
    page.locator(".grid-row", has_text="orders-value").wait_for()
    no_complaints(watched)
    watched.close()


def check_empty(tally, browser, arguments, folder):
    if arguments.only not in "begins_from_nothing":
        return
    with Server(arguments.tenon, folder + "/empty.db") as server:
        server.start()
        tally.case("begins from nothing", begins_from_nothing, browser, server, arguments.shots)


# Types a text into the filter and waits until the rows are those that match; the milliseconds that took.
FILTER = """([text, count]) => new Promise((resolve, reject) => {
	const input = document.querySelector(".filter input");
	const begin = performance.now();
	const look = () => {
		const foot = document.querySelector(".grid-foot").textContent;
		const rows = [...document.querySelectorAll(".grid-row:not(.waiting)")];
		if (foot.startsWith(count) && rows.length > 0 && rows.every((row) => row.textContent.includes(text)))
			requestAnimationFrame(() => resolve(performance.now() - begin));
		else if (performance.now() - begin > 5000) reject(new Error(foot));
		else requestAnimationFrame(look);
	};
	input.value = text;
	input.dispatchEvent(new InputEvent("input", { bubbles: true }));
	look();
})"""


def lists_many_at_once(browser, server, shots):
    firsts = []
    for _ in range(3):
        watched = Watched(browser, server.url)
        page = watched.open("/")
        page.wait_for_function("() => window.firstRow")
        firsts.append(page.evaluate("() => window.firstRow"))
        no_complaints(watched)
        watched.close()
    print("  first rows after %s ms" % ", ".join("%.0f" % ms for ms in firsts))
    assert statistics.median(firsts) < 1000, firsts
    watched = Watched(browser, server.url)
    page = watched.open("/")
    page.get_by_text("10,000 subjects").first.wait_for()
    page.screenshot(path=str(shots / "many.png"))
    times = [page.evaluate(FILTER, [text, count]) for text, count in (
        ("team7.", "200 "), ("topic-0999", "10 "), ("topic-01234", "1 "), ("topic-00", "1,000 "), ("value", "10,000 "))]
    print("  filtered after %s ms" % ", ".join("%.0f" % ms for ms in times))
    assert statistics.median(times) < 100, times
    page.get_by_label("Filter by name").fill("")
    page.get_by_text("10,000 subjects").first.wait_for()
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    page.locator(".grid-row[aria-rowindex='10001']:not(.waiting)", has_text="team9.").wait_for()
    assert page.locator(".grid-row").count() < 80
    no_complaints(watched)
    watched.close()


def processor_ms(server):
    """What the server has spent so far, whatever else the machine does."""
    with open("/proc/%d/stat" % server.pid, encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def answers_fast(server):
    connection = server.connect()
    for path in ("limit=100", "q=topic-0123&limit=100", "sort=-changed&offset=5000&limit=100", "type=AVRO&sort=owner&limit=100"):
        times, rounds, before = [], 30, processor_ms(server)
        for _ in range(rounds):
            begin = time.perf_counter()
            answer = connection.request("GET", "/api/v1/overview?" + path)
            times.append((time.perf_counter() - begin) * 1000)
            assert answer.status == 200, answer
        spent = (processor_ms(server) - before) / rounds
        print("  overview?%s: %.1f ms, %.1f of them the server's" % (path, statistics.median(times), spent))
        assert spent < 20, spent


def check_many(tally, browser, arguments, folder):
    if arguments.only not in "lists_many_at_once answers_fast":
        return
    with Server(arguments.tenon, folder + "/many.db", arguments=["--access-log=false"]) as server:
        server.start()
        data.fill_many(server)
        tally.case("a page of 10,000 subjects takes the server under 20 ms", answers_fast, server)
        tally.case("10,000 subjects: shown within a second, filtered within 100 ms", lists_many_at_once, browser, server,
                   arguments.shots)
