/** The preview as text, YAML and JSON. */
import { stringify } from 'yaml';
import type { GuardRails } from '../../guardrails/guardRails.ts';
import { summaryOf } from '../../guardrails/summary.ts';
import type { JsonObject, JsonValue } from '../../kubernetes/json.ts';
import { referenceTo, titleOf } from '../../kubernetes/object.ts';
import { describeSource, type EffectivePolicy } from '../../policy/engine/policy.ts';
import type { GuardRailName } from '../../policy/model/namespace.ts';
import type { Colors } from '../io.ts';
import type { Change, Planned } from './cluster.ts';

export interface Preview {
  readonly name: string;
  readonly policy: EffectivePolicy;
  readonly rails: GuardRails;
  /** Undefined where no cluster was asked. */
  readonly cluster:
    | { readonly server: string; readonly isThere: boolean; readonly planned: readonly Planned[] }
    | undefined;
}

const HEADINGS: Readonly<Record<GuardRailName, string>> = {
  networkPolicies: 'Network policies',
  roles: 'Roles',
  limitRange: 'Limits of each container',
  quota: 'Quota of the namespace',
  pullSecrets: 'Pull secrets',
};

const MARKS: Readonly<Record<Change, { readonly mark: string; readonly words: string }>> = {
  make: { mark: '+', words: 'would be made' },
  change: { mark: '~', words: 'would change' },
  keep: { mark: '=', words: 'is there' },
  remove: { mark: '-', words: 'would be removed' },
  overridden: { mark: '!', words: "is not Weir's, says something else, and stands" },
  shared: { mark: '=', words: "is not Weir's, and says the same" },
};

export function asText(preview: Preview, colors: Colors): string {
  const { name, policy, rails, cluster } = preview;
  const planned = new Map(cluster?.planned.map((each) => [each.title, each]));
  const lines = [`${colors.bold(name)} as a namespace of ${colors.bold(policy.name)}${whereFrom(preview)}`];
  let section = '';
  for (const { section: of, object } of rails.objects) {
    if (of !== section)
      lines.push('', colors.bold(HEADINGS[of]), colors.dim(`  ${describeSource(policy, `/spec/namespace/${of}`)}`));
    section = of;
    const title = titleOf(referenceTo(object));
    lines.push(...railLines(object, planned.get(title), colors));
  }
  lines.push(...pullSecretLines(preview, colors), ...retiredLines(preview, colors));
  const gone = [...planned.values()].filter(({ change }) => change === 'remove');
  if (gone.length > 0) lines.push('', colors.bold('Not wanted any more'));
  for (const each of gone) lines.push(`  ${marked(each.title, each, colors)}`);

  const { taken, refused } = rails.optOut;
  if (taken.size > 0) lines.push('', `left out by its annotation: ${[...taken].join(', ')}`);
  for (const sentence of refused) lines.push('', colors.yellow(sentence));
  if (rails.exempt !== undefined) lines.push('', colors.yellow(rails.exempt));
  if (lines.length === 1) lines.push('', `nothing: ${policy.name} says nothing of what its namespaces contain`);
  return `${lines.join('\n')}\n`;
}

function railLines(object: JsonObject, planned: Planned | undefined, colors: Colors): string[] {
  const { note, lines: summary } = summaryOf(object);
  const title = marked(titleOf(referenceTo(object)), planned, colors);
  const lines = [`  ${title}${note === '' ? '' : `  ${colors.dim(note)}`}`];
  const width = Math.max(...summary.map(({ about }) => about.length), 0);
  for (const { about, texts } of summary) {
    for (const [index, text] of texts.entries())
      lines.push(`      ${(index === 0 ? about : '').padEnd(width)}  ${text}`);
  }
  return lines;
}

function whereFrom({ cluster, policy }: Preview): string {
  if (cluster === undefined) return '';
  if (!cluster.isThere) return ` at ${cluster.server}, which has no namespace of that name yet`;
  const count = cluster.planned.filter(
    ({ change }) => change === 'make' || change === 'change' || change === 'remove',
  ).length;
  const what = count === 0 ? 'nothing would change' : `${count} of its guard rails would change`;
  return ` at ${cluster.server}: ${policy.namespace === undefined && count === 0 ? 'nothing is wanted' : what}`;
}

function marked(title: string, planned: Planned | undefined, colors: Colors): string {
  if (planned === undefined) return colors.cyan(title);
  const { mark, words } = MARKS[planned.change];
  const fields = planned.fields.length === 0 ? '' : ` at ${planned.fields.join(', ')}`;
  const text = `${mark} ${title}  ${colors.dim(words + fields)}`;
  if (planned.change === 'make') return colors.green(text);
  if (planned.change === 'keep' || planned.change === 'shared') return text;
  return planned.change === 'change' ? colors.yellow(text) : colors.red(text);
}

function pullSecretLines({ policy, rails }: Preview, colors: Colors): string[] {
  const { pullSecrets } = rails;
  if (pullSecrets === undefined) return [];
  const lines = [
    '',
    colors.bold(HEADINGS.pullSecrets),
    colors.dim(`  ${describeSource(policy, '/spec/namespace/pullSecrets')}`),
  ];
  for (const name of pullSecrets.names) {
    lines.push(`  ${colors.cyan(`Secret ${name}`)}`, `      equal to  ${pullSecrets.from}/${name}`);
    if (pullSecrets.serviceAccounts.length > 0)
      lines.push(`      named by  ServiceAccount ${pullSecrets.serviceAccounts.join(', ')}`);
  }
  return lines;
}

function retiredLines({ policy, rails }: Preview, colors: Colors): string[] {
  const names = policy.namespace?.pullSecrets?.retired?.names ?? [];
  const gone = names.filter((name) => !rails.sources.includes(name)).map((name) => colors.cyan(`Secret ${name}`));
  if (gone.length === 0 || rails.exempt !== undefined) return [];
  const what = `${gone.join(', ')}: a copy that Weir made goes, and its name in ServiceAccounts`;
  return ['', colors.bold('Handed out no more'), `  ${what}`];
}

/** One document an object. The copies of pull secrets are left out: their content is the cluster's. */
export function asYaml({ name, policy, rails }: Preview): string {
  const documents = rails.objects.map(({ object }) =>
    stringify(object, { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false }),
  );
  const secrets =
    rails.pullSecrets?.names.map((each) => `# Secret ${each}, equal to ${rails.pullSecrets?.from}/${each}\n`) ?? [];
  const head = `# What ${name} contains as a namespace of ${policy.name}\n${secrets.join('')}`;
  return head + documents.map((document) => `---\n${document}`).join('');
}

export function asJson({ name, policy, rails, cluster }: Preview): string {
  const { objects, pullSecrets, optOut } = rails;
  const result: { [key: string]: JsonValue | undefined } = {
    namespace: name,
    environment: policy.name,
    objects: objects.map(({ object }) => object),
    pullSecrets:
      pullSecrets === undefined
        ? null
        : { from: pullSecrets.from, names: pullSecrets.names, serviceAccounts: pullSecrets.serviceAccounts },
    optOut: { taken: [...optOut.taken], refused: optOut.refused },
    ...(rails.exempt === undefined ? {} : { exempt: rails.exempt }),
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            server: cluster.server,
            isThere: cluster.isThere,
            changes: cluster.planned.map(({ change, title, fields }) => ({ change, object: title, fields })),
          },
        }),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
