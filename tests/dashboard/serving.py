"""How the page's files are served: types, caching, compression, policy, and what is no page."""
import gzip
import re

HTML = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")


def check_page(tally, connection):
    for path in ("/ui", "/ui/", "/ui/subjects/a%2Fb/versions/3", "/ui/rules/AVRO-X?x=1"):
        answer = connection.request("GET", path, headers=[HTML])
        headers = answer.headers
        tally.check("%s is the page" % path, answer.status == 200 and b"<div id=\"app\">" in answer.body, answer)
        tally.check("%s is HTML" % path, headers["content-type"] == "text/html; charset=utf-8", headers)
        tally.check("%s is asked for again" % path, headers["cache-control"] == "no-cache", headers)
        policy = headers.get("content-security-policy", "")
        tally.check("%s has a strict policy" % path,
                    "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy and
                    "data:" not in policy, policy)
        tally.check("%s cannot be framed" % path, "frame-ancestors 'none'" in policy, policy)
        tally.check("%s has nothing inline" % path,
                    not re.search(rb"<script(?![^>]*\ssrc=)|<style|\son\w+=|style=", answer.body), answer)


def check_files(tally, connection):
    page = connection.request("GET", "/ui/").body.decode()
    files = sorted(set(re.findall(r'"(/ui/assets/[^"]+)"', page)))
    tally.check("the page names its files", len(files) >= 3, files)
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    for path in files:
        plain = connection.request("GET", path)
        tally.check("%s: type" % path, plain.headers["content-type"] == types[path.rsplit(".", 1)[1]], plain.headers)
        tally.check("%s: kept for ever" % path, "immutable" in plain.headers["cache-control"], plain.headers)
        tally.check("%s: taken as what it is" % path, plain.headers["x-content-type-options"] == "nosniff", plain.headers)
        packed = connection.request("GET", path, headers=[("Accept-Encoding", "gzip")])
        if packed.headers.get("content-encoding") == "gzip":
            tally.check("%s: the same compressed" % path, gzip.decompress(packed.body) == plain.body)
            tally.check("%s: smaller compressed" % path, len(packed.body) < len(plain.body))
        else:
            tally.check("%s: small enough as it is" % path, len(plain.body) < 1000, len(plain.body))
    first = sum(len(connection.request("GET", path, headers=[("Accept-Encoding", "gzip")]).body) for path in files)
    tally.check("what is loaded first is small", first < 80000, first)


def check(tally, server):
    connection = server.connect()
    check_page(tally, connection)
    check_files(tally, connection)
    answer = connection.request("GET", "/", headers=[HTML])
    tally.check("a browser is sent from / to the page", (answer.status, answer.headers.get("location")) == (302, "/ui/"), answer)
    answer = connection.request("GET", "/")
    tally.check("a client is not", (answer.status, answer.body) == (200, b"{}"), answer)
    answer = connection.request("GET", "/ui/assets/nothing.js")
    tally.check("a file that is not there", (answer.status, answer.error_code) == (404, 404), answer)
    answer = connection.request("POST", "/ui/", "{}")
    tally.check("the page is only read", answer.status == 405, answer)
    answer = connection.request("GET", "/ui/assets/licences.txt")
    tally.check("licences are named", b"preact" in answer.body and b"@codemirror/view" in answer.body, answer)
    connection.close()
