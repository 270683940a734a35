// The same objects as an ordinary cdk8s app: every VM through its construct, written by App.synth().
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
