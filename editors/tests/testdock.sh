#!/bin/sh
# `testdock` on the path of a scenario: the real one, with recorded runs in place of real ones where there are some, or
# as bad as `~/mood` says.
recording=$HOME/recording.jsonl
case $1:$(cat "$HOME/mood" 2>/dev/null) in
    lsp:crashes)
        echo boom >&2
        exit 3
        ;;
    lsp:babbles)
        echo "hello, who are you?"
        exec cat >/dev/null
        ;;
    lsp:never-ends)
        grep -v '"run-finished"' "$recording" >"$HOME/endless.jsonl"
        recording=$HOME/endless.jsonl
        ;;
    lsp:no-engine)
        export DOCKER_HOST=unix:///nowhere.sock
        recording=
        ;;
esac
if [ "$1" = lsp ] && [ -e "$recording" ]; then
    set -- "$@" --replay "$recording"
fi
exec /opt/testdock "$@"
