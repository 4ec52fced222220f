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

is_shallow() { [ "$(git rev-parse --is-shallow-repository)" = true ]; }

# get WHAT: fetches it, and no more than it where the checkout is shallow.
get() {
	local depth=
	! is_shallow || depth=--depth=1
	git fetch --quiet ${depth:+"$depth"} origin "$1" >&2
}

# find_branch NAME: the branch, with the history up to where HEAD branched off.
find_branch() {
	local refs="+refs/heads/$1:refs/remotes/origin/$1" depth=32
	has "origin/$1" || get "$refs" || return
	until git merge-base "origin/$1" HEAD >/dev/null || ! is_shallow; do
		git fetch --quiet --deepen=$depth origin "$refs" "$(git rev-parse HEAD)" >&2 || break
		depth=$((depth * 2))
	done
	echo "git:origin/$1"
}

# The commit before, or nothing at all where this is the first one.
find_parent() {
	has HEAD~1 || ! is_shallow || git fetch --quiet --deepen=1 >&2
	if has HEAD~1; then echo git:HEAD~1; else echo "git:$(git hash-object -t tree /dev/null)"; fi
}

# Where a pull request branched off; what the branch was before a push, all commits of which are judged at once.
find_base() {
	local before=${EVENT_BEFORE:-} default=${DEFAULT_BRANCH:-}
	if [ -n "${INPUT_AGAINST:-}" ]; then
		echo "$INPUT_AGAINST"
	elif [ -n "${GITHUB_BASE_REF:-}" ]; then
		find_branch "$GITHUB_BASE_REF" || echo "git:origin/$GITHUB_BASE_REF"
	elif [ -n "${before//0/}" ] && { has "$before" || get "$before"; }; then
		echo "git:$before.." # a forced push leaves it behind, and still it is what the branch was
	elif [ -n "$before" ] && [ -z "${before//0/}" ] && [ "${GITHUB_REF:-}" = "refs/heads/$default" ]; then
		echo "git:$(git hash-object -t tree /dev/null)" # the first push of all
	elif [ -n "$before" ] && [ -z "${before//0/}" ] && [ -n "$default" ]; then
		find_branch "$default" || find_parent
	else
		find_parent
	fi
}

# add_paths TEXT: one path a line, or with blanks between in a single one that is no path itself.
# shellcheck disable=SC2206 # patterns are meant to be expanded
add_paths() {
	local given
	given=$(sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' <<<"$1")
	if [[ $given == *$'\n'* ]]; then
		local IFS=$'\n'
		words+=($given)
	elif [ -e "$given" ]; then
		words+=("$given")
	else
		words+=($given)
	fi
}

# annotate TEXT: as an error of the whole job.
annotate() {
	local text=${1//%/%25}
	echo "::error::${text//$'\n'/%0A}"
}

# The report as Markdown, or why there is none.
summarize() {
	local report
	report=$("$tenon" "${words[@]}" --format markdown 2>/dev/null)
	[ -n "$report" ] || report=$(printf '<!-- tenon-check -->\n### Schema compatibility: could not tell\n\n```\n%s\n```' "$fault")
	echo "$report"
}

tenon=$(find_tenon) || { annotate "there is no tenon: it is not on the PATH and could not be built"; exit 2; }
against=$(find_base)
words=(check --against "$against")
add_paths "${INPUT_PATHS:-}"
[ -z "${INPUT_LEVEL:-}" ] || words+=(--level "$INPUT_LEVEL")
[ -z "${INPUT_FAIL_ON:-}" ] || words+=(--fail-on "$INPUT_FAIL_ON")
[ -n "${TENON_USER:-}" ] || unset TENON_USER

faults=$(mktemp)
annotations=$("$tenon" "${words[@]}" --format github 2>"$faults")
status=$?
fault=$(<"$faults")
rm -f "$faults"
[ -z "$fault" ] || echo "$fault" >&2
[ -z "$annotations" ] || echo "$annotations"
[ "$status" -le 1 ] || [[ $annotations == *::error* ]] || annotate "${fault:-tenon ended with $status}"
[ -z "${INPUT_SARIF:-}" ] || "$tenon" "${words[@]}" --format sarif --output "$INPUT_SARIF"
[ -z "${INPUT_MARKDOWN:-}" ] || summarize >"$INPUT_MARKDOWN"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || summarize >>"$GITHUB_STEP_SUMMARY"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit-code=$status" >>"$GITHUB_OUTPUT"
exit "$status"
