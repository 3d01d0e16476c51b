/**
 * `npm run --silent environment perf`: the entries of one environment as a patch for Kustomize, for those who install
 * Weir's overlays from elsewhere and keep only what is their own.
 *
 *     npm run --silent environment perf ../platform/policies > ../platform/weir/perf.yaml
 */
import { environmentsOf } from './environments.ts';
import { mutatingConfiguration, validatingConfiguration } from './webhooks.ts';

const [name = '', folder = 'policies'] = process.argv.slice(2);
const environments = await environmentsOf(folder);
const policy = environments.find((each) => each.name === name);
if (policy === undefined) {
  console.error(`${folder} has no environment "${name}"; it has ${environments.map((each) => each.name).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(`${mutatingConfiguration([policy])}---\n${validatingConfiguration([policy], 'environments alone')}`);
}
