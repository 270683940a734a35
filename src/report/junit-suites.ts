import { escaped } from './html';

/** A test in JUnit XML. With neither a failure nor a reason to skip it, it passed. */
export interface Case {
  readonly name: string;
  readonly failure?: string;
  readonly skipped?: string;
}

/**
 * Tests as JUnit XML for CI systems.
 * @param suites by name; those without tests are left out
 * @param properties of each suite. Undefined ones are left out
 */
export function junitSuites(
  name: string,
  suites: readonly (readonly [name: string, cases: readonly Case[]])[],
  properties: { readonly [name: string]: string | undefined },
): string {
  const all = suites.flatMap(([, cases]) => cases);
  const listed = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [property(key, value)]));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${counts(all)}>`,
    ...suites.filter(([, cases]) => cases.length > 0).map(([suite, cases]) => suiteOf(`${name}.${suite}`, cases, listed.join(''))),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(name: string, cases: readonly Case[], properties: string): string {
  const className = escaped(name);
  return [
    `  <testsuite name="${className}" ${counts(cases)}>`,
    `    <properties>${properties}</properties>`,
    ...cases.map((each) => {
      const start = `    <testcase classname="${className}" name="${escaped(each.name)}"`;
      if (each.failure !== undefined) return `${start}><failure message="${escaped(each.failure)}"/></testcase>`;
      if (each.skipped !== undefined) return `${start}><skipped message="${escaped(each.skipped)}"/></testcase>`;
      return `${start}/>`;
    }),
    '  </testsuite>',
  ].join('\n');
}

function property(name: string, value: string): string {
  return `<property name="${name}" value="${escaped(value)}"/>`;
}

function counts(cases: readonly Case[]): string {
  const of = (key: 'failure' | 'skipped') => cases.filter((each) => each[key] !== undefined).length;
  return `tests="${cases.length}" failures="${of('failure')}" errors="0" skipped="${of('skipped')}"`;
}
