# shellcheck shell=bash
# Functions for the bash scripts of a guest. Source this file: . /usr/local/lib/virtwork/common.sh || exit
# A kept root disk can hold scripts that are older than this file: functions keep their names and arguments.

# log MESSAGE: prints the message after the name of the script.
log() { printf '%s: %s\n' "${0##*/}" "$1"; }

# warn MESSAGE: the same on stderr.
warn() { log "$1" >&2; }

# die MESSAGE [STATUS]: reports an error and ends the script. STATUS is 1 by default.
die() {
  warn "$1"
  exit "${2:-1}"
}

# require_commands NAME...: ends the script unless all commands are installed.
require_commands() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || die "$name is not installed"
  done
}

warned='' warned_at=0

# warn_once MESSAGE: for loops. Warns about a new problem at once, and every five minutes while it lasts.
warn_once() {
  [[ $warned != "$1" || $((SECONDS - warned_at)) -ge 300 ]] || return 0
  warned=$1 warned_at=$SECONDS
  warn "$1"
}

# disk_exists LINK: whether the link is a block device. Waits until udev has handled its events.
disk_exists() {
  [[ -b $1 ]] && return 0
  udevadm settle --timeout=10 2>/dev/null
  [[ -b $1 ]]
}

# disk_contents LINK: prints what is on the device: "empty", the type of its file system, or a description of anything
# else. blkid exits with 2 both for an empty device and for an unreadable one, hence the second tool.
disk_contents() {
  local found result signatures
  found=$(blkid -p -o export "$1" 2>/dev/null)
  result=$?
  signatures=$(wipefs --no-act "$1" 2>/dev/null) || { echo 'not readable'; return; }
  if [[ $result == 2 && -z $found$signatures ]]; then
    echo empty
  elif [[ $result == 0 && ! $found =~ (^|$'\n')PTTYPE= && $found =~ (^|$'\n')TYPE=([^$'\n']+) ]]; then
    echo "${BASH_REMATCH[2]}"
  else
    echo "${found:-${signatures:-blkid ended with $result}}" | tr '\n' ' '
  fi
}

# publish_metrics NAME COMMAND...: replaces the file NAME.prom with the output of the command, in one step.
# The health endpoint serves the file at /metrics. Does nothing where the folder is missing.
publish_metrics() {
  local dir=${VIRTWORK_METRICS_DIR:-/run/virtwork/metrics} name=$1
  shift
  [[ -d $dir ]] || return 0
  "$@" >"$dir/.$name.prom" && mv -f "$dir/.$name.prom" "$dir/$name.prom"
}

# metric NAME TYPE HELP [VALUE]: prints the description of a metric and, with a value, its sample without labels.
metric() {
  printf '# HELP %s %s\n# TYPE %s %s\n' "$1" "$3" "$1" "$2"
  (($# < 4)) || sample "$1" '' "$4"
}

# sample NAME LABELS VALUE: prints a sample. LABELS are as in 'job="mixed",result="success"'.
sample() { printf '%s%s %s\n' "$1" "${2:+{$2\}}" "$3"; }

# event KIND TEXT: prints the text, and adds it to the journal as an event. The health endpoint shows it at /events, if the
# script runs as root or as the user of a unit of the workload. KIND is a word such as kill, fill or load-start.
event() {
  local line unit=''
  log "$2"
  while IFS= read -r line; do
    [[ ! $line =~ /([^/]+\.service)(/|$) ]] || unit=${BASH_REMATCH[1]}
  done 2>/dev/null <"${VIRTWORK_CGROUP_FILE:-/proc/self/cgroup}"
  printf '%s\n' "MESSAGE=${2//[[:cntrl:]]/?}" MESSAGE_ID=5fcb3c1f6c9b4d0f8e5d3a0c1b7a2e94 "VIRTWORK_EVENT=$1" ${unit:+"VIRTWORK_UNIT=$unit"} |
    logger --journald 2>/dev/null || warn_once 'cannot add an event to the journal'
}
