import { csvOf } from '../../report/csv';
import type { ExperimentResults } from '../../report/experiment-results';
import { junitOf } from '../../report/junit';
import { markdownOf } from '../../report/markdown';
import { pageOf } from '../../report/page/page';
import { xlsxOf } from '../../report/xlsx';
import { visible } from '../../text/show';

/** The formats of a report other than text, by the value of --output. */
export const FORMATS: { readonly [format: string]: (results: ExperimentResults) => string | Promise<Buffer> } = {
  json: (results) => `${visible(JSON.stringify(results))}\n`,
  html: pageOf,
  csv: csvOf,
  markdown: markdownOf,
  xlsx: xlsxOf,
  junit: junitOf,
};
