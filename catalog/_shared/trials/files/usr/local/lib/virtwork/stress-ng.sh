# shellcheck shell=bash
# Measures with stress-ng. Source this file after trial.sh.

# bogo_ops STRESSOR SECONDS OPTION...: runs stress-ng and adds its results.
# Sets the array figures to all of them.
bogo_ops() {
  local dir status version
  require_commands stress-ng
  dir=$(mktemp -d) || die 'cannot create a temporary directory'
  # shellcheck disable=SC2064 # dir is local
  trap "rm -rf '$dir'" EXIT
  set_job stress-ng "${@:3}" --timeout "$2"
  begin_window
  stress-ng "${@:3}" --timeout "$2" --temp-path "$dir" --metrics --yaml "$dir/report" >"$dir/output" 2>&1
  status=$?
  end_window
  cat "$dir/output"
  add_output "$(<"$dir/output")"
  [[ ! -e $dir/report ]] || read_figures "$1" "$dir/report"
  version=$(stress-ng --version 2>/dev/null)
  [[ ! $version =~ version\ ([0-9.]+) ]] || add_tool stress-ng "${BASH_REMATCH[1]}"
  add_metric bogo-ops "$(positive "${figures[bogo-ops-per-second-real-time]:-}")"
  add_metric bogo-ops-per-cpu-second "$(positive "${figures[bogo-ops-per-second-usr-sys-time]:-}")"
  add_metric bogo-ops-total "$(positive "${figures[bogo-ops]:-}")"
  # 2: a stressor failed, 3: not started, 4: not supported, 7: the figures are not reliable.
  ((status == 0)) || fail "stress-ng failed with exit status $status: $({ grep -E '^stress-ng: (fail|error):' "$dir/output" || cat "$dir/output"; } | tail -n 1)"
}

declare -A figures=()

# read_figures STRESSOR FILE: the section of the stressor in a YAML report. A stressor that was skipped has none.
read_figures() {
  local key value
  while read -r key value; do figures[$key]=$value; done < <(
    awk -v name="$1" '
      /^ *- stressor: / { inside = $3 == name; next }
      /^[^ ]/ { inside = 0 }
      inside && /^ +[a-z-]+: [0-9.]+$/ { sub(/:$/, "", $1); print $1, $2 }' "$2"
  )
}

# positive NUMBER: prints it unless it is 0. stress-ng prints 0 for what it did not measure.
positive() { [[ ! $1 =~ [1-9] ]] || echo "$1"; }
