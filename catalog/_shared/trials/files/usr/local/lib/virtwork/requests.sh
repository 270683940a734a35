# shellcheck shell=bash disable=SC2034,SC2154
# Requests of a guest with trials. virtwork-health sources this file; it has checked the method, GET or HEAD.
#   GET /results     the state of the trials and all records: gzip members, one line of JSON each
#   GET /results/N   the state, and the records from trial N on
#   GET /barrier/TOKEN/TRIAL/INDEX/BOOT   the VM with this index has arrived at the barrier of the trial; VM 0 answers
#     wait 3/5 again 2                         3 of 5 VMs are there; ask again after 2 s
#     go 3420 arrived 5 ahead 0 past 0         start in 3420 ms; or the start was "past" ms ago
# No part of a request becomes a command or a path before it has matched a pattern.

records=${VIRTWORK_RESULTS_DIR:-/var/lib/virtwork/results}
state=${VIRTWORK_RUN_DIR:-/run/virtwork}/results/state.json.gz
barrier=${VIRTWORK_RUN_DIR:-/run/virtwork}/barrier
uptime_file=${VIRTWORK_UPTIME_FILE:-/proc/uptime}

shopt -s nullglob

# answer_trials METHOD TARGET
answer_trials() {
  local -A trials=()
  trial_settings
  if ((${#trials[@]} > 0)) && [[ $2 =~ ^/results(/(0|[1-9][0-9]{0,3}))?$ ]]; then
    send_results "$1" "${BASH_REMATCH[2]:-0}"
  elif ((${#trials[@]} > 0)) && arrival "$2"; then
    [[ $1 == GET ]] || reject 405 'Method Not Allowed' $'Allow: GET\r\n'
    arrive
  fi
  reject 404 'Not Found'
}

# Fills trials of the caller with the values in trials.env, names without their prefix.
trial_settings() {
  local line
  [[ -r $etc/trials.env ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^TRIALS_([A-Z_]+)=\"([^\"\\]*)\"$ ]] && trials[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
  done <"$etc/trials.env"
}

# ---- Results ----

# send_results METHOD FIRST
# The state is replaced at any time: an open file keeps its size. A record never changes. One that the disk did not take is
# next to the state.
send_results() {
  local file id size sizes total=0 fd
  local -a files sent=() # sent by trial, which is the order
  { exec {fd}<"$state"; } 2>/dev/null || reject 503 'Service Unavailable' $'Retry-After: 5\r\n'
  for file in {"${state%/*}","$records"}/[0-9][0-9][0-9]-*.json.gz; do
    id=${file##*/} id=10#${id:0:3}
    ((id < $2)) || sent[id]=$file
  done
  files=("/dev/fd/$fd" "${sent[@]}")
  mapfile -t sizes < <(exec stat -Lc %s -- "${files[@]}" 2>/dev/null)
  ((${#sizes[@]} == ${#files[@]})) || reject 503 'Service Unavailable' $'Retry-After: 5\r\n'
  for size in "${sizes[@]}"; do total=$((total + size)); done
  printf 'HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' "$total"
  [[ $1 == GET ]] || exit 0
  exec cat -- "${files[@]}"
}

# ---- Barrier ----
# Files, all bounded by the number of VMs and of trials:
#   INDEX-TRIAL-BOOT   the last trial at which a VM has arrived
#   seen-TRIAL         the largest number of VMs there, and when it was reached
#   start-TRIAL        when the trial starts, and who was there; fixed once

# arrival TARGET: whether it is a valid arrival at this VM. Sets id, index and boot.
arrival() {
  [[ $1 =~ ^/barrier/([0-9a-f]{32})/([0-9]{3})/(0|[1-9][0-9]{0,5})/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$ ]] || return 1
  id=${BASH_REMATCH[2]} index=${BASH_REMATCH[3]} boot=${BASH_REMATCH[4]}
  local known=("$etc/trials/$id-"*.env)
  [[ ${BASH_REMATCH[1]} == "${trials[TOKEN]:-}" && ${HOSTNAME%%.*} == "${trials[LEADER]:-}" ]] && ((${#known[@]} > 0 && index < ${trials[EXPECTED]:-0}))
}

arrive() {
  local now start arrived ahead most since again expected=${trials[EXPECTED]}
  { cd "$barrier" && enter; } 2>/dev/null || reject 503 'Service Unavailable' $'Retry-After: 5\r\n'
  again=$((expected / 16 > 2 ? expected / 16 : 2)) # at most 16 requests per second
  if ! started; then
    present
    clock
    { read -r most since <"seen-$id"; } 2>/dev/null && [[ $most-$since =~ ^[0-9]+-[0-9]+$ ]] || most=0
    if ((arrived + ahead > most)); then
      most=$((arrived + ahead)) since=$now
      printf '%d %d\n' "$most" "$since" >"seen-$id"
    fi
    ((most >= expected || now - since >= ${trials[BARRIER_TIMEOUT]:-900} * 1000)) && fix
    started || {
      body="wait $((arrived + ahead))/$expected again $again"$'\n'
      answer 200 OK
    }
  fi
  clock
  body="go $((start > now ? start - now : 0)) arrived $arrived ahead $ahead past $((now > start ? now - start : 0))"$'\n'
  answer 200 OK
}

# Milliseconds of the monotonic clock. Sets now of the caller.
clock() {
  local up
  read -r up _ <"$uptime_file"
  now=$((10#${up/./} * 10))
}

# Notes where the VM is. After a restart it may come to an earlier trial again: it is no longer at the other one.
enter() {
  local old place former=()
  for old in "$index"-[0-9][0-9][0-9]-*; do
    place=${old#*-}
    if [[ ${place#*-} == "$boot" ]] && ((10#${place%%-*} >= 10#$id)); then return 0; fi
    former+=("$old")
  done
  : >"$index-$id-$boot" || return
  ((${#former[@]} == 0)) || rm -f -- "${former[@]}"
} 2>/dev/null

# Counts the VMs at this trial, and those at later ones. Sets arrived and ahead of the caller.
present() {
  local entry place
  local -A last=()
  for entry in [0-9]*-[0-9][0-9][0-9]-*; do
    place=${entry#*-}
    place=$((10#${place%%-*}))
    ((place <= ${last[${entry%%-*}]:-0})) || last[${entry%%-*}]=$place
  done
  arrived=0 ahead=0
  for place in "${last[@]}"; do
    if ((place == 10#$id)); then
      arrived=$((arrived + 1))
    elif ((place > 10#$id)); then
      ahead=$((ahead + 1))
    fi
  done
}

# Fixes the start, so that each VM has asked again before. ln fails if another request was faster.
fix() {
  local new=.start-$id-$BASHPID
  printf '%d %d %d\n' $((now + (arrived > 1 ? again * 1000 + 2000 : 0))) "$arrived" "$ahead" >"$new" && ln "$new" "start-$id"
  rm -f -- "$new"
} 2>/dev/null

# Whether the start is fixed. Sets start, arrived and ahead of the caller.
started() {
  local fixed
  { IFS= read -r fixed <"start-$id"; } 2>/dev/null && [[ $fixed =~ ^([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]] || return 1
  start=${BASH_REMATCH[1]} arrived=${BASH_REMATCH[2]} ahead=${BASH_REMATCH[3]}
}
