# shellcheck shell=bash
# Functions for the bash scripts of trials. Source this file after common.sh.
# A script calls add_metric, add_histogram and add_series for what it has measured, then write_result. If the
# measurement fails, it calls fail. A number that is not known is not in the result: 0 would be wrong.
# A kept root disk can hold scripts that are older than this file: functions keep their names and arguments.

trial_job='' trial_raw='' trial_from='' trial_to=''
trial_metrics=() trial_histograms=() trial_series=() trial_tools=()

# add_metric KEY VALUE: adds a metric. Ignores an empty value.
add_metric() {
  [[ -n ${2:-} ]] || return 0
  [[ $2 =~ ^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$ ]] || fail "$1 is not a number: $2"
  trial_metrics+=("$1 $2")
}

# await_peer NAME COMMAND...: for the preparation of a trial: waits until the command succeeds, which shows that the server
# NAME answers. Its VM may boot later than this one. The time limit is that of the unit.
await_peer() {
  local name=$1
  shift
  until "$@" >/dev/null 2>&1; do
    warn_once "waiting for $name"
    sleep "${VIRTWORK_PAUSE:-2}"
  done
}

# is_open HOST PORT: whether a server listens there. A process of its own, because only that can end an attempt to connect.
# shellcheck disable=SC2016 # the other bash expands it
is_open() { timeout 10 bash -c 'exec 3<>"/dev/tcp/$1/$2"' is_open "$1" "$2"; }

# add_tool NAME VERSION: adds the version of a program. Ignores an empty version.
add_tool() { [[ -z ${2:-} ]] || trial_tools+=("$1 $2"); }

# set_job COMMAND...: sets the command that is measured.
set_job() {
  local word
  trial_job=''
  for word in "$@"; do
    [[ $word =~ ^[-A-Za-z0-9_./:=,%@+]+$ ]] || word=${word@Q}
    trial_job+=${trial_job:+ }$word
  done
}

# begin_window, end_window: call them directly before and after the load that is measured, and not in a subshell. Of
# several loads, the window of the record is from the first start to the last end.
begin_window() { [[ -n $trial_from ]] || read -r trial_from _ </proc/uptime; }
end_window() { read -r trial_to _ </proc/uptime; }

# add_output TEXT: adds what a program printed. All texts together may have 64 KiB; the rest is left out.
add_output() {
  trial_raw+=$1$'\n'
  trial_raw=${trial_raw:0:65536}
}

# count_values SCALE: reads values, one per line and each with an optional count after it, multiplies them by SCALE and
# prints a summary for add_histogram. Values above 0 go into the bins of fio, which are at most 1.6 % wide.
count_values() { awk -v scale="$1" "$bin_function"'
  $1 ~ /^[0-9.]+$/ {
    value = $1 * scale
    n = NF > 1 ? $2 : 1
    bins[bin(value)] += n
    count += n
    sum += value * n
    if (min == "" || value < min) min = value
    if (value > max) max = value
  }
  END {
    if (!count) exit
    for (key in bins) printf "bin %s %.0f\n", key, bins[key]
    printf "count %.0f\nsum %.0f\nmin %.0f\nmax %.0f\n", count, sum, min, max
  }'; }

# The middle of the bin of a value, as in the json+ output of fio: 64 bins for each power of two. As a string, because
# awk shortens large numbers that become keys.
# shellcheck disable=SC2016 # awk expands it
bin_function='
  function bin(value,   width) {
    width = 1
    while (value >= 128) { value /= 2; width *= 2 }
    return sprintf("%.0f", int(value) * width + int(width / 2))
  }'

# add_histogram KEY UNIT FILE...: adds a histogram of the summaries in the files. Sets REPLY to its number of values.
add_histogram() {
  local key=$1 unit=$2 text
  shift 2
  text=$(cat "$@" | jq -Rnc --arg key "$key" --arg unit "$unit" '
    reduce (inputs | split(" ")) as [$what, $a, $b] ({unit: $unit, count: 0};
      if $what == "bin" then .bins[$a] += ($b | tonumber)
      elif $what == "count" or $what == "sum" then .[$what] += ($a | tonumber)
      elif $what == "min" then .min = ([.min // infinite, ($a | tonumber)] | min)
      elif $what == "max" then .max = ([.max // 0, ($a | tonumber)] | max)
      else . end)
    | .bins = (.bins // {} | to_entries | map([(.key | tonumber), .value]) | sort)
    | {($key): .}') || fail "cannot count the values of $key"
  REPLY=$(jq '.[].count' <<<"$text")
  ((REPLY == 0)) || trial_histograms+=("$text")
}

# add_series KEY UNIT SECONDS FILE: adds the values in the file, one per line, each for this number of seconds.
add_series() {
  local text
  text=$(jq -nc --arg key "$1" --arg unit "$2" --arg every "$3" '[inputs] | select(length > 0) |
    {($key): {unit: $unit, every: ($every | tonumber), values: .}}' "$4") || fail "cannot read the values of $1"
  [[ -z $text ]] || trial_series+=("$text")
}

# write_result KEY...: writes $VIRTWORK_RESULT. Fails if a metric with one of these keys is missing.
write_result() {
  local key found=" ${trial_metrics[*]/%\ */} "
  put_result
  for key in "$@"; do
    [[ $found == *" $key "* ]] || die "the measurement has no $key"
  done
}

# fail MESSAGE: writes what is known until now, and ends the script with an error.
fail() {
  put_result
  die "$1"
}

put_result() {
  local new=${VIRTWORK_RESULT:?}.new
  jq -nc --arg metrics "$(printf '%s\n' "${trial_metrics[@]}")" --arg tools "$(printf '%s\n' "${trial_tools[@]}")" \
    --arg from "$trial_from" --arg to "$trial_to" --arg job "$trial_job" --rawfile raw <(printf '%s' "$trial_raw") \
    --slurpfile histograms <(printf '%s\n' "${trial_histograms[@]}") --slurpfile series <(printf '%s\n' "${trial_series[@]}") '
    def pairs: split("\n") | map(select(. != "") | index(" ") as $i | {key: .[:$i], value: .[$i + 1:]});
    def known: with_entries(select(.value | . != null and . != "" and . != {}));
    {window: (if $from == "" or $to == "" or $from == $to then null else {from: ($from | tonumber), to: ($to | tonumber)} end),
     metrics: ($metrics | pairs | map(.value |= tonumber) | from_entries), histograms: ($histograms | add), series: ($series | add),
     guest: ($tools | pairs | from_entries), $job, $raw} | known' >"$new" || die "cannot write $new"
  mv -f "$new" "$VIRTWORK_RESULT" || die "cannot write $VIRTWORK_RESULT"
}
