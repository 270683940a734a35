import { join } from 'node:path';
import { needs } from '../support/tools';
import { RECORDED, TrialRoot } from '../support/trial-script';

// Reports that the programs of several distributions have printed are in test/fixtures/trials.
const recorded = (name: string) => join(RECORDED, name);
const withJq = needs('jq');
/** A program that succeeds from the third time on. */
const NTH_TIME = 'i=$(($(cat "$N" 2>/dev/null || echo 0) + 1)); echo $i >"$N"; ((i < 3)) || exit 0; exit 1';
const WAIT = { VIRTWORK_PAUSE: '0' };

describe('trial.sh', () => {
  /** A trial whose script has these lines. */
  function script(lines: string) {
    const root = new TrialRoot('cpu');
    root.file('local/virtwork-cpu-trial', `set -uo pipefail\n. "$VIRTWORK_LIB_DIR/common.sh"\n. "$VIRTWORK_LIB_DIR/trial.sh"\n${lines}\n`);
    return root.measure({ DIR: root.dir });
  }

  withJq('writes metrics, the version of a tool, the command and its output, and nothing that is not known', () => {
    const { status, result, output } = script(
      `add_metric a 1.5; add_metric b ''; add_metric c 2e-3; add_metric d 0; add_tool fio 3.33; add_tool other ''
      set_job fio --size=1G 'a b'; add_output "x\ty"; write_result a c`,
    );
    expect({ status, output }).toEqual({ status: 0, output: '' });
    expect(result).toEqual({ metrics: { a: 1.5, c: 0.002, d: 0 }, guest: { fio: '3.33' }, job: "fio --size=1G 'a b'", raw: 'x\ty\n' });
  });

  withJq.each([
    ['add_metric a 1; write_result a b', 'virtwork-cpu-trial: the measurement has no b', { a: 1 }],
    ['add_metric a 1; write_result', '', { a: 1 }],
    ['add_metric aa 1; write_result a', 'virtwork-cpu-trial: the measurement has no a', { aa: 1 }],
    ['add_metric a 1; add_metric b nan; write_result', 'virtwork-cpu-trial: b is not a number: nan', { a: 1 }],
    ['add_metric a 1; add_metric b 1,5; write_result', 'virtwork-cpu-trial: b is not a number: 1,5', { a: 1 }],
    ['add_metric a 1; fail "the server has gone"', 'virtwork-cpu-trial: the server has gone', { a: 1 }],
    ['fail "the server has gone"', 'virtwork-cpu-trial: the server has gone', undefined],
  ])('%s', (lines, last, metrics) => {
    const got = script(lines);
    expect({ status: got.status, last: got.last, metrics: got.result?.metrics }).toEqual({ status: last === '' ? 0 : 1, last, metrics });
  });

  withJq('has the window from the first load to the last', () => {
    const { result } = script(
      `exec {never}<> <(:); pause() { read -rt 0.1 -u "$never" _; }
      uptime() { read -r now _ </proc/uptime; add_metric "$1" "$now"; }
      pause; uptime before; begin_window; uptime first; pause; end_window; pause; begin_window; pause; uptime last; end_window; uptime after
      write_result`,
    );
    const { from = Number.NaN, to = Number.NaN } = result?.window ?? {};
    const { before, first, last, after } = result?.metrics as { readonly [name: string]: number };
    expect(from).toBeGreaterThanOrEqual(before as number);
    expect(from).toBeLessThanOrEqual(first as number);
    expect(to).toBeGreaterThanOrEqual(last as number);
    expect(to).toBeLessThanOrEqual(after as number);
    expect(to - from).toBeGreaterThan(0.28);
  });

  withJq.each(['', 'begin_window', 'end_window', 'trial_from=5.01 trial_to=5.01'])('has no window after %j', (lines) => {
    expect(script(`${lines}\nadd_metric a 1; write_result`).result).toEqual({ metrics: { a: 1 } });
  });

  withJq('limits the output that it keeps', () => {
    expect(script('add_metric a 1; add_output "$(head -c 200000 /dev/zero | tr "\\0" x)"; write_result').result?.raw).toHaveLength(65536);
  });

  // The keys are those of the bins of fio: exact below 128, then 64 for each power of two.
  withJq.each([
    ['1', 1, [[1, 1]]],
    ['127', 1, [[127, 1]]],
    ['128', 1, [[129, 1]]],
    ['129', 1, [[129, 1]]],
    ['144000', 1, [[144384, 1]]],
    ['145407', 1, [[144384, 1]]],
    ['145408', 1, [[146432, 1]]],
    ['9000000000', 1, [[9059696640, 1]]],
    ['0.5', 1_000_000, [[501760, 1]]],
    [
      '3 40\n3\n2 1',
      1,
      [
        [2, 1],
        [3, 41],
      ],
    ],
    ['failed\n\n7', 1, [[7, 1]]],
  ])('counts %j, times %d, in the bins %j', (values, scale, bins) => {
    const { status, result } = script(
      `printf '${values.replaceAll('\n', '\\n')}\\n' | count_values ${scale} >"$DIR/a"; add_metric a 1; add_histogram h ns "$DIR/a"; write_result`,
    );
    expect({ status, bins: result?.histograms?.h?.bins }).toEqual({ status: 0, bins });
  });

  withJq('adds up the values of several files', () => {
    const { result } = script(
      `printf '5\\n9\\n' | count_values 1 >"$DIR/a"; printf '5\\n2\\n' | count_values 1 >"$DIR/b"; count_values 1 </dev/null >"$DIR/c"
      add_metric a 1; add_histogram h ns "$DIR"/[abc]; add_histogram none ns "$DIR/c"; add_metric count "$REPLY"; write_result`,
    );
    expect(result?.histograms).toEqual({
      h: {
        unit: 'ns',
        count: 4,
        sum: 21,
        min: 2,
        max: 9,
        bins: [
          [2, 1],
          [5, 2],
          [9, 1],
        ],
      },
    });
    expect(result?.metrics).toEqual({ a: 1, count: 0 });
  });

  withJq('has a series of values, none if there are no values', () => {
    const { result } = script(
      `printf '5\\n0\\n' >"$DIR/a"; : >"$DIR/b"; add_metric a 1; add_series s 1/s 1 "$DIR/a"; add_series none 1/s 1 "$DIR/b"; write_result`,
    );
    expect(result?.series).toEqual({ s: { unit: '1/s', every: 1, values: [5, 0] } });
  });
});

describe('cpu and memory', () => {
  const CPU = { PARAM_TRIAL_SECONDS: '2', PARAM_CPU_LOAD_PERCENT: '90', PARAM_CPU_METHOD: 'fft' };
  const MEMORY = { PARAM_TRIAL_SECONDS: '3', PARAM_VM_STRESSORS: '2', PARAM_MEMORY_PERCENT: '50', PARAM_VM_METHOD: 'flip' };

  /** stress-ng that leaves this report. */
  function root(entry: string, report: string, status = 0, output = '') {
    return new TrialRoot(entry).stub(
      'stress-ng',
      `[[ $1 != --version ]] || { echo "stress-ng, version 0.15.06 (gcc 12.2.0)"; exit; }
      while (($# > 1)); do [[ $1 != --yaml ]] || file=$2; shift; done
      echo '${output}'; [[ -z '${report}' ]] || cat '${report}' >"$file"; exit ${status}`,
    );
  }

  withJq.each([
    ['0.12.06', { 'bogo-ops': 497.437241, 'bogo-ops-per-cpu-second': 1017, 'bogo-ops-total': 1017 }],
    ['0.15.06', { 'bogo-ops': 491.628172, 'bogo-ops-per-cpu-second': 1647.953818, 'bogo-ops-total': 1006 }],
    ['0.19.02', { 'bogo-ops': 764.161493, 'bogo-ops-per-cpu-second': 1623.817403, 'bogo-ops-total': 1531 }],
  ])('read the report of stress-ng %s', (version, metrics) => {
    const { status, result, calls, left } = root('cpu', recorded(`stress-ng-${version}.txt`)).measure(CPU);
    expect({ status, left, metrics: result?.metrics }).toEqual({ status: 0, left: [], metrics });
    expect(result).toMatchObject({
      guest: { 'stress-ng': '0.15.06' },
      job: 'stress-ng --cpu 0 --cpu-load 90 --cpu-method fft --timeout 2',
    });
    expect(calls[0]).toMatch(/^stress-ng --cpu 0 --cpu-load 90 --cpu-method fft --timeout 2 --temp-path \S+ --metrics --yaml \S+$/);
  });

  withJq('memory also has the memory of the largest stressor', () => {
    const guest = root('memory', '').file(
      'report',
      'metrics:\n    - stressor: vm\n      bogo-ops: 5\n      bogo-ops-per-second-real-time: 2.5\n      max-rss: 1000\n',
    );
    const { status, result } = root('memory', join(guest.dir, 'report')).measure(MEMORY);
    expect({ status, metrics: result?.metrics }).toEqual({
      status: 0,
      metrics: { 'bogo-ops': 2.5, 'bogo-ops-total': 5, 'stressor-bytes': 1024000 },
    });
    expect(result?.job).toBe('stress-ng --vm 2 --vm-bytes 50% --vm-method flip --timeout 3');
  });

  withJq.each([
    [
      'a stressor that fails',
      recorded('stress-ng-0.15.06.txt'),
      2,
      'stress-ng: fail:  [7] vm: detected 3 bit errors',
      /status 2: stress-ng: fail: {2}\[7\] vm: detected 3 bit errors$/,
    ],
    ['a wrong method', '', 1, 'cpu-method must be one of: all fft', /status 1: cpu-method must be one of: all fft$/],
    ['a stressor that was skipped', recorded('stress-ng-0.15.06.txt').replace('0.15.06', 'none'), 0, '', /has no bogo-ops$/],
    ['no report', '', 0, '', /has no bogo-ops$/],
  ])('fail after %s', (_, report, code, output, last) => {
    const guest = report.includes('none') ? root('cpu', '/dev/null', code, output) : root('cpu', report, code, output);
    const got = guest.measure(CPU);
    expect(got.status).toBe(1);
    expect(got.last).toMatch(last);
  });

  withJq('fail without stress-ng', () => {
    expect(new TrialRoot('cpu').measure(CPU)).toMatchObject({ status: 1, last: 'virtwork-cpu-trial: stress-ng is not installed' });
  });
});

describe('sysbench', () => {
  const PARAMS = { PARAM_THREADS: '2', PARAM_TEST_DURATION: '2', PARAM_CPU_METHOD: 'sum' };

  withJq('has events, latency and a histogram of all events', () => {
    const { status, result, calls, left } = new TrialRoot('sysbench')
      .stub('sysbench', `cat ${recorded('sysbench-1.0.20.txt')}`)
      .measure(PARAMS);
    expect({ status, left }).toEqual({ status: 0, left: [] });
    expect(calls).toEqual(['sysbench cpu --threads=2 --cpu-max-prime=10000 --time=2 --histogram run']);
    const { metrics, histograms, guest, raw } = result ?? {};
    expect(Object.keys(metrics ?? {})).toEqual(['events', 'events-total', 'latency-mean', 'latency-max']);
    expect(histograms?.latency?.count).toBe(metrics?.['events-total']);
    expect(guest).toEqual({ sysbench: '1.0.20' });
    expect(raw).not.toContain('|*');
  });

  withJq.each([
    ['exit 1', 'virtwork-sysbench-trial: sysbench failed with exit status 1'],
    ['echo nothing', 'virtwork-sysbench-trial: the measurement has no events'],
    ['echo "    events per second:   0.00"', 'virtwork-sysbench-trial: the measurement has no events'],
    ['echo "    events per second:   5.00"', 'virtwork-sysbench-trial: the measurement has no latency-mean'],
  ])('fails after: %s', (script, last) => {
    expect(new TrialRoot('sysbench').stub('sysbench', script).measure(PARAMS)).toMatchObject({ status: 1, last });
  });
});

describe('network', () => {
  const PARAMS = { VIRTWORK_PEER: 'server-0', PARAM_TEST_DURATION: '2', PARAM_PARALLEL_STREAMS: '2', PARAM_BANDWIDTH: '0' };
  const iperf3 = (script: string, params = {}) => new TrialRoot('network').stub('iperf3', script).measure({ ...PARAMS, ...params });

  withJq.each([
    ['3.9', [42, 7]],
    ['3.12', [54, 6]],
    ['3.18', [34, 32]],
  ])('reads the streams of iperf3 %s', (version, retransmits) => {
    const { status, result, calls, left } = iperf3(`cat ${recorded(`iperf3-${version}.txt`)}`);
    expect({ status, left }).toEqual({ status: 0, left: [] });
    expect(calls).toEqual([
      'iperf3 --client server-0 --port 5201 --connect-timeout 10000 --time 2 --parallel 2 --bidir --interval 1 --json',
    ]);
    const report = JSON.parse(require('node:fs').readFileSync(recorded(`iperf3-${version}.txt`), 'utf8'));
    const sum = (sender: boolean) =>
      report.end.streams
        .filter((stream: { sender: { sender: boolean } }) => stream.sender.sender === sender)
        .reduce((bits: number, stream: { receiver: { bits_per_second: number } }) => bits + stream.receiver.bits_per_second, 0) / 8;
    const { metrics = {}, series = {}, guest } = result ?? {};
    expect(metrics['sent-bytes']).toBeCloseTo(sum(true), 0);
    expect(metrics['received-bytes']).toBeCloseTo(sum(false), 0);
    expect([metrics['sent-retransmits'], metrics['received-retransmits']]).toEqual(retransmits);
    expect(metrics['round-trip-time']).toBeGreaterThan(0);
    expect(Object.values(series).map(({ values }) => values.length)).toEqual([2, 2]);
    expect(guest).toEqual({ iperf3: version });
  });

  test('is prepared when the server answers', () => {
    const root = new TrialRoot('network').stub('iperf3', NTH_TIME);
    const { status, output, calls } = root.measure({ ...PARAMS, ...WAIT, N: join(root.dir, 'n') }, ['prepare']);
    const call = 'iperf3 --client server-0 --port 5201 --connect-timeout 10000 --time 1';
    expect({ status, output, calls }).toEqual({
      status: 0,
      output: 'virtwork-network-trial: waiting for server-0\n',
      calls: [call, call, call],
    });
  });

  withJq('keeps the number of intervals small', () => {
    const { calls } = iperf3(`cat ${recorded('iperf3-3.12.txt')}`, { PARAM_TEST_DURATION: '86400' });
    expect(calls[0]).toContain(' --interval 145 ');
  });

  withJq.each([
    // The exit status of 3.12 is 0.
    ['3.12', 0, 'failed with exit status 0: unable to connect to server: Connection refused'],
    ['3.18', 1, 'failed with exit status 1: unable to connect to server - '],
    ['3.9', 1, 'failed with exit status 1'],
  ])('fails without its server, with iperf3 %s', (version, code, message) => {
    const { status, last, result } = iperf3(`cat ${recorded(`iperf3-${version}-missing.txt`)}; exit ${code}`);
    expect(status).toBe(1);
    expect(last).toContain(`virtwork-network-trial: iperf3 against server-0 ${message}`);
    expect(result).not.toHaveProperty('metrics');
  });

  withJq.each([
    ['no stream that receives', '.end.streams |= map(select(.sender.sender))', 'received-bytes'],
    ['nothing arrived', '.end.streams |= map(.receiver.bits_per_second = 0)', 'sent-bytes'],
    ['no streams', '.end = {}', 'sent-bytes'],
  ])('fails when the report has %s', (_, filter, key) => {
    expect(iperf3(`jq '${filter}' ${recorded('iperf3-3.12.txt')}`)).toMatchObject({
      status: 1,
      last: `virtwork-network-trial: the measurement has no ${key}`,
    });
  });

  withJq('leaves out what is not known', () => {
    const { status, result } = iperf3(
      `jq 'del(.end.streams[].sender.retransmits, .end.streams[].sender.mean_rtt)' ${recorded('iperf3-3.12.txt')}`,
    );
    expect(status).toBe(0);
    expect(Object.keys(result?.metrics ?? {})).toEqual(['sent-bytes', 'received-bytes', 'cpu-percent']);
  });
});

describe('tps', () => {
  const PARAMS = { VIRTWORK_PEER: 'server-0', PARAM_DURATION: '1', PARAM_FILE_SIZE: '1M', PARAM_TRIAL_TEST: 'both' };
  const NETPERF = `[[ $1 == -V ]] && echo "Netperf version 2.7.0" || cat ${recorded('netperf-2.7.0.txt')}`;
  const CURL = 'i=$(($(cat "$N" 2>/dev/null || echo 0) + 1)); echo $i >"$N"; printf "200 1048576 0.0%03d00" $i';

  function measure(netperf: string, curl: string, params = {}) {
    const root = new TrialRoot('tps').stub('netperf', netperf).stub('curl', curl);
    return root.measure({ ...PARAMS, N: join(root.dir, 'n'), ...params });
  }

  test('is prepared when both servers answer', () => {
    const root = new TrialRoot('tps').stub('netperf').stub('curl').stub('timeout', NTH_TIME);
    const { status, output, calls } = root.measure({ ...PARAMS, ...WAIT, N: join(root.dir, 'n') }, ['prepare']);
    expect({ status, output, ports: calls.map((call) => call.split(' ').slice(-2).join(' ')) }).toEqual({
      status: 0,
      output: 'virtwork-tps-trial: waiting for server-0\n',
      ports: ['server-0 12865', 'server-0 12865', 'server-0 12865', 'server-0 8080'],
    });
  });

  withJq('has transactions with latencies, and downloads with a histogram', () => {
    const { status, result, left } = measure(NETPERF, CURL);
    expect({ status, left }).toEqual({ status: 0, left: [] });
    const { metrics = {}, histograms, guest } = result ?? {};
    expect(metrics).toMatchObject({
      transactions: 34801.08,
      'latency-mean': 0.00002868,
      'latency-p50': 0.000015,
      'latency-p90': 0.000019,
      'latency-p99': 0.000145,
      'latency-max': 0.011741,
      retransmits: 0,
    });
    expect(metrics['download-bytes']).toBeCloseTo((metrics.downloads as number) * 1048576, -3);
    expect(histograms?.['download-time']?.count).toBeGreaterThan(1);
    expect(histograms?.['download-time']?.bins[0]?.[0]).toBe(99840); // 0.0001 s
    expect(guest).toEqual({ netperf: '2.7.0' });
  });

  withJq.each([
    ['transactions', /netperf/, /curl/],
    ['downloads', /curl/, /TCP_RR/],
  ])('measures %s alone', (test, called, not) => {
    const { status, result, calls } = measure(NETPERF, CURL, { PARAM_TRIAL_TEST: test });
    expect(status).toBe(0);
    expect(result?.metrics).toHaveProperty(test);
    expect(calls.join('\n')).toMatch(called);
    expect(calls.join('\n')).not.toMatch(not);
  });

  withJq.each([
    ['netperf ends with an error', 'exit 255', CURL, 'netperf against server-0 failed with exit status 255'],
    ['no transactions', 'echo THROUGHPUT=0.00', CURL, 'the measurement has no transactions'],
    ['no report', 'echo', CURL, 'the measurement has no transactions'],
    ['no HTTP server', NETPERF, 'exit 7', 'a download from server-0 failed, after 0 downloads'],
    ['no file', NETPERF, 'printf "404 0 0.001"; exit 22', 'a download from server-0 failed, after 0 downloads'],
    ['an incomplete download', NETPERF, 'printf "200 1048575 0.001"', 'a download from server-0 failed, after 0 downloads'],
    ['a server that goes away', NETPERF, `${CURL}; ((i < 3)) || exit 18`, 'a download from server-0 failed, after 2 downloads'],
  ])('fails after: %s', (_, netperf, curl, message) => {
    expect(measure(netperf, curl)).toMatchObject({ status: 1, last: `virtwork-tps-trial: ${message}` });
  });

  withJq('leaves out what netperf does not know', () => {
    const netperf = 'printf "THROUGHPUT=5.00\\nMEAN_LATENCY=-1\\nP99_LATENCY=0\\nLOCAL_TRANSPORT_RETRANS=-1\\n"';
    const { status, result } = measure(netperf, CURL, { PARAM_TRIAL_TEST: 'transactions' });
    expect({ status, metrics: result?.metrics }).toEqual({ status: 0, metrics: { transactions: 5 } });
  });
});

describe('redis-bench', () => {
  const PARAMS = {
    VIRTWORK_SERVICE: 'redis',
    PARAM_TRIAL_SECONDS: '8',
    PARAM_NUM_CLIENTS: '10',
    PARAM_PIPELINE_SIZE: '1',
    PARAM_DATA_SIZE: '256',
    PARAM_TEST_MODE: 'get',
  };
  /** redis-benchmark that prints the lines of a recorded report for the test. */
  const benchmark = (version: string) =>
    `[[ $1 != --version ]] || { echo "redis-benchmark 7.0.15"; exit; }
    while (($# > 1)); do [[ $1 != -t ]] || test=$2; shift; done
    awk -v test="\${test^^}" 'toupper($0) ~ "^.(TEST|" test "|LPUSH \\\\(NEEDED)" && ($0 !~ /LPUSH/ || test == "LRANGE")' ${recorded(`redis-benchmark-${version}.txt`)}`;

  function measure(script: string, params = {}, ping = 'echo PONG') {
    return new TrialRoot('redis-bench')
      .stub('redis-cli', ping)
      .stub('redis-benchmark', script)
      .measure({ ...PARAMS, ...params });
  }

  test('is prepared when the server answers', () => {
    const root = new TrialRoot('redis-bench')
      .stub('redis-cli', `${NTH_TIME.replace('exit 0', 'echo PONG; exit 0')}`)
      .stub('redis-benchmark');
    const { status, output, calls } = root.measure({ ...PARAMS, ...WAIT, N: join(root.dir, 'n') }, ['prepare']);
    expect({ status, output, calls: calls.length }).toEqual({
      status: 0,
      output: 'virtwork-redis-bench-trial: waiting for redis\n',
      calls: 3,
    });
  });

  withJq('has the rate and the latencies of each test, and the rate of all', () => {
    const { status, result, calls } = measure(benchmark('7.0.15'), { PARAM_TEST_MODE: 'set,get' });
    expect(status).toBe(0);
    expect(result?.metrics).toEqual({
      'set-requests': 51813.47,
      'set-latency-mean': 0.000131,
      'set-latency-p50': 0.000119,
      'set-latency-p95': 0.000175,
      'set-latency-p99': 0.000295,
      'set-latency-max': 0.005207,
      'get-requests': 47393.37,
      'get-latency-mean': 0.000138,
      'get-latency-p50': 0.000135,
      'get-latency-p95': 0.000223,
      'get-latency-p99': 0.000263,
      'get-latency-max': 0.003223,
      requests: 49603.4234,
    });
    expect(result?.guest).toEqual({ 'redis-benchmark': '7.0.15' });
    // Half of 8 seconds for each test, after a run of 1000 and one of a tenth of the time.
    expect(calls.filter((call) => call.includes(' -n ')).map((call) => / -n (\d+) .* -t (\w+) /.exec(call)?.slice(1))).toEqual([
      ['1000', 'set'],
      ['20725', 'set'],
      ['207254', 'set'],
      ['1000', 'get'],
      ['18957', 'get'],
      ['189573', 'get'],
    ]);
  });

  withJq('names the parts of a test, and has no latencies from a version without them', () => {
    const { status, result } = measure(benchmark('6.0.16'), { PARAM_TEST_MODE: 'lrange' });
    expect(status).toBe(0);
    expect(Object.keys(result?.metrics ?? {})).toEqual([
      'lpush-requests',
      'lrange-100-requests',
      'lrange-300-requests',
      'lrange-500-requests',
      'lrange-600-requests',
      'requests',
    ]);
  });

  withJq('begins with as many requests as all connections send at once', () => {
    const { calls } = measure(benchmark('8.0.2'), { PARAM_NUM_CLIENTS: '500', PARAM_PIPELINE_SIZE: '16' });
    expect(calls.find((call) => call.includes(' -n '))).toContain(' -c 500 -n 8000 -P 16 ');
  });

  withJq.each([
    ['does not answer', benchmark('7.0.15'), {}, 'echo "Could not connect"', 'redis does not answer'],
    [
      'rejects a request',
      'echo "Error from server: OOM command not allowed" >&2; exit 1',
      {},
      'echo PONG',
      'get failed: Error from server: OOM command not allowed',
    ],
    // Before version 7, with exit status 0 and a result.
    [
      'rejects a request of an old version',
      'printf "Error from server: OOM\\n\\"GET\\",\\"15748.03\\"\\n"',
      {},
      'echo PONG',
      'get failed: Error from server: OOM',
    ],
    [
      'does not know the test',
      benchmark('7.0.15'),
      { PARAM_TEST_MODE: 'nosuch' },
      'echo PONG',
      'nosuch has no result: it may not be a test of redis-benchmark',
    ],
    [
      'answers no request',
      'printf "\\"GET\\",\\"0.00\\"\\n"',
      {},
      'echo PONG',
      'get has no result: it may not be a test of redis-benchmark',
    ],
  ])('fails when the server %s', (_, script, params, ping, message) => {
    expect(measure(script, params, ping)).toMatchObject({ status: 1, last: `virtwork-redis-bench-trial: ${message}` });
  });
});

describe('database', () => {
  const PARAMS = { PARAM_SCALE_FACTOR: '1', PARAM_CLIENTS: '4', PARAM_DURATION: '2', PARAM_TPS: '0' };
  const REPORT = `transaction type: <builtin: TPC-B (sort of)>
number of transactions actually processed: 7`;
  const REPORTS = {
    13: `${REPORT}\nlatency average = 17.444 ms\ntps = 114.654218 (including connections establishing)\ntps = 115.688340 (excluding connections establishing)`,
    15: `${REPORT}\nnumber of failed transactions: 0 (0.000%)\nlatency average = 4.430 ms\ninitial connection time = 48.542 ms\ntps = 451.453036 (without initial connection time)`,
  };
  /** Transactions of two threads: in the seconds 100 to 102 and 100 to 103. */
  const LOG = `printf '0 1 6180 0 100 5\\n0 2 4759 0 101 5\\n0 3 3912 0 101 6\\n0 4 1000 0 102 7\\n' >"$prefix.$$"
    [[ ! -p $prefix.$$.1 ]] || printf '1 1 7000 0 100 5\\n1 2 1000 0 102 5\\n1 3 1000 0 103 5\\n' >"$prefix.$$.1"`;

  function measure(script: string, params = {}) {
    const root = new TrialRoot('database')
      .stub('psql')
      .stub('createdb')
      .stub(
        'pgbench',
        `[[ $1 != --version ]] || { echo "pgbench (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"; exit; }
      for option; do [[ $option != --log-prefix=* ]] || prefix=\${option#*=}; done
      ${script}`,
      );
    return root.measure({ ...PARAMS, ...params }, ['run']);
  }

  withJq.each([
    ['13', { transactions: 115.68834, 'latency-mean': 0.017444 }],
    ['15', { transactions: 451.453036, 'latency-mean': 0.00443, 'failed-transactions': 0 }],
  ] as const)('reads the report of version %s, and counts all transactions of all threads', (version, metrics) => {
    const { status, result, left, calls } = measure(`${LOG}; echo '${REPORTS[version as unknown as 13 | 15]}'`);
    expect({ status, left, metrics: result?.metrics }).toEqual({ status: 0, left: [], metrics });
    expect(result?.histograms?.['transaction-latency']).toEqual({
      unit: 'ns',
      count: 7,
      sum: 24851000,
      min: 1000000,
      max: 7000000,
      bins: [
        [1003520, 3],
        [3915776, 1],
        [4751360, 1],
        [6193152, 1],
        [6979584, 1],
      ],
    });
    // The seconds 101 and 102; the first and the last are not complete.
    expect(result?.series).toEqual({ transactions: { unit: '1/s', every: 1, values: [2, 2] } });
    expect(result).toMatchObject({ guest: { pgbench: '15.18' }, job: 'pgbench --client=4 --jobs=2 --time=2 virtwork' });
    expect(calls.find((call) => call.includes('--log'))).toMatch(/^pgbench --client=4 --jobs=2 --time=2 --log --log-prefix=\S+ virtwork$/);
  });

  withJq('has one thread for one client', () => {
    const { status, result } = measure(`${LOG}; echo '${REPORTS[15].replace('processed: 7', 'processed: 4')}'`, { PARAM_CLIENTS: '1' });
    expect({ status, count: result?.histograms?.['transaction-latency']?.count }).toEqual({ status: 0, count: 4 });
  });

  withJq.each([
    [
      'pgbench: error: could not create connection for setup',
      'echo "pgbench: error: could not create connection for setup"; exit 1',
      /exit status 1: pgbench: error: could not create connection for setup$/,
    ],
    [
      'failed transactions',
      `${LOG}; echo '${REPORTS[15].replace('transactions: 0 ', 'transactions: 3 ')}'`,
      /trial: 3 transactions failed$/,
    ],
    [
      'an incomplete log',
      `${LOG}; echo '${REPORTS[15].replace('processed: 7', 'processed: 9')}'`,
      /trial: pgbench reports 9 transactions, but its log has 7$/,
    ],
    ['no report', `${LOG}; echo nothing`, /reports no transactions, but its log has 7$/],
    ['a report without a rate', `${LOG}; echo '${REPORT}\nlatency average = 4.430 ms'`, /reports no transactions, but its log has 7$/],
  ])('fails after %s', (_, script, last) => {
    const got = measure(script);
    expect(got.status).toBe(1);
    expect(got.last).toMatch(last);
    expect(got.left).toEqual([]);
  });

  test('is prepared: the database is filled only once, and its writes are done before the trial', () => {
    const root = new TrialRoot('database')
      .stub('createdb')
      .stub('pgbench')
      .stub('psql', `[[ $* != *shobj_description* ]] || echo 'pgbench scale 1'`);
    const { status, calls } = root.measure(PARAMS, ['prepare']);
    expect(status).toBe(0);
    expect(calls.filter((call) => /^(pgbench|createdb)/.test(call))).toEqual([]);
    expect(calls.at(-1)).toMatch(/--dbname=virtwork --command=checkpoint$/);
  });
});

describe('disk', () => {
  const terse = (job: string, reads: number, writes: number) => {
    const fields = Array.from({ length: 130 }, () => '0');
    Object.assign(fields, { 0: '3', 2: job, 4: '0' });
    for (const [first, kib] of [
      [5, reads],
      [46, writes],
    ] as const)
      Object.assign(fields, { [first]: String(kib), [first + 1]: String(kib), [first + 2]: String(kib / 4), [first + 34]: '250.5' });
    return fields.join(';');
  };
  const FIO = `[[ $1 != --version ]] || { echo fio-3.33; exit; }
    case $* in *mixed*) echo '${terse('mixed', 400, 200)}' ;; *) echo '${terse('sequential', 0, 800)}' ;; esac`;

  function disk(fio: string) {
    return new TrialRoot('disk')
      .stub('mountpoint')
      .stub('fio', fio)
      .stub('stat', `echo 10000 9900 ${1 << 20}`)
      .stub('du', 'echo "0 total"')
      .file('mnt/other', '');
  }
  function measure(root: TrialRoot, params = {}, step = 'run') {
    return root.measure(
      {
        VIRTWORK_DISK_MOUNT: join(root.dir, 'mnt'),
        PARAM_BLOCK_SIZE_RW: '4k',
        PARAM_BLOCK_SIZE_SEQ: '128k',
        PARAM_RWMIXREAD: '70',
        PARAM_NUMJOBS: '4',
        PARAM_RUNTIME: '1',
        PARAM_IOENGINE: 'libaio',
        PARAM_IODEPTH: '1',
        PARAM_FILE_SIZE: '1G',
        PARAM_RATE_IOPS: '0',
        PARAM_TRIAL_JOB: 'both',
        ...params,
      },
      [step],
    );
  }

  withJq('has the figures of both jobs, by direction', () => {
    const { status, result } = measure(disk(FIO));
    expect({ status, metrics: result?.metrics }).toEqual({
      status: 0,
      metrics: {
        'mixed-read-iops': 100,
        'mixed-read-bytes': 409600,
        'mixed-read-latency-mean': 0.0002505,
        'mixed-write-iops': 50,
        'mixed-write-bytes': 204800,
        'mixed-write-latency-mean': 0.0002505,
        'sequential-write-iops': 200,
        'sequential-write-bytes': 819200,
        'sequential-write-latency-mean': 0.0002505,
      },
    });
    expect(result?.guest).toEqual({ fio: '3.33' });
  });

  withJq('measures one job alone', () => {
    const { result, calls } = measure(disk(FIO), { PARAM_TRIAL_JOB: 'sequential' });
    expect(Object.keys(result?.metrics ?? {})).toEqual([
      'sequential-write-iops',
      'sequential-write-bytes',
      'sequential-write-latency-mean',
    ]);
    expect(calls.filter((call) => /^fio .*mixed/.test(call))).toEqual([]);
  });

  withJq.each([
    ['exit 1', 'the job mixed failed'],
    ['echo', 'the job mixed failed'],
  ])('fails when fio does: %s', (fio, message) => {
    expect(measure(disk(fio))).toMatchObject({ status: 1, last: `virtwork-disk-trial: ${message}` });
  });

  test('is prepared: its files are written before the trial', () => {
    const { status, calls } = measure(disk(FIO), {}, 'prepare');
    expect(status).toBe(0);
    expect(calls.filter((call) => call.startsWith('fio'))).toEqual([
      expect.stringMatching(/^fio --create_only=1 .*mixed.fio$/),
      expect.stringMatching(/^fio --create_only=1 .*sequential.fio$/),
    ]);
  });
});
