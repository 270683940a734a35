import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from './render';
import { type Ended, run } from './run';
import { isInstalled } from './tools';

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** The installed browser; the first name if there is none. */
export const BROWSER = NAMES.find(isInstalled) ?? (NAMES[0] as string);

export interface View {
  readonly width?: number;
  readonly dark?: boolean;
}

const FUNCTIONS = join(ROOT, 'test/support/in-browser.js');

/**
 * Opens a page in a browser without network, and calls a function of in-browser.js there.
 * @returns what the function returns, as JSON
 */
export function seen(page: string, look: string, { width = 1280, dark = false }: View = {}): unknown {
  const dir = tempDir();
  // The page forbids scripts. Requests are judged with its policy, by the browser's own list.
  const functions = readFileSync(FUNCTIONS, 'utf8');
  const script = `<script>${functions}\ndocument.documentElement.dataset.seen = JSON.stringify(${look}());</script>`;
  const copy = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '').replace('</body>', () => `${script}</body>`);
  writeFileSync(join(dir, 'page.html'), copy);
  const { stdout, stderr } = browse(dir, [
    `--window-size=${width},900`,
    ...(dark ? ['--blink-settings=preferredColorScheme=0'] : []),
    '--dump-dom',
  ]);
  const found = /data-seen="([^"]*)"/.exec(stdout)?.[1];
  if (found === undefined) throw new Error(`the browser did not evaluate the page: ${stderr}`);
  return JSON.parse(found.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

/** The text of the page on paper. */
export function printed(page: string): string {
  const dir = tempDir();
  writeFileSync(join(dir, 'page.html'), page);
  const pdf = join(dir, 'page.pdf');
  browse(dir, [`--print-to-pdf=${pdf}`, '--no-pdf-header-footer']);
  run('pdftotext', ['-layout', pdf, join(dir, 'page.txt')]);
  return readFileSync(join(dir, 'page.txt'), 'utf8');
}

function browse(dir: string, flags: readonly string[]): Ended {
  mkdirSync(join(dir, 'home'));
  const args = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--host-resolver-rules=MAP * ~NOTFOUND'],
    ...[`--user-data-dir=${join(dir, 'profile')}`, '--virtual-time-budget=2000', ...flags, `file://${dir}/page.html`],
  ];
  return run(BROWSER, args, { env: { ...process.env, HOME: join(dir, 'home') }, seconds: 90 });
}
