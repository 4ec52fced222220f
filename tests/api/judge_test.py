"""The judges judged: answers and texts that are wrong in one way each must be found."""
import prometheus
from scenario import matches
from support.http import Answer

ID = {"x-request-id": "1"}
TYPED = {**ID, "content-type": "application/json"}
VERSION = '{"subject":"s","version":1,"id":1,"guid":"5dc3f779-b8f9-f027-359c-6140cfb455e0","schemaType":"AVRO","schema":"x"%s}'
STORED = ',"ts":1,"deleted":false'
LATEST, LIST = "/subjects/s/versions/latest", "/subjects"

# method, target, status, headers, body
GOOD = [
    ("GET", LIST, 200, TYPED, '["a","b"]'),
    ("GET", LATEST, 200, TYPED, VERSION % STORED),
    ("POST", "/subjects/s", 200, TYPED, VERSION % ""),
    ("GET", LATEST, 404, TYPED, '{"error_code":40402,"message":"m"}'),
    ("GET", "/nothing", 404, ID, '{"error_code":404,"message":"m"}'),
    ("GET", LIST, 406, ID, '{"error_code":406,"message":"m"}'),
    ("PUT", LIST, 405, {**ID, "allow": "HEAD, GET, OPTIONS"}, '{"error_code":405,"message":"m"}'),
    ("OPTIONS", LIST, 200, {**ID, "content-type": "text/plain", "allow": "HEAD, GET, OPTIONS"}, "HEAD, GET, OPTIONS"),
    ("DELETE", "/contexts/.c", 204, ID, ""),
    ("GET", "/contexts/.c/config", 404, TYPED, '{"error_code":40408,"message":"m"}'),
    ("HEAD", LIST, 200, TYPED, ""),
    ("GET", LATEST + "/schema", 200, TYPED, "message M {}\n"),
]
BAD = [
    ("GET", LIST, 200, {"content-type": "application/json"}, "[]"),                       # no X-Request-ID
    ("GET", LIST, 200, TYPED, '["a", "b"]'),                                             # a blank
    ("GET", LIST, 200, TYPED, "[1]"),                                                    # not the type
    ("GET", LIST, 200, ID, "[]"),                                                        # no Content-Type
    ("GET", LIST, 200, {**ID, "content-type": "application/json;charset=utf-8"}, "[]"),  # another one
    ("GET", LIST, 201, TYPED, "[]"),                                                     # not documented
    ("GET", LATEST, 200, TYPED, VERSION % ""),                                           # ts and deleted are missing
    ("GET", LATEST, 200, TYPED, VERSION % (STORED + ',"x":1')),                          # one too many
    ("GET", LATEST, 200, TYPED, VERSION % (STORED + ',"ts":1')),                         # one twice
    ("GET", LATEST, 200, TYPED, VERSION.replace("5dc3", "5DC3") % STORED),               # no guid
    ("POST", "/subjects/s", 200, TYPED, VERSION % ',"ts":1'),                            # ts without deleted
    ("GET", LATEST, 404, TYPED, '{"error_code":40403,"message":"m"}'),                   # a code of others
    ("GET", LATEST, 404, TYPED, '{"error_code":42202,"message":"m"}'),                   # code and status
    ("GET", LATEST, 404, TYPED, '{"message":"m","error_code":40402}'),                   # the order
    ("GET", LATEST, 404, TYPED, '{"error_code":40402,"message":""}'),                    # no message
    ("GET", "/nothing", 404, TYPED, '{"error_code":404,"message":"m"}'),                 # a Content-Type
    ("GET", "/nothing", 200, ID, "{}"),                                                  # nothing there
    ("PUT", LIST, 405, ID, '{"error_code":405,"message":"m"}'),                          # no Allow
    ("PUT", LIST, 200, TYPED, "[]"),                                                     # no such operation
    ("OPTIONS", LIST, 200, {**ID, "content-type": "text/plain", "allow": "GET"}, "GET"),
    ("DELETE", "/contexts/.c", 204, ID, "{}"),
    ("HEAD", LIST, 200, TYPED, "[]"),
    ("GET", LATEST + "/schema", 200, TYPED, ""),                                         # no schema
]
MATCHED = [('{"a":*}', '{"a":1}', True), ('{"a":*}', '{"a":"x"}', True), ('{"a":*}', '{"a":1,"b":2}', False),
           ('{"a":*}', '{"a":{}}', False), ('["*"]', '["a\\"b"]', True), ('["*"]', '["a","b"]', False),
           ('["a*c"]', '["abc"]', True), ('["\\"*"]', '["\\"x"]', True), ("[1]", "[1] ", False), ("", "x", False)]

HEAD = "# HELP a_total x\n# TYPE a_total counter\n"
HISTOGRAM = "# HELP h x\n# TYPE h histogram\n"
METRICS = [HEAD + "a_total 1\n", HEAD + 'a_total{l="x\\"y"} 1\n',
           HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3.5\nh_count 2\n']
MALFORMED = [
    "a_total 1\n", HEAD + "a_total 1", HEAD + "a_total x\n", HEAD + "b_total 1\n", HEAD + "a_total 1\na_total 2\n",
    HEAD + "a_total -1\n", HEAD + 'a_total{l="x} 1\n', HEAD + 'a_total{l="x",l="y"} 1\n', HEAD + "a_total 1\n" + HEAD,
    HEAD + "a_total  1\n", HEAD + "a_total 1\n\n", "# TYPE a_total counter\na_total 1\n", "# HELP a x\n# TYPE a counter\na 1\n",
    HISTOGRAM + 'h_bucket{le="1"} 3\nh_bucket{le="+Inf"} 2\nh_sum 3.5\nh_count 2\n',
    HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3.5\nh_count 3\n',
    HISTOGRAM + 'h_bucket{le="1"} 1\nh_sum 3.5\nh_count 1\n', HISTOGRAM + 'h_bucket{le="+Inf"} 1\nh_count 1\n',
]


def is_malformed(text):
    try:
        prometheus.parse(text)
    except prometheus.Malformed:
        return True
    return False


def run(judge, tally):
    for method, target, status, headers, body in GOOD + BAD:
        answer = Answer(status, headers, body.encode())
        problems = judge.check(method, target, answer)
        wanted = (method, target, status, headers, body) in BAD
        tally.check("the judge on %s %s %d %s" % (method, target, status, body[:60]), bool(problems) == wanted, problems)
    for expected, text, wanted in MATCHED:
        tally.check("%s matches %s" % (expected, text), matches(expected, text) == wanted)
    for text in METRICS + MALFORMED:
        tally.check("metrics %r" % text[:60], is_malformed(text) == (text in MALFORMED))
