#!/usr/bin/env bash
# Prints the folder of the official JSON Schema test suite with drafts 2019-09 and 2020-12, which Debian's package
# lacks: it comes with the source distribution of a Python package, pinned by its digest.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
package=jsonschema-4.23.0
digest=d71497fef26351a33265337fa77ffeb82423f3ea21283cd9467bb03999266bc4
cache=$PWD/build/cache/json-schema-suite
if [ ! -d "$cache/$package/json/tests/draft2020-12" ]; then
	rm -rf "$cache"
	mkdir -p "$cache"
	build/venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
		--dest "$cache" "${package%-*}==${package##*-}" >&2
	echo "$digest  $cache/$package.tar.gz" | sha256sum --check --quiet >&2
	tar -xzf "$cache/$package.tar.gz" -C "$cache" "$package/json"
fi
echo "$cache/$package/json"
