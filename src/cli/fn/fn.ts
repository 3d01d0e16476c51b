/** `weir fn`: fills in defaults (and fixes) and judges, inside of Kustomize, kpt or an Argo CD plugin. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { printBlock } from '../../kubernetes/rewrite/print.ts';
import { readYaml } from '../../kubernetes/yaml/read.ts';
import { catalogue } from '../../policy/catalogue.ts';
import { judge } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { type RenderOptions, render } from '../../policy/render/render.ts';
import { contextFor } from '../check/context.ts';
import { policiesFolder, readPolicies, tellShippedPolicies, unknownEnvironment } from '../check/policies.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { readStdin } from '../input/load.ts';
import type { Io } from '../io.ts';
import { type FunctionConfig, type ResourceList, readResourceList, resultOf } from './resourceList.ts';

/** The functionConfig's fields, as options of the command line; what the functionConfig says counts first. */
export type FnOptions = FunctionConfig;

/** Exit 1 where something is denied, which ends the caller's build. */
export async function fn(options: FnOptions, { io }: CommandContext): Promise<number> {
  const list = await readList(io);
  const policy = await policyFor(
    list.config.environment ?? options.environment,
    list.config.policies ?? options.policies,
    io,
  );
  const items = renderAll(list.items, policy, io.now(), {
    fix: options.fix || list.config.fix,
    knative: options.knative || list.config.knative,
  });

  const context = contextFor(policy, items, io.now());
  const results: JsonObject[] = [];
  let denied = 0;
  for (const item of items) {
    const { findings, failures } = judge(item, context, catalogue);
    if (failures[0] !== undefined) throw new Failure(failures[0]);
    for (const finding of findings) {
      results.push(resultOf(finding, item));
      if (finding.action !== 'deny') continue;
      denied++;
      const { kind, name } = finding.resource;
      io.stderr.write(`${kind} ${name}: ${finding.rule} at ${finding.path}: ${finding.message}\n`);
    }
  }
  io.stdout.write(printList(list, items, results));
  return denied > 0 ? EXIT.denied : EXIT.clean;
}

async function readList(io: Io): Promise<ResourceList> {
  const input = await readStdin(io);
  if ('problem' in input) throw new Failure(input.problem);
  const { documents, errors } = readYaml(input.bytes, '-');
  const error = errors[0];
  if (error !== undefined)
    throw new Failure(`the ResourceList cannot be read: line ${error.line ?? 1}: ${error.message}`);
  const list = readResourceList(documents[0]?.value);
  if (typeof list === 'string') throw new Failure(list);
  return list;
}

async function policyFor(
  environment: string | undefined,
  folder: string | undefined,
  io: Io,
): Promise<EffectivePolicy> {
  if (environment === undefined) {
    throw new Failure('no environment; name it in the functionConfig (spec.environment) or by --env');
  }
  const found = policiesFolder(folder, [], io.cwd);
  tellShippedPolicies(found, folder, io);
  const policies = await readPolicies(found, io.cwd);
  const policy = policies.byName.get(environment);
  if (policy !== undefined) return policy;

  const problems = policies.problems.map(({ file, line, message }) => `${file}:${line ?? 1}: ${message}`);
  throw new Failure([...problems, unknownEnvironment(environment, policies)].join('\n'));
}

function renderAll(
  items: readonly JsonObject[],
  policy: EffectivePolicy,
  now: Date,
  options: RenderOptions,
): JsonObject[] {
  const context = contextFor(policy, items, now);
  return items.map((item) => render(item, context, catalogue, options).object).filter((object) => object !== undefined);
}

/** Comments are not kept: the orchestrators that call functions put them back from their own files. */
function printList(list: ResourceList, items: readonly JsonObject[], results: readonly JsonObject[]): string {
  const { functionConfig } = list.value;
  const output: JsonObject = {
    apiVersion: 'config.kubernetes.io/v1',
    kind: 'ResourceList',
    ...(functionConfig === undefined ? {} : { functionConfig }),
    items,
    ...(results.length === 0 ? {} : { results }),
  };
  return `${printBlock(output, 0)}\n`;
}
