import { visible } from '../../text/show';
import { junitOf } from '../../verify/junit';
import { markdownOf } from '../../verify/markdown';
import { pageOf } from '../../verify/page';
import type { Verification } from '../../verify/verification';
import { verifyText } from './text';

/** The formats of a verification, by the value of --output. */
export const FORMATS: { readonly [format: string]: (verification: Verification) => string } = {
  text: verifyText,
  json: (verification) => `${visible(JSON.stringify(verification))}\n`,
  markdown: markdownOf,
  junit: junitOf,
  html: pageOf,
};
