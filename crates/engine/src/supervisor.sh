# Runs one command for Testdock, says how it ended, and leaves nothing of it behind.
#
# Descriptors: 0 is the lifeline (a line renews the lease, the end of it cancels the run), 1 carries
# frames, 2 what the command prints. Arguments: the plan (shell text made by supervisor.rs that sets
# the variables and functions used here), pairs of a path and a piece of text to append to it
# ($_pieces of them), then for each run of the command ($_steps of them) the number of its further
# arguments, and these.
#
# Files of the workspace that the run wrote come back too where the plan's `written` finds them.
#
# Each variable begins with an underscore: one that has the name of a variable of the tests' environment would reach
# them in its place.
#
# It must run in dash, bash and busybox ash, and fork as little as it can: every fork is on the way
# of each run.

exec 3>&1 4>&2 5<&0 </dev/null >/dev/null 2>&1
eval "$1"
shift

frame() { printf '\n\036%s %s\n' "$_cookie" "$*" >&3; }

renew() { [ -z "$_lease" ] || echo "$_lease" >"$_lease_file"; }

# The processes of the run, as a file each below /proc: those whose environment carries the cookie, and
# those whose limits carry the tag, which a process keeps that starts anew without an environment, in a
# session of its own, and without its parent. This shell has both in variables only, and so is not
# among them.
ours() {
  if [ "$_seeker" = grep ]; then
    grep -ls -e "$_cookie" -e "^Max file locks  *$_tag " /proc/[0-9]*/environ /proc/[0-9]*/limits >&6
  else
    for _file in /proc/[0-9]*/environ /proc/[0-9]*/limits; do
      while IFS= read -r _text || [ -n "$_text" ]; do
        case $_text in *"$_cookie"* | "Max file locks "*" $_tag "*) echo "$_file" >&6 && break ;; esac
        _text=
      done <"$_file"
    done
  fi
}

# Some greps end a line at a NUL; then the shell must read for itself, slowly.
seek() { if printf 'a\000b\n' | grep -q b; then _seeker=grep; else _seeker=shell; fi; }

# Whether only its parent's question how it ended is left of a process.
corpse() {
  IFS= read -r _stat <"/proc/$1/stat" || return 0
  case ${_stat##*) } in Z*) ;; *) return 1 ;; esac
}

# Sends a signal to each of them and to the group that it leads, also when it leads it no more; says
# in $_found whether there were any, in $_left whether a group has members, corpses among them. Group
# first: who is left of it could not be found afterwards.
signal() {
  [ "$_seeker" ] || seek
  _found=
  _left=
  for _process in $(ours 6>&1 >/dev/null); do
    _process=${_process#/proc/}
    _process=${_process%/*}
    # Whatever else may have come in between: 1 would stand for everyone.
    case $_process in '' | 1 | *[!0-9]*) continue ;; esac
    ! corpse "$_process" || continue
    case " $_groups " in *" $_process "*) ;; *) _groups="$_groups $_process" ;; esac
    _found=yes
  done
  for _process in $_groups; do
    # Not every shell takes the dashes, nor does every shell do without.
    kill -s "$1" -- "-$_process" || kill -s "$1" "-$_process" && _left=yes
    kill -s "$1" "$_process"
  done
}

# Not for ever: somebody could start processes faster than this ends them.
sweep() {
  _sweeps=0
  signal KILL
  while [ "$_found" ] && [ "$_sweeps" -lt 20 ]; do
    _sweeps=$((_sweeps + 1))
    sleep 0.02 || sleep 1
    signal KILL
  done
}

# The time in hundredths of a second, where it can be had without a fork: on a busy machine a round of
# anything takes longer than it was meant to.
_now=0
clock() { IFS='. ' read -r _whole _part _rest </proc/uptime && _now=$_whole$_part; }

# Waits for the end of the lifeline, then kills until the supervisor has noticed. The processes have
# some time to end by themselves, but the whole must be over within a second.
watch() {
  while IFS= read -r _beat; do renew; done
  : >"$_scratch/.cancelled"
  clock
  _patience=$((_now + 40))
  signal TERM
  _round=0
  while [ "$_found$_left" ] && [ "$_round" -lt 8 ] && sleep 0.05; do
    _round=$((_round + 1))
    clock
    [ "$_now" -lt "$_patience" ] || break
    signal 0
  done
  _round=0
  while sweep && [ ! -e "$_scratch/.ended" ] && [ "$_round" -lt 20 ] && kill -s 0 "$$"; do
    _round=$((_round + 1))
    sleep 0.02 || sleep 1
  done
  [ ! -e "$_scratch/.ended" ] || exit
  # The supervisor is gone, or stuck in a pipe that nobody reads.
  kill -s KILL "$$"
  sweep
  rm -rf "$_scratch"
}

cancelled() { [ -e "$_scratch/.cancelled" ]; }

# How many processes the kernel has killed here for want of memory.
ooms() {
  _count=0
  for _file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$_file" ] || continue
    while read -r _key _value; do
      [ "$_key" != oom_kill ] || _count=$_value
    done <"$_file"
    break
  done
}

# In the foreground, since a background job of a shell ignores interrupts. The tag is the one thing that
# every descendant inherits, whatever it does away with: a limit that Linux has ceased to enforce.
launch() {
  (
    ulimit -S -w "$_tag" || ulimit -S -x "$_tag"
    export TESTDOCK_RUN="$_cookies"
    case $_live in
      events) exec $_session "$@" </dev/null >&4 2>&4 4>&- 5<&- ;;
      stdout) exec $_session "$@" </dev/null >&3 2>&4 3>&- 4>&- 5<&- ;;
      *) exec $_session "$@" </dev/null >&4 2>&4 3>&- 4>&- 5<&- ;;
    esac
  )
  _code=$?
}

# Runs a candidate, the first argument, with as many of those behind the second as that says.
step() {
  _words=
  _word=0
  while [ "$_word" -lt "$2" ]; do
    _word=$((_word + 1))
    _words="$_words \"\${$((_word + 2))}\""
  done
  eval "run_$1 $_words"
}

has_report() {
  for _report in $_reports; do
    [ ! -s "$_scratch/$_report" ] || return 0
  done
  return 1
}

# The last frame. Whoever cancelled may rely on it that nothing is left; whoever did not need not
# wait for that.
finish() {
  if cancelled; then
    : >"$_scratch/.ended"
    wait "$_watcher"
  else
    kill "$_watcher"
  fi
  frame "$@"
  sweep
  rm -rf "$_scratch"
  exit
}

_groups=
_seeker=
renew
mkdir -p "$_scratch" && : >"$_scratch/.began" || { frame unusable "$_scratch" && exit; }
# What is written within the same tick of the clock would not be newer.
[ ! "$_returns" ] || sleep 0.02 || sleep 1
watch <&5 3>&- 4>&- &
_watcher=$!
exec 5<&-

witness || finish blind "$_unseen"

if [ ! -d "$_helpers" ]; then
  mkdir -p "$_helpers.$_cookie"
  _complete=no
else
  _complete=yes
fi
while [ "$_pieces" -gt 0 ]; do
  case $1 in
    "$_helpers"/*) [ $_complete = yes ] || printf %s "$2" >>"$_helpers.$_cookie/${1##*/}" ;;
    *) printf %s "$2" >>"$1" ;;
  esac
  shift 2
  _pieces=$((_pieces - 1))
done
# All or nothing: two runs may bring the same helpers at once.
[ $_complete = yes ] || mv "$_helpers.$_cookie" "$_helpers"

if [ ! -d "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  # One that somebody named may be made; an image's own is not ours to make in a place where that needs rights.
  for HOME in "${HOME:-/tmp/testdock-home}" /tmp/testdock-home "${_helpers%/*}/home"; do
    [ ! -d "$HOME" ] && mkdir -p "$HOME"
    [ ! -w "$HOME" ] || break
  done
  export HOME
fi
cd "$_cwd" || finish nowhere "$_cwd"
# A run within a run belongs to both.
_cookies=$_cookie${TESTDOCK_RUN:+,$TESTDOCK_RUN}
_session=
! command -v setsid || _session=setsid

ooms
_ooms_before=$_count
_candidate=0
_chosen=
while [ "$_candidate" -lt "$_candidates" ]; do
  _candidate=$((_candidate + 1))
  "has_$_candidate" || continue
  frame begin "$_candidate"
  step "$_candidate" "$@"
  # The check costs time, and so is asked only where the result is in doubt.
  if [ "$_code" = 0 ] || cancelled || has_report || "check_$_candidate"; then
    _chosen=$_candidate
    break
  fi
done
# One that fails does not keep the others from running.
_first=${_code:-0}
while [ "$_chosen" ] && [ "$_steps" -gt 1 ] && ! cancelled; do
  frame ended "$_code"
  printf '\036%s;' "$_cookie" >&4
  shift "$(($1 + 1))"
  step "$_chosen" "$@"
  [ "$_first" != 0 ] || _first=$_code
  _steps=$((_steps - 1))
done
_code=$_first
trap '' PIPE

! cancelled || finish exit "$_code" 0
[ "$_chosen" ] || finish missing
for _report in $_reports; do
  [ -f "$_scratch/$_report" ] || continue
  frame report "$_report"
  cat "$_scratch/$_report" >&3
done
[ ! "$_returns" ] || written | while IFS= read -r _file; do
  # A name with a line's end in it comes as two that mean something else.
  case $_file in /*) ;; *) continue ;; esac
  [ -f "$_file" ] || continue
  frame report "$_file"
  cat "$_file" >&3
done
printf '\036%s\n' "$_cookie" >&4
ooms
finish exit "$_code" $((_count - _ooms_before))
