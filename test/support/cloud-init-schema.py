# Runs `cloud-init schema` for many files in one process, because loading its modules takes longer than the check.
# Usage: cloud-init-schema.py PROGRAM FILE...
# Prints a JSON list with the output for each file.
import contextlib
import io
import json
import runpy
import sys

program, *files = sys.argv[1:]
said = []
for file in files:
    sys.argv = ["cloud-init", "schema", "--config-file", file]
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            runpy.run_path(program, run_name="__main__")
        except SystemExit as end:
            if end.code not in (None, 0):
                print(f"exit {end.code}")
    said.append(output.getvalue())
print(json.dumps(said))
