# Checks what a trial left, and composes its record, virtwork.result/1. For jq 1.6 and later.

def number: type == "number" and (isnan or isinfinite | not);
def count: number and . >= 0 and . == floor;
def fact: (type | IN("string", "boolean")) or number;
def unit: type == "string" and length <= 64;
# $ would also match before a line break at the end.
def key: test("\\A[a-z][a-z0-9-]{0,62}\\z");
# A field that is not known is absent.
def known: type == "object" and all(.[]; . != null);

def histogram: known
  and (keys - ["unit", "count", "sum", "min", "max", "bins"] == [])
  and (.unit | unit) and (.count | count)
  and all(.sum, .min, .max; . == null or number)
  and (.bins | type == "array" and length <= 20000 and all(.[]; type == "array" and length == 2 and (.[0] | number) and (.[1] | count)));

def series: known
  and (keys - ["unit", "every", "values"] == [])
  and (.unit | . == null or unit) and (.every | number and . > 0)
  and (.values | type == "array" and length <= 100000 and all(.[]; number));

def window: type == "object" and keys == ["from", "to"] and all(.[]; number) and .to - .from >= 0.001;

# Problems of the values of a field that fail the condition.
def each($field; $most; condition; $must):
  .[$field] | values
  | if type != "object" then "\($field): must be an object"
    elif length > $most then "\($field): must have at most \($most) keys"
    else to_entries[]
      | if (.key | key | not) then "\($field): the key \(.key | tojson) must match [a-z][a-z0-9-]*"
        elif (.value | condition | not) then "\($field).\(.key): must be \($must), got \(.value | tojson | .[:60])"
        else empty end
    end;

# The first problem of a list of JSON values that should be one valid result; empty: none.
# $complete: whether metrics are required. $unit: uptimes of the start and the end of the unit; null: not known.
def problem($complete; $unit):
  if length != 1 then "must be one JSON object, got \(length) JSON values"
  elif .[0] | type != "object" then "must be a JSON object, got \(.[0] | type)"
  else .[0] | first(
    (keys - ["window", "metrics", "histograms", "series", "guest", "job", "raw"] | select(. != []) | "unknown field \(.[0] | tojson)"),
    (to_entries[] | select(.key != "raw" and .value == null) | "\(.key): must not be null"),
    (.window | values
      | if (window | not) then "window: must be {from, to}: two uptimes in seconds, to after from"
        # An uptime of /proc/uptime has two digits.
        elif $unit != null and (.from < $unit[0] - 0.1 or .to > $unit[1] + 0.1) then
          "window: must be within the run of the unit, from uptime \($unit[0]) to \($unit[1]) s, got \(.from) to \(.to)"
        else empty end),
    each("metrics"; 500; number; "a finite number"),
    (.metrics | select($complete and (. == null or . == {})) | "metrics: must have at least one number"),
    each("histograms"; 100; histogram; "a histogram: unit, count and bins [[value, count], ...]"),
    each("series"; 100; series; "a series: every (seconds) and values"),
    each("guest"; 90; fact or (type == "object" and length <= 100 and all(.[]; fact)); "a fact or an object of facts"),
    (.job | select(. != null and type != "string") | "job: must be a string"),
    "")
  end;

# The params of the trial, from the environment: PARAM_BLOCK_SIZE is block-size.
def params: env | with_entries(select(.key | startswith("PARAM_")) | .key |= (ltrimstr("PARAM_") | ascii_downcase | split("_") | join("-")));

# $facts: what the runner knows; $result: the valid result as a list, or an empty list; $start: the uptime from which
# its window counts, null: not known.
def record($facts; $result; $start):
  def milli: . * 1000 | round / 1000;
  ($result[0] // {}) as $left
  | $facts + {params: params}
  | .guest = ($left.guest // {}) + .guest
  | (if $left.window == null or $start == null then .
     else .window = ($left.window | {from: (.from - $start | milli), seconds: (.to - .from | milli)}) end)
  | (if ($left.metrics // {}) == {} then . else .metrics = $left.metrics end)
  | . + ($left | del(.window, .metrics, .guest));
