import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './render';
import { outputOf, start } from './run';

export interface Prometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * A real Prometheus that has recorded samples in the format of OpenMetrics, and evaluates rules every second.
 * @param more arguments of its command
 */
export async function prometheus(samples: string, rules: object, more: readonly string[] = []): Promise<Prometheus> {
  const dir = tempDir();
  const [text, data, config] = [join(dir, 'samples.txt'), join(dir, 'data'), join(dir, 'prometheus.json')];
  mkdirSync(data);
  writeFileSync(text, samples);
  writeFileSync(join(dir, 'rules.json'), JSON.stringify(rules));
  writeFileSync(config, JSON.stringify({ global: { evaluation_interval: '1s' }, rule_files: ['rules.json'] }));
  outputOf('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data]);
  const options = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, '--web.listen-address=127.0.0.1:0', ...more];
  const child = start('prometheus', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  const end = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const url = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      log += more;
      const [, address] = /msg="Listening on".*? address=(127\.0\.0\.1:[1-9][0-9]*)/.exec(log) ?? [];
      if (address && log.includes('msg="Server is ready to receive web requests."')) resolve(`http://${address}`);
    });
    child.on('close', () => reject(new Error(`prometheus has ended:\n${log}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await end;
    },
  };
}

/** The answer of the HTTP API of a Prometheus. */
export async function answer(url: string, path: string, params: { readonly [name: string]: string }): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params)}`, { signal: AbortSignal.timeout(60_000) });
  const body = (await response.json()) as { readonly status: string; readonly error?: string; readonly data?: unknown };
  if (body.status !== 'success') throw new Error(`${JSON.stringify(params)}: ${body.error}`);
  return body.data;
}
