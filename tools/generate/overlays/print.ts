/**
 * `npm run --silent environment perf`: the entries of one environment as a patch for Kustomize, for those who install
 * Weir's overlays from elsewhere and keep only what is their own. A folder is laid over the shipped policies, as in the
 * cluster: it needs to hold only what is new or other.
 *
 *     npm run --silent environment perf ../platform/policies > ../platform/weir/perf.yaml
 */
import { environmentsOf, UnusablePolicies } from './environments.ts';
import { mutatingConfiguration, validatingConfiguration } from './webhooks.ts';

const [name, folder] = process.argv.slice(2);
try {
  if (name === undefined || name === '') throw new UnusablePolicies(usage());
  console.log(await entriesOf(name, folder));
} catch (error) {
  if (!(error instanceof UnusablePolicies)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function entriesOf(wanted: string, from: string | undefined): Promise<string> {
  const environments = await environmentsOf(from);
  const policy = environments.find((each) => each.name === wanted);
  if (policy !== undefined) {
    return `${mutatingConfiguration([policy])}---\n${validatingConfiguration([policy], 'environments alone')}`;
  }
  const where = from === undefined ? 'policies' : `${from}, laid over policies,`;
  const names = environments.map((each) => each.name).join(', ');
  throw new UnusablePolicies(`${where} has no environment "${wanted}"; it has ${names}`);
}

function usage(): string {
  return 'name an environment: npm run --silent environment NAME [FOLDER OF POLICIES]';
}
