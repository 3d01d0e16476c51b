/**
 * From the files of a policy folder to effective policies. What belongs in this folder: reading policy files, saying
 * everything that is wrong with them, and `extends`; what the values mean is for the rules.
 */
import { isObject, type JsonObject, stringAt, valueAt } from '../../kubernetes/json.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { CustomCompiler } from '../custom/compiler.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { OtherDocument, PolicyDocument, ReadPolicies } from './document.ts';
import { makeEffective, type Resolved } from './effective.ts';
import { type PolicyError, sortErrors } from './error.ts';
import { layer } from './layer.ts';
import { errorIn, errorsIn } from './own.ts';

export interface PolicySet {
  /** The environments, by name: every policy without an error that is not abstract. */
  readonly policies: ReadonlyMap<string, EffectivePolicy>;
  /**
   * Policies with `abstract: true`, by name. They are for others to extend and no environment: `base` bounds nothing of
   * what each environment decides, so that to judge by it (a typo in a label is enough) would let nearly everything
   * pass.
   */
  readonly abstract: ReadonlyMap<string, EffectivePolicy>;
  /** The spec of each of these, with its parents' values in it, as `weir policy show` prints it. */
  readonly specs: ReadonlyMap<string, JsonObject>;
  /** Names of policies that exist and cannot be used, for an error of their own or of a parent's. */
  readonly broken: ReadonlySet<string>;
  /** Every error of every file, in the order of the files. */
  readonly errors: readonly PolicyError[];
  /** Documents of other weir.dev kinds that lie in the folder, such as PolicyExceptions. */
  readonly others: readonly OtherDocument[];
}

export interface ResolveOptions {
  /** Every rule there is, by which `spec.rules` is checked. */
  readonly ruleIds: readonly string[];
}

export interface ResolverOptions extends ResolveOptions {
  /** Compiles custom rules; undefined only where `usesCustomRules` says that there are none. */
  readonly custom: CustomCompiler | undefined;
}

/** Whether any of the policies brings rules of its own along, for which CEL is needed. */
export function usesCustomRules({ documents }: ReadPolicies): boolean {
  return documents.some(({ value }) => valueAt(value, 'spec', 'custom') !== undefined);
}

/** See resolvePolicies, which this is without the import of CEL. */
export function resolveWith(read: ReadPolicies, options: ResolverOptions): PolicySet {
  const resolver = new Resolver(read.documents, read.unreadable, options);
  resolver.errors.push(...read.errors);
  for (const document of read.broken) resolver.invalid.add(document);
  return { ...resolver.resolveAll(), others: read.others, errors: sortErrors(resolver.errors) };
}

interface Named {
  readonly name: string;
  readonly document: PolicyDocument;
  readonly spec: JsonObject;
}

class Resolver {
  readonly errors: PolicyError[] = [];
  readonly invalid = new Set<PolicyDocument>();
  readonly #documents: readonly PolicyDocument[];
  readonly #options: ResolverOptions;
  readonly #byName = new Map<string, Named>();
  /** Undefined for a policy that cannot be used. */
  readonly #resolved = new Map<string, Resolved | undefined>();
  readonly #broken: Set<string>;

  constructor(documents: readonly PolicyDocument[], unreadable: ReadonlySet<string>, options: ResolverOptions) {
    this.#documents = documents;
    this.#options = options;
    // Who can say what would have stood in a file that cannot be read? Most files are called as their policy is.
    this.#broken = new Set([...unreadable].map(stem));
  }

  resolveAll(): Pick<PolicySet, 'policies' | 'abstract' | 'specs' | 'broken'> {
    for (const document of this.#documents) this.#collect(document);

    const policies = new Map<string, EffectivePolicy>();
    const abstract = new Map<string, EffectivePolicy>();
    const specs = new Map<string, JsonObject>();
    for (const name of this.#byName.keys()) {
      const resolved = this.#resolve(name, []);
      if (resolved === undefined) {
        this.#broken.add(name);
        continue;
      }
      (resolved.isAbstract ? abstract : policies).set(name, resolved.policy);
      specs.set(name, resolved.layered.spec);
      this.#broken.delete(name);
    }
    return { policies, abstract, specs, broken: this.#broken };
  }

  /** Checks a document by itself and files it under its name. */
  #collect(document: PolicyDocument): void {
    const errors = errorsIn(document, this.#options);
    this.errors.push(...errors);
    if (errors.length > 0) this.invalid.add(document);

    const name = stringAt(document.value, 'metadata', 'name');
    if (name === undefined) {
      this.#broken.add(stem(document.file));
      return;
    }
    const first = this.#byName.get(name);
    if (first === undefined) {
      this.#byName.set(name, { name, document, spec: isObject(document.value.spec) ? document.value.spec : {} });
      return;
    }
    const { file } = first.document;
    const { line } = first.document.locate('/metadata/name');
    const message = `a policy is called "${name}" already, in ${file}:${line}; each needs a name of its own`;
    this.errors.push(errorIn(document, { pointer: '/metadata/name', what: 'value', message }));
    this.invalid.add(first.document);
  }

  /** @param children the names that led here by `extends` */
  #resolve(name: string, children: readonly string[]): Resolved | undefined {
    const named = this.#byName.get(name);
    if (named === undefined) return undefined;
    if (this.#resolved.has(name)) return this.#resolved.get(name);
    if (children.includes(name)) {
      this.#refuseCycle([...children.slice(children.indexOf(name)), name]);
      return undefined;
    }

    const resolved = this.#resolveOnce(named, [...children, name]);
    this.#resolved.set(name, resolved);
    return resolved;
  }

  #resolveOnce({ name, document, spec }: Named, way: readonly string[]): Resolved | undefined {
    const parentName = spec.extends;
    const parent = typeof parentName === 'string' ? this.#resolve(parentName, way) : undefined;
    if (typeof parentName === 'string') this.#refuseMissing(document, parentName);
    if (this.invalid.has(document)) return undefined;
    if (parentName !== undefined && parent === undefined) return undefined;
    const layered = layer(parent?.layered, document, spec);
    return makeEffective(name, document, layered, parent, this.#options.custom, this.errors);
  }

  #refuseMissing(document: PolicyDocument, parentName: string): void {
    if (this.#byName.has(parentName) || this.#broken.has(parentName)) return;
    const names = [...this.#byName.keys()];
    const hint = didYouMean(parentName, names) || `; there are ${names.join(', ')}`;
    const message = `extends "${parentName}", and there is no policy of that name${hint}`;
    this.errors.push(errorIn(document, { pointer: '/spec/extends', what: 'value', message }));
  }

  /** Told once, where the first of the cycle says whom it extends. */
  #refuseCycle(names: readonly string[]): void {
    const [first = ''] = names;
    const document = this.#byName.get(first)?.document;
    if (document === undefined) return;
    const message = `extends itself: ${names.join(' extends ')}; let one of them extend nothing`;
    this.errors.push(errorIn(document, { pointer: '/spec/extends', what: 'value', message }));
  }
}

/** `policies/prod.yaml` becomes `prod`. */
function stem(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.ya?ml$/, '');
}
