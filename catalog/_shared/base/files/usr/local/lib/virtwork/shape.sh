# shellcheck shell=bash disable=SC2017,SC2034
# The load shape of a workload. Source this file after common.sh.
# The level is a share of the full load in hundredths of a percent, 0 to 10000. It depends on nothing but the clock and
# the params, so a restart continues the curve. src/signals/shape.ts computes the same level; all numbers are integers.

# shape_level TIME: sets level to that of the slot with this time, in seconds since 1970, and slot_end to the time at
# which the slot ends. A slot is 1/60 of the period, at least 5 seconds; the last one of a period may be shorter.
shape_level() {
  local slot slots start index share
  local period=$PARAM_SHAPE_PERIOD low=$((PARAM_SHAPE_LOW * 100))
  slot=$((period / 60 > 5 ? period / 60 : 5))
  slots=$(((period + slot - 1) / slot))
  start=$(($1 - $1 % period))
  index=$((($1 - start) / slot))
  slot_end=$((index + 1 < slots ? start + (index + 1) * slot : start + period))
  case $PARAM_SHAPE in
    # Judged by the middle of the slot.
    duty) share=$(((2 * index + 1) * 50 < PARAM_SHAPE_DUTY * slots ? 10000 : 0)) ;;
    ramp) share=$((index * 10000 / (slots - 1))) ;;
    steps) share=$((index * PARAM_SHAPE_STEPS / slots * 10000 / (PARAM_SHAPE_STEPS - 1))) ;;
    day) shape_day $(((2 * index + 1) * 5000 / slots)) ;;
    *) share=10000 ;;
  esac
  level=$((low + (10000 - low) * share / 10000))
  ((PARAM_SHAPE_NOISE == 0)) || shape_noise $(($1 / period * slots + index))
}

# shape_day POSITION: sets share of the caller. A smooth curve: low at both ends of the period, full in the middle.
shape_day() {
  local x=$(($1 < 5000 ? 2 * $1 : 20000 - 2 * $1))
  share=$((x * x * (30000 - 2 * x) / 100000000))
}

# shape_noise SLOT: moves the level up or down by up to PARAM_SHAPE_NOISE percent of the full load. Each slot since 1970
# has its own number, which depends on the seed.
shape_noise() {
  local prime=2147483647 x
  x=$(((PARAM_SHAPE_SEED * 1000003 + $1) % prime * 48271 % prime))
  x=$(((x ^ x >> 15) * 16807 % prime))
  x=$(((x ^ x >> 13) * 48271 % prime))
  level=$((level + x % (PARAM_SHAPE_NOISE * 200 + 1) - PARAM_SHAPE_NOISE * 100))
  level=$((level < 0 ? 0 : level > 10000 ? 10000 : level))
}

# next_phase: sets level, and seconds to the time that it lasts from now. Slots with the same level are one phase, up to
# the end of the period. Publishes the level.
next_phase() {
  local now=$EPOCHSECONDS slot_end period_end first
  shape_level "$now"
  first=$level period_end=$((now - now % PARAM_SHAPE_PERIOD + PARAM_SHAPE_PERIOD))
  seconds=$((slot_end - now))
  while ((slot_end < period_end)); do
    shape_level "$slot_end"
    ((level == first)) || break
    seconds=$((slot_end - now))
  done
  level=$first
  publish_metrics shape shape_metrics || true
}

# follow_shape FULL COMMAND...: for a load in whole percent. Without end, runs the command with the share of FULL percent
# and the seconds of each phase as last arguments. Sleeps while the share is 0.
follow_shape() {
  local level seconds percent
  while true; do
    next_phase
    percent=$(((level * $1 + 5000) / 10000))
    if ((percent > 0)); then "${@:2}" "$percent" "$seconds"; else sleep "$seconds"; fi
  done
}

# next_run LONGEST: for a load with a cap, in runs of at most LONGEST seconds. Sets level to the share of the cap, 10000
# without a shape, and seconds to the time of the run. Waits while the level is 0.
next_run() {
  level=10000 seconds=$1
  [[ $PARAM_SHAPE != constant ]] || return 0
  next_phase
  while ((level == 0)); do
    sleep "$seconds"
    next_phase
  done
  ((seconds <= $1)) || seconds=$1
  run_end=$((EPOCHSECONDS + seconds))
}

# rest SECONDS FAILURES: the pause after a run. With a shape, a run that has succeeded is only followed by the rest of its
# time: pgbench ends early when its next transaction would be too late.
rest() {
  local left=$1
  [[ $PARAM_SHAPE == constant || $2 != 0 ]] || left=$((run_end - EPOCHSECONDS))
  ((left <= 0)) || sleep "$left"
}

shape_metrics() {
  local ratio
  printf -v ratio '%d.%04d' $((level / 10000)) $((level % 10000))
  metric virtwork_shape_level_ratio gauge 'Current level of the load shape, as a share of the full load.' "$ratio"
}
