// Renders the same objects as an ordinary cdk8s app: each VM is a construct, and App.synth() writes the files.
const { App, Chart } = require('cdk8s');
const { addWorkload, loadPlan, Namespace } = require('../../lib/src');

async function main() {
  const { plan } = await loadPlan({ flags: {}, env: process.env, cwd: process.cwd() });
  const app = new App();
  new Namespace(new Chart(app, 'namespace'), 'namespace', { name: plan.namespace, runId: plan.runId });
  for (const workload of plan.workloads) addWorkload(new Chart(app, workload.name), workload);
  app.synth();
}

main();
