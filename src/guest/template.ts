/**
 * Replaces the placeholders `{{key}}` of a template. `\{{` is a literal `{{`.
 * The catalog has checked the template with the same rules: an unknown key is an internal error.
 */
export function fill(text: string, values: { readonly [key: string]: string }): string {
  if (!text.includes('{{')) return text;
  const handlebars = require('handlebars') as typeof import('handlebars');
  return handlebars.compile(text, { noEscape: true, strict: true })(values);
}
