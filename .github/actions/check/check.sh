#!/usr/bin/env bash
# What the action runs: finds the program and the base, annotates the change, writes the summary and the files asked for.
set -u

find_tenon() {
	local top
	if [ -n "${INPUT_TENON:-}" ]; then
		echo "$INPUT_TENON"
	elif command -v tenon >/dev/null; then
		echo tenon
	else
		top=$(cd "$(dirname "$0")/../../.." && pwd)
		"$top/dev" build >&2 || return
		echo "$top/build/release/tenon"
	fi
}

# has REF: whether the commit is in this clone.
has() { git rev-parse --quiet --verify "$1^{commit}" >/dev/null; }

# The base of the pull request, or the commit before; fetched when the checkout is shallow.
find_base() {
	local base=${GITHUB_BASE_REF:-}
	if [ -n "${INPUT_AGAINST:-}" ]; then
		echo "$INPUT_AGAINST"
	elif [ -n "$base" ]; then
		has "origin/$base" || git fetch --quiet --depth=1 origin "+refs/heads/$base:refs/remotes/origin/$base" >&2
		echo "git:origin/$base"
	else
		has HEAD~1 || git fetch --quiet --deepen=1 >&2
		echo "git:HEAD~1"
	fi
}

tenon=$(find_tenon) || exit 2
against=$(find_base)
# shellcheck disable=SC2206 # paths are given with blanks between
words=(check ${INPUT_PATHS:-} --against "$against")
[ -z "${INPUT_LEVEL:-}" ] || words+=(--level "$INPUT_LEVEL")
[ -z "${INPUT_FAIL_ON:-}" ] || words+=(--fail-on "$INPUT_FAIL_ON")
[ -n "${TENON_USER:-}" ] || unset TENON_USER

"$tenon" "${words[@]}" --format github
status=$?
[ -z "${INPUT_SARIF:-}" ] || "$tenon" "${words[@]}" --format sarif --output "$INPUT_SARIF"
[ -z "${INPUT_MARKDOWN:-}" ] || "$tenon" "${words[@]}" --format markdown --output "$INPUT_MARKDOWN"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || "$tenon" "${words[@]}" --format markdown >>"$GITHUB_STEP_SUMMARY"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit-code=$status" >>"$GITHUB_OUTPUT"
exit "$status"
