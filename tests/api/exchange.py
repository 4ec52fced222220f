"""Requests with exactly the headers that are given: no Accept unless a test sends one."""
MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


def render(method, target, body=None, headers=()):
    given = {name.lower() for name, _ in headers}
    lines = ["%s %s HTTP/1.1" % (method, target), "Host: 127.0.0.1"] + ["%s: %s" % pair for pair in headers]
    data = b"" if body is None else body.encode("utf-8")
    if "content-type" not in given and body is not None:
        lines.append("Content-Type: " + MEDIA_TYPE)
    if "content-length" not in given and (body is not None or method in ("POST", "PUT")):
        lines.append("Content-Length: %d" % len(data))
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + data


def ask(connection, method, target, body=None, headers=()):
    connection.send(render(method, target, body, headers))
    return connection.receive(head=method == "HEAD")
