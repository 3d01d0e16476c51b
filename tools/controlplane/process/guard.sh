#!/bin/sh
# Runs a program that never outlives whoever started it.
#
# Standard input is a pipe that only the parent holds open. When the parent ends, however it ends (kill -9 included),
# the pipe ends too, and the program is killed. SIGTERM is passed on; SIGUSR1 kills the program at once.
exec 3<&0

"$@" 3<&- </dev/null &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
trap 'kill -KILL "$child" 2>/dev/null' USR1

{ read -r _ <&3; kill -KILL "$child" 2>/dev/null; } &
watcher=$!
exec 3<&-

# A signal ends `wait` before the program has ended: wait again.
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
kill "$watcher" 2>/dev/null
exit "$code"
