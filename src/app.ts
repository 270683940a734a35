import { resolve } from 'node:path';
import { EXIT, formatProblems, UserError } from './errors';
import { workingDirectory } from './files/working-directory';
import { loadPlan } from './load-plan';
import { refuseSecrets } from './options/secrets';
import { writeBase } from './synth/base';
import { render } from './synth/render';
import { visible } from './text/show';

/** Entry point of `cdk8s synth`: writes the same base as `virtwork synth`, into the folder that cdk8s names. */
async function main(): Promise<void> {
  const cwd = workingDirectory(process);
  const { options, plan } = await loadPlan({ flags: {}, env: process.env, cwd });
  refuseSecrets(options, plan.workloads);
  writeBase(resolve(cwd, process.env.CDK8S_OUTDIR ?? options.outputDir), render(plan));
}

main().catch((error: unknown) => {
  const shown = error instanceof UserError ? formatProblems(error.problems) : error;
  console.error(typeof shown === 'string' ? visible(shown) : shown);
  process.exitCode = EXIT.failed;
});
