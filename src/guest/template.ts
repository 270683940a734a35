/**
 * Fills the `{{key}}`s of a text. `\{{` is a literal `{{`.
 * The text was read with the same rules before: a name without a value is a bug.
 */
export function fill(text: string, values: { readonly [key: string]: string }): string {
  if (!text.includes('{{')) return text;
  const handlebars = require('handlebars') as typeof import('handlebars');
  return handlebars.compile(text, { noEscape: true, strict: true })(values);
}
