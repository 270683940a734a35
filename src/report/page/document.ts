import { html, type Part, trusted } from '../html';
import { STYLE } from './style';

/** A page as one HTML file. It needs no network and no script: charts are inline SVG, and a policy in the file forbids everything else. */
export function documentOf(title: string, content: Part): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${content}</main>
</body>
</html>
`.text;
}
