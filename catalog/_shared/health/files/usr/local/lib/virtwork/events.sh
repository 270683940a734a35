# shellcheck shell=bash disable=SC2154
# Request for what has happened in the guest. virtwork-health sources this file; it has checked the method, GET or HEAD.
#   GET /events   from the journal of this boot and earlier ones, oldest first: one JSON object per line
#     {"__REALTIME_TIMESTAMP":"1700000000000000","_BOOT_ID":"…","VIRTWORK_EVENT":"kill","VIRTWORK_UNIT":"…","MESSAGE":"…"}
# The events of scripts (see event in common.sh), and the starts, stops, failures and restarts of the workload's units.
# Other users of the guest can write to the journal too: only events of root and of the users of the units count.

event_id=5fcb3c1f6c9b4d0f8e5d3a0c1b7a2e94 # as in common.sh
# Of systemd: started, stopped, failed to start, failed, restart scheduled. See sd-messages.h.
unit_ids=(
  39f53479d3a045ac8e11786248231fbf
  9d1aaa27d60140bd96365438aad20286
  be02cf6855d2428ba40df7e9d022f03d
  d9b373ed55a64feb8242e02dbe79a49c
  5eb03494b6584870a536b337290809b3
)
event_fields=MESSAGE,VIRTWORK_EVENT,VIRTWORK_UNIT,UNIT,MESSAGE_ID,JOB_RESULT # journalctl adds the time and the boot
max_events=1000    # lines of an answer, the newest
max_answer=1048576 # bytes of an answer

answer_events() {
  local id unit matches=("MESSAGE_ID=$event_id")
  find_owners
  for id in "${!owners[@]}"; do
    [[ ! $id =~ ^[0-9]+$ ]] || matches+=("_UID=$id")
  done
  if ((${#units[@]} > 0)); then
    matches+=(+ _PID=1)
    for id in "${unit_ids[@]}"; do matches+=("MESSAGE_ID=$id"); done
    for unit in "${units[@]}"; do matches+=("UNIT=$unit"); done
  fi
  body=$(
    timeout "$patience" journalctl --quiet --no-pager --output=json --output-fields="$event_fields" --lines="$max_events" \
      "${matches[@]}" 2>/dev/null | awk -v fields="$event_fields,__REALTIME_TIMESTAMP,_BOOT_ID" -v most="$max_answer" "$events_program"
  ) || reject 503 'Service Unavailable' $'Retry-After: 5\r\n'
  [[ -z $body ]] || body+=$'\n'
  # shellcheck disable=SC2034 # of virtwork-health
  body_type=application/x-ndjson
  answer 200 OK
}

# Keeps the given fields of each line, and as many of the newest lines as fit. A value that is binary or too long for
# journalctl is left out, and so is a line that is not understood. Portable to every awk.
# shellcheck disable=SC2016 # awk expands it
events_program='
  BEGIN {
    count = split(fields, names, ",")
    for (i = 1; i <= count; i++) wanted[names[i]] = 1
  }
  sub(/^[{] */, "") {
    kept = ""
    while (match($0, /^"[A-Z0-9_]+" ?: ?/)) {
      key = substr($0, 2, index(substr($0, 2), "\"") - 1)
      $0 = substr($0, RLENGTH + 1)
      value = ""
      if (match($0, /^"([^"\\]|\\.)*"/)) value = substr($0, 1, RLENGTH)
      else if (!match($0, /^(null|\[[0-9, ]*\])/)) break
      $0 = substr($0, RLENGTH + 1)
      if (value != "" && key in wanted) kept = kept ",\"" key "\":" value
      if (!sub(/^ *, */, "")) break
    }
    if (/^ *[}] *$/ && kept != "") lines[++last] = "{" substr(kept, 2) "}"
  }
  END {
    for (first = last; first > 0 && (size += length(lines[first]) + 1) <= most; first--);
    while (++first <= last) print lines[first]
  }
'
