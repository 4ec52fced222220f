"""A strict reader of the Prometheus text format, version 0.0.4."""
import re

TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
HELP = re.compile(r"# HELP (%s) (\S.*)" % NAME)
TYPE = re.compile(r"# TYPE (%s) (\w+)" % NAME)
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (\S+)" % (NAME, LABEL, LABEL))


class Malformed(Exception):
    pass


class Family:
    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.samples = {}     # (sample name, ((label, value), …)) -> float

    def owns(self, name):
        if self.kind == "histogram":
            return name in (self.name + "_bucket", self.name + "_sum", self.name + "_count")
        return name == self.name

    def check(self):
        if not self.samples and self.kind != "histogram" and not self.name.endswith("_total"):
            raise Malformed("%s has no sample" % self.name)
        if self.kind == "counter" and not self.name.endswith("_total"):
            raise Malformed("the counter %s does not end in _total" % self.name)
        if self.kind in ("counter", "histogram") and any(value < 0 for value in self.samples.values()):
            raise Malformed("%s is negative" % self.name)
        if self.kind == "histogram":
            self.check_histogram()

    def check_histogram(self):
        groups = {}
        for (name, labels), value in self.samples.items():
            rest = tuple(pair for pair in labels if pair[0] != "le")
            groups.setdefault(rest, {}).setdefault(name, []).append((dict(labels).get("le"), value))
        for rest, parts in groups.items():
            buckets = parts.get(self.name + "_bucket", [])
            bounds = [float(bound) for bound, _ in buckets]
            counts = [count for _, count in buckets]
            if bounds != sorted(set(bounds)) or counts != sorted(counts) or not bounds or bounds[-1] != float("inf"):
                raise Malformed("the buckets of %s%s" % (self.name, rest))
            if set(parts) != {self.name + suffix for suffix in ("_bucket", "_sum", "_count")}:
                raise Malformed("the parts of %s%s" % (self.name, rest))
            if parts[self.name + "_count"][0][1] != counts[-1]:
                raise Malformed("the count of %s%s" % (self.name, rest))


def parse(text):
    """{name: Family}; raises Malformed."""
    families, current, helped = {}, None, None
    if not text.endswith("\n"):
        raise Malformed("no newline at the end")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            match = HELP.fullmatch(line)
            helped = match and match.group(1)
            if not match or helped in families:
                raise Malformed(line)
        elif line.startswith("# TYPE "):
            match = TYPE.fullmatch(line)
            if not match or match.group(1) != helped or match.group(2) not in TYPES or helped in families:
                raise Malformed(line)
            current = families[helped] = Family(*match.groups())
        else:
            read_sample(current, line)
    for family in families.values():
        family.check()
    return families


def read_sample(family, line):
    match = SAMPLE.fullmatch(line)
    if not match or family is None or not family.owns(match.group(1)):
        raise Malformed(line)
    labels = tuple(tuple(re.fullmatch(r'(\w+)="(.*)"', label, re.S).groups())
                   for label in re.findall(LABEL, match.group(2) or ""))
    names = [name for name, _ in labels]
    key = match.group(1), labels
    if len(names) != len(set(names)) or key in family.samples:
        raise Malformed(line)
    try:
        family.samples[key] = float(match.group(3))
    except ValueError:
        raise Malformed(line) from None


def series(families):
    return {key for family in families.values() for key in family.samples}
