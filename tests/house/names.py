#!/usr/bin/env python3
"""Every exported symbol of a folder's library begins with one of the folder's prefixes (docs/style.md, section 2).

    names.py LIBRARY...        e.g. names.py build/dev/libtenon_*.a

The prefixes are listed here, by library; a library that is not listed is a violation.
"""
import pathlib
import re
import subprocess
import sys

PREFIXES = {
    "base": "memory_ arena_ str_ buf_ err_ jsn_ map_ hash_ clock_ base64_ random_ uuid_ digest_ hex_ letters_ log_",
    "compat": "schema_ compat_ finding_ findings_ message_ rule_ explain_ explanation_ change_kind_ logical_",
    "compat_avro": "avsc_ AVSC_",
    "compat_jsonschema": "jsch_",
    "compat_protobuf": "pbuf_",
    "client": "tenon_ client_",
    "storage": "record_ log_ view_ store_ query_ db_ migrate_ file_lock_ sync_vfs_ side_",
    "server_registry": "registry_ follow_ explain_ pairs_ scope_ content_ references_ reference_ parsed_cache_ equivalent_ write_ subject_ metadata_"
                       " association_ lifecycle_ registration_ kek_ dek_ key_ config_ ruleset_ rule_ version_number_ compat_judge other_contexts check_unreferenced filter_prefix",
    "server_http": "http_ request_ reply target_ router_ negotiate_ metrics_ gzip_",
    "server_dashboard": "dashboard_",
    "server_api": "api_ v1_ read_ reply_ root_ subjects_ subject_ versions_ version_ schemas_ schema_ compatibility_ config_ mode_"
                  " contexts_ context_ association_ associations_ kek_ keks_ dek_ deks_ write_ metadata_ health_ openapi_ metrics_get",
}
DEFINED = re.compile(r"^[0-9a-f]+ ([TDBRVWi]) (\S+)$")
SANITIZER = re.compile(r"^(__|\.|_ITM|_GLOBAL|asan\.|odr_|_Z)")


def exported(library):
    """(name, object file) of every global definition."""
    output = subprocess.run(["nm", "-g", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    where = "?"
    for line in output.splitlines():
        if line.endswith(":"):
            where = line[:-1]
        match = DEFINED.match(line)
        if match and not SANITIZER.match(match.group(2)):
            yield match.group(2), where


def check(library):
    name = pathlib.Path(library).stem.removeprefix("libtenon_")
    if name not in PREFIXES:
        return ["%s: no prefixes are listed for this library" % library]
    prefixes = tuple(PREFIXES[name].split())
    return ["%s: %s: no prefix of %s" % (where, symbol, name) for symbol, where in exported(library)
            if not symbol.startswith(prefixes)]


def main():
    if len(sys.argv) < 2:
        sys.exit("no libraries")
    bad = [line for library in sys.argv[1:] for line in check(library)]
    print("\n".join(bad + ["names: %d libraries, %d violations" % (len(sys.argv) - 1, len(bad))]))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
