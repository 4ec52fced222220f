"""api-spec/openapi.yaml as a judge: which operation a request is, what its answers may be, what was seen of them."""
import json
import re

import jsonschema
import referencing
import referencing.jsonschema
import yaml

METHODS = ("get", "post", "put", "delete")
BASE = "urn:openapi"
JSON_TYPES = ("application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json")

# What is refused before an operation is chosen comes without a Content-Type.
WITHOUT_TYPE = {400, 404, 405, 406, 414}


class Operation:
    def __init__(self, document, path, method, node):
        self.path, self.method, self.node = path, method.upper(), node
        self.id = node["operationId"]
        self.parameters = [resolve(document, p) for p in document["paths"][path].get("parameters", []) +
                           node.get("parameters", [])]
        self.query = {p["name"] for p in self.parameters if p["in"] == "query"}
        self.body = resolve(document, node["requestBody"]) if "requestBody" in node else None
        self.responses = {int(status): resolve(document, r) for status, r in node["responses"].items()}
        self.codes = {status: error_codes(document, r) for status, r in self.responses.items() if status >= 400}
        self.plain = "406" not in node["responses"]

    def __repr__(self):
        return "%s %s" % (self.method, self.path)


def resolve(document, node):
    """The object a Reference Object stands for; anything else is itself."""
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def error_codes(document, response):
    """The error_code values that the schema of an error response admits."""
    schemas = [resolve(document, media["schema"]) for media in response["content"].values()]
    parts = [resolve(document, part) for schema in schemas for part in schema.get("anyOf", [schema])]
    return {code for part in parts for inner in part.get("allOf", [])
            for code in inner.get("properties", {}).get("error_code", {}).get("enum", [])}


def examples(media):
    named = [example["value"] for example in media.get("examples", {}).values()]
    return named + [media["example"]] if "example" in media else named


def without_prefix(segments):
    """The path behind a /contexts/{context} prefix; settings and mode are then those of the context."""
    if segments[0] != "contexts" or len(segments) < 3:
        return segments
    rest = segments[2:]
    return rest + [segments[1]] if rest in (["config"], ["mode"]) and segments[1] not in (".", ":.:") else rest


def members(document, schema):
    """The names of the members of an object, or of the objects of a list, that a schema describes."""
    schema = resolve(document, schema)
    names = set(schema.get("properties", {}))
    for part in schema.get("allOf", []) + ([schema["items"]] if "items" in schema else []):
        names |= members(document, part)
    return names


def sent_members(text):
    """The names of the members of JSON text that is an object or a list of objects."""
    try:
        value = json.loads(text or "null")
    except ValueError:
        return set()
    objects = value if isinstance(value, list) else [value]
    return {name for one in objects if isinstance(one, dict) for name in one}


def parse_json(text):
    """JSON without duplicate members."""
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(names) != len(set(names)):
            raise ValueError("duplicate members: %s" % names)
        return dict(pairs)
    return json.loads(text, object_pairs_hook=members)


def has_blanks(text):
    """Whether there is white space outside of strings."""
    return re.search(r"\s", re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)) is not None


class Contract:
    def __init__(self, text):
        self.text = text
        self.document = yaml.safe_load(text)
        self.operations = [Operation(self.document, path, method, item[method])
                           for path, item in self.document["paths"].items() for method in item if method in METHODS]
        self.by_id = {operation.id: operation for operation in self.operations}
        resource = referencing.jsonschema.DRAFT202012.create_resource(self.document)
        self.registry = referencing.Registry().with_resource(BASE, resource)
        self.validators = {}
        self.succeeded, self.queried, self.failed, self.errors = set(), set(), set(), []
        self.sent, self.answered = set(), set()      # (operation, member) of bodies and of answers

    # ---- finding ----

    def find(self, target):
        """The path template and the methods it has; (None, {}) for a path that is not there."""
        segments = without_prefix(target.split("?")[0].strip("/").split("/"))
        best = None
        for path in self.document["paths"]:
            wanted = path.strip("/").split("/")
            if len(wanted) == len(segments) and all(w == s or w.startswith("{") for w, s in zip(wanted, segments)):
                if best is None or path.count("{") < best.count("{"):
                    best = path
        return best, {o.method: o for o in self.operations if o.path == best}

    def allow(self, path):
        methods = {o.method for o in self.operations if o.path == path}
        names = [("HEAD, GET" if m == "GET" else m) for m in ("GET", "POST", "PUT", "DELETE") if m in methods]
        return ", ".join(names + ["OPTIONS"])

    # ---- judging ----

    def validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = json.loads(key.replace('"#/components', '"%s#/components' % BASE))
            self.validators[key] = jsonschema.Draft202012Validator(whole, registry=self.registry)
        return self.validators[key]

    def violations(self, schema, value):
        return ["%s: %s" % ("/".join(map(str, e.absolute_path)) or "body", e.message[:300])
                for e in self.validator(schema).iter_errors(value)]

    def check(self, method, target, answer, operation=None, body=None):
        """
        What an answer does against the contract, as sentences; none for a good one, which is remembered.  `operation`
        is given where the target itself is malformed and cannot tell, `body` is what was sent.
        """
        path, operations = self.find(target)
        problems = []
        if not answer.headers.get("x-request-id", "").strip():
            problems.append("no X-Request-ID")
        if operation is None:
            operation = operations.get("GET" if method == "HEAD" else method)
        if answer.status >= 400 and method != "HEAD":
            problems += self.check_error(answer, "explain=true" in target)
        if method == "OPTIONS" and path:
            problems += self.check_options(path, answer)
        elif operation is None:
            problems += self.check_refused(path, answer)
        else:
            problems += self.check_answer(operation, method, answer)
            if not problems:
                self.remember(operation, target, answer, method, body)
        return problems

    def check_error(self, answer, explained=False):
        """Contract 1.5: two members in this order, and a code that goes with the status; findings only for who asks."""
        more = rb'(,"findings":\[.*\])?' if explained and answer.status == 409 else rb""
        if not re.fullmatch(rb'\{"error_code":\d+,"message":".+"' + more + rb'\}', answer.body, re.S):
            return ["not the shape of an error: %r" % answer.body[:200]]
        code = answer.error_code
        if (code // 100 if code >= 10000 else code) != answer.status:
            return ["error_code %d does not go with status %d" % (code, answer.status)]
        self.errors.append((answer.status, code, answer.json["message"]))
        return []

    def check_options(self, path, answer):
        allow = self.allow(path)
        got = (answer.status, answer.headers.get("content-type"), answer.headers.get("allow"), answer.body.decode())
        return [] if got == (200, "text/plain", allow, allow) else ["OPTIONS: %s instead of %s" % (got, allow)]

    def check_refused(self, path, answer):
        problems = []
        if answer.status not in ({405, 414, 400} if path else {404, 414, 400}):
            problems.append("status %d where there is no operation" % answer.status)
        if "content-type" in answer.headers:
            problems.append("a Content-Type before an operation was chosen")
        if answer.status == 405 and answer.headers.get("allow") != self.allow(path):
            problems.append("Allow is %r, not %r" % (answer.headers.get("allow"), self.allow(path)))
        return problems

    def check_answer(self, operation, method, answer):
        response = operation.responses.get(answer.status)
        if response is None:
            return ["%s does not document status %d" % (operation, answer.status)]
        missing = [h for h in response.get("headers", {}) if h.lower() not in answer.headers]
        if missing:
            return ["headers missing: %s" % missing]
        kind = answer.headers.get("content-type")
        if "content" not in response:
            return ["a body or Content-Type where there is none"] if kind or answer.body else []
        if kind is None and answer.status in WITHOUT_TYPE:
            kind = "application/json"
        if kind not in response["content"]:
            return ["Content-Type %r is not one of %s" % (kind, sorted(response["content"]))]
        if method == "HEAD":
            return ["a HEAD answer has a body"] if answer.body else []
        schema = response["content"][kind]["schema"]
        text = answer.body.decode("utf-8")
        if kind not in JSON_TYPES or resolve(self.document, schema).get("x-raw"):
            return self.violations(schema, text)
        try:
            value = parse_json(text)
        except ValueError as fault:
            return ["no JSON: %s: %r" % (fault, text[:200])]
        blanks = ["white space in %r" % text[:200]] if has_blanks(text) else []
        return blanks + self.violations(schema, value)

    def remember(self, operation, target, answer, method, body):
        if answer.status < 400 and method != "HEAD":
            self.succeeded.add(operation.id)
            self.sent |= {(operation.id, name) for name in sent_members(body)}
            self.answered |= {(operation.id, name) for name in sent_members(answer.body.decode("utf-8", "replace"))}
            names = {part.split("=")[0] for part in target.partition("?")[2].split("&")}
            self.queried |= {(operation.id, name) for name in names & operation.query}
        elif answer.status >= 400:
            self.failed.add((operation.id, answer.error_code))

    def body_members(self, operation):
        return members(self.document, operation.body["content"]["application/json"]["schema"]) if operation.body else set()

    def answer_members(self, operation):
        """Of successful answers."""
        return {name for status, response in operation.responses.items() if status < 300
                for media in response.get("content", {}).values() for name in members(self.document, media["schema"])}

    # ---- the document itself ----

    def faults(self):
        """What is wrong with the document: references, names, examples."""
        text = json.dumps(self.document)
        used = set(re.findall(r'"\$ref": "#/components/(\w+)/([^"]+)"', text))
        there = {(kind, name) for kind, entries in self.document["components"].items() for name in entries}
        yield from ("%s/%s is not there" % pair for pair in sorted(used - there))
        yield from ("%s/%s is not used" % pair for pair in sorted(there - used))
        if used - there:
            return
        ids = [o.id for o in self.operations]
        yield from ("operationId %s is there twice" % i for i in sorted({i for i in ids if ids.count(i) > 1}))
        tags = {tag["name"] for tag in self.document["tags"]}
        for operation in self.operations:
            yield from self.operation_faults(operation, tags)
        for kind in ("responses", "requestBodies"):
            for name, entry in self.document["components"][kind].items():
                for media in entry.get("content", {}).values():
                    for example in examples(media):
                        yield from ("the example of %s/%s: %s" % (kind, name, fault)
                                    for fault in self.violations(media["schema"], example))
        for name, schema in self.document["components"]["schemas"].items():
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as fault:
                yield "schemas/%s: %s" % (name, fault.message)

    def operation_faults(self, operation, tags):
        node = operation.node
        named = set(re.findall(r"\{(\w+)\}", operation.path))
        declared = {p["name"] for p in operation.parameters if p["in"] == "path" and p["required"]}
        if named != declared:
            yield "%s: path parameters %s are not %s" % (operation, sorted(declared), sorted(named))
        if not set(node["tags"]) <= tags or len(node["tags"]) != 1:
            yield "%s: tags %s" % (operation, node["tags"])
        if not node.get("summary") or not any(status < 300 for status in operation.responses):
            yield "%s: no summary or no success" % operation
        if not all(operation.codes.values()):
            yield "%s: an error response without error_code values" % operation
        if not operation.plain and any(set(r.get("content", JSON_TYPES)) != set(JSON_TYPES)
                                       for status, r in operation.responses.items() if status < 300):
            yield "%s: not the three media types" % operation
