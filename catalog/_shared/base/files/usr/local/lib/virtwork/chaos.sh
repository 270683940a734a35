# shellcheck shell=bash
# When a chaos workload does harm: from START_AFTER seconds after its first start, for DURATION seconds, at most MAX_PER_HOUR
# times an hour, and not while the Service virtwork-chaos-stop exists in the namespace. Source this file after common.sh.
# A script defines restore, which undoes the harm and can be called at any time, and runs:
#   chaos_begin START_AFTER DURATION [MAX_PER_HOUR]
#   while chaos_turn; do                 # waits until harm is allowed
#     …
#     chaos_did kill 'sent SIGTERM to process 7'
#     chaos_pause 30
#   done
# ExecStopPost= of its unit calls chaos_over, so that no harm outlives the unit. The unit has StateDirectory=virtwork/chaos:
# a restart of the unit or of the guest does not begin again; a new root disk does.

chaos_dir=${STATE_DIRECTORY:-/var/lib/virtwork/chaos}
chaos_service=virtwork-chaos-stop
chaos_look_every=10 # seconds between two looks for the Service

chaos_after=0 chaos_length=0 chaos_most=0
chaos_first=0        # when the unit was first started
chaos_phase=waiting  # waiting, active, stopped or ended
chaos_stopped='' chaos_looked=-1000
chaos_times=()       # of what counts against MAX_PER_HOUR, in the last hour
declare -A chaos_counts=()

# chaos_begin START_AFTER DURATION [MAX_PER_HOUR]: 0 is at once, without end, without limit.
chaos_begin() {
  chaos_after=$1 chaos_length=$2 chaos_most=${3:-0}
  chaos_read
  if ((chaos_first == 0)); then
    printf -v chaos_first '%(%s)T' -1
    chaos_write
  fi
  chaos_publish
}

# chaos_turn: returns when harm is allowed.
chaos_turn() {
  local wait
  while :; do
    chaos_judge
    wait=$chaos_look_every
    if [[ $chaos_phase == active ]]; then
      wait=$(chaos_budget)
      ((wait > 0)) || return 0
      warn_once "max-per-hour is $chaos_most: waiting"
    fi
    sleep "$(chaos_slice "$wait")"
  done
}

# chaos_pause SECONDS: waits. Fails at once when harm is no longer allowed; restore has been called then.
chaos_pause() {
  local until=$((SECONDS + $1))
  while ((SECONDS < until)); do
    sleep "$(chaos_slice $((until - SECONDS)))"
    chaos_judge
    [[ $chaos_phase == active ]] || return 1
  done
}

# chaos_did KIND TEXT: an event that counts against MAX_PER_HOUR. chaos_note KIND TEXT: another event.
chaos_did() {
  local now
  printf -v now '%(%s)T' -1
  ((chaos_most == 0)) || chaos_times+=("$now")
  chaos_note "$@"
}

chaos_note() {
  chaos_counts[$1]=$((${chaos_counts[$1]:-0} + 1))
  event "$1" "$2"
  chaos_write
  chaos_publish
}

# chaos_over: undoes the harm after the script has ended.
chaos_over() {
  chaos_read
  restore
  chaos_publish 0
}

# ---- The phase ----

# Sets chaos_phase, and does what its change needs.
chaos_judge() {
  local now from phase=active before=$chaos_phase
  printf -v now '%(%s)T' -1
  # The clock was wrong at the first start.
  ((now >= chaos_first)) || chaos_first=$now
  from=$((chaos_first + chaos_after))
  if ((now < from)); then
    phase=waiting
  elif ((chaos_length > 0 && now >= from + chaos_length)); then
    phase=ended
  else
    chaos_find_service
    [[ -z $chaos_stopped ]] || phase=stopped
  fi
  [[ $phase != "$before" ]] || return 0
  chaos_phase=$phase
  [[ $phase == active ]] || restore
  case $before:$phase in
    stopped:active) chaos_note resumed "the Service $chaos_service is gone: chaos goes on" ;;
    *:active) chaos_note begin "chaos begins$( ((chaos_length == 0)) || echo " and ends in $((from + chaos_length - now)) s")" ;;
    *:stopped) chaos_note stopped "the Service $chaos_service exists: chaos is stopped" ;;
    *:ended) chaos_note end "chaos has ended after $chaos_length s" ;;
    *) chaos_publish ;;
  esac
}

# chaos_slice SECONDS: prints how long to sleep at once: a change of the phase must not wait.
chaos_slice() {
  local slice=$1 now end left=0
  printf -v now '%(%s)T' -1
  end=$((chaos_first + chaos_after + chaos_length))
  case $chaos_phase in
    waiting) left=$((chaos_first + chaos_after - now)) ;;
    active) ((chaos_length == 0)) || left=$((end - now)) ;;
  esac
  ((slice <= chaos_look_every)) || slice=$chaos_look_every
  ((left <= 0 || slice <= left)) || slice=$left
  echo "$slice"
}

# Prints the seconds until MAX_PER_HOUR allows more harm.
chaos_budget() {
  local now time recent=()
  printf -v now '%(%s)T' -1
  for time in "${chaos_times[@]}"; do ((time <= now - 3600 || time > now)) || recent+=("$time"); done
  ((chaos_most > 0 && ${#recent[@]} >= chaos_most)) || { echo 0; return; }
  echo $((recent[${#recent[@]} - chaos_most] + 3600 - now))
}

# The guest has no right to ask the API server, but the name server of the cluster knows the Services of its namespace.
# A name server that does not answer keeps chaos stopped: another name of the cluster must resolve.
chaos_find_service() {
  local domain
  ((SECONDS - chaos_looked >= chaos_look_every)) || return 0
  chaos_looked=$SECONDS
  domain=$(chaos_domain)
  if chaos_resolves "$chaos_service.$domain"; then
    chaos_stopped=yes
  elif [[ -n $chaos_stopped ]] && chaos_resolves "kubernetes.default.${domain#*.}"; then
    chaos_stopped=''
  fi
}

# Prints NAMESPACE.svc.DOMAIN. An overlay may have changed the namespace.
chaos_domain() {
  local line word
  while read -ra line; do
    [[ ${line[0]:-} == search ]] || continue
    for word in "${line[@]:1}"; do
      [[ ! $word =~ ^[a-z0-9-]+\.svc\.[a-z0-9.-]+$ ]] || { echo "${word%.}"; return; }
    done
  done 2>/dev/null <"${VIRTWORK_RESOLV_CONF:-/etc/resolv.conf}"
  echo "${VIRTWORK_NAMESPACE:-default}.svc.cluster.local"
}

# The dot at the end: the name is complete. A search domain that answers to every name does not stop chaos.
# A name server that does not answer is asked once a minute: each attempt makes chaos late.
chaos_resolves() {
  local result
  timeout 5 getent ahosts "$1." >/dev/null 2>&1
  result=$?
  ((result != 124)) || chaos_looked=$((SECONDS + 60 - chaos_look_every))
  return "$result"
}

# ---- What outlives the script ----

chaos_read() {
  local key value
  while read -r key value; do
    case $key:$value in
      first:*[!0-9]* | first: | time:*[!0-9]* | time: | count-*:*[!0-9]* | count-*:) ;;
      first:*) chaos_first=$value ;;
      time:*) chaos_times+=("$value") ;;
      count-*) chaos_counts[${key#count-}]=$value ;;
      phase:active | phase:stopped | phase:ended) chaos_phase=$value ;;
    esac
  done 2>/dev/null <"$chaos_dir/state"
  # Until the name server answers.
  [[ $chaos_phase != stopped ]] || chaos_stopped=yes
}

chaos_write() {
  local key now
  printf -v now '%(%s)T' -1
  if {
    printf 'first %s\nphase %s\n' "$chaos_first" "$chaos_phase"
    for key in "${!chaos_counts[@]}"; do echo "count-$key ${chaos_counts[$key]}"; done
    for key in "${!chaos_times[@]}"; do
      ((chaos_times[key] > now - 3600)) || { unset "chaos_times[key]"; continue; }
      echo "time ${chaos_times[key]}"
    done
    chaos_times=("${chaos_times[@]}")
  } 2>/dev/null >"$chaos_dir/.state"; then
    mv -f "$chaos_dir/.state" "$chaos_dir/state"
  else
    warn_once "cannot write to $chaos_dir: a restart begins again"
  fi
}

# chaos_publish [ACTIVE]
chaos_publish() {
  local active=0
  [[ $chaos_phase != active ]] || active=1
  publish_metrics chaos chaos_metrics "${1:-$active}"
}

chaos_metrics() {
  local kind
  metric virtwork_chaos_active gauge 'Whether chaos may act now: after start-after, within duration, and not stopped.' "$1"
  ((${#chaos_counts[@]} > 0)) || return 0
  metric virtwork_chaos_events_total counter 'Events of chaos, by kind.'
  for kind in "${!chaos_counts[@]}"; do sample virtwork_chaos_events_total "kind=\"$kind\"" "${chaos_counts[$kind]}"; done
}
