#!/bin/sh
# Helix in a terminal of tmux; the block of README.md is its languages.toml. `good` is what a person does, `bad` what goes wrong.
set -u

screen() { tmux capture-pane -p -t helix; }

# Types after leaving whatever was open. Escape needs a moment of its own: else it makes the next key another one.
typed() {
    tmux send-keys -t helix Escape
    sleep 0.3
    tmux send-keys -t helix "$@"
    sleep 0.2
}

# Waits until the screen shows a text, or does not.
until_screen() {
    tries=0
    while [ $tries -lt 600 ]; do
        if screen | grep -q -- "$2"; then there=shows; else there=hides; fi
        [ $there = "$1" ] && return
        tries=$((tries + 1))
        sleep 0.1
    done
    echo "FAIL  Helix never $1 $2"
    screen
    exit 1
}

# The server's commands are offered once it has started.
until_served() {
    tries=0
    until typed ":lsp-workspace-command " && screen | grep -q testdock.runAll; do
        tries=$((tries + 1))
        [ $tries -lt 50 ] || { echo "FAIL  no server starts"; screen; exit 1; }
    done
}

run_all() { typed ":lsp-workspace-command testdock.runAll" Enter; }

# Another server, which is as bad as this word says.
serve() {
    echo "$1" >~/mood
    typed ":lsp-restart" Enter
}

good() {
    tmux new-session -d -s helix -x 160 -y 50 "hx tests/test_orders.py"
    until_screen shows "def test_total_with_tax"
    until_served
    echo "ok    a server starts"

    failing="tax is rounded once, at the end$"
    typed ":19" Enter
    run_all
    until_screen shows "$failing"
    echo "ok    a command runs all, and the failing line is marked"

    sed -i s/77.20/77.22/ tests/test_orders.py
    typed ":reload" Enter
    typed ":17" Enter
    typed "ww"
    typed " a"
    until_screen shows "Run .*test_total_with_tax"
    # The first one is chosen already.
    tmux send-keys -t helix Enter
    typed ":19" Enter
    until_screen hides "$failing"
    echo "ok    a code action runs a test that was mended"
}

bad() {
    echo crashes >~/mood
    tmux new-session -d -s helix -x 160 -y 50 "hx tests/test_*quit*"
    until_screen shows "def test_names"
    run_all
    until_screen hides ValueError:
    serve ""
    until_served
    echo "ok    a server that crashes at once, and one in its place"

    typed ":11" Enter
    run_all
    until_screen shows "ValueError: a|quit!"
    until_screen shows "ValueError: ');"
    [ ! -e zap ] || { echo "FAIL  what a name says was done"; exit 1; }
    echo "ok    names and messages that mean no good"

    serve never-ends
    until_served
    run_all
    until_screen shows "ValueError: a|quit!"
    pkill -x -KILL testdock
    until_screen shows "Language server exited"
    serve no-engine
    until_served
    run_all
    until_screen shows "cannot reach Docker at unix:///nowhere.sock"
    echo "ok    a server that dies in a run, and one in its place that finds no engine"

    echo "[interpreter" >testdock.toml
    serve ""
    until_served
    run_all
    until_screen shows "testdock.toml:1: not valid TOML"
    echo "ok    settings that are broken"
}

trap 'tmux kill-server' EXIT
"$1"
