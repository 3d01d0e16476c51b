/** From the text of a file to the documents in it: EnvironmentPolicies, and others of weir.dev that may lie beside them. */
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { readYaml, type YamlDocument } from '../../kubernetes/yaml/read.ts';
import { didYouMean } from '../../text/nearest.ts';
import { API_VERSION } from '../model/schema.ts';
import { withActions } from './actions.ts';
import type { PolicyError } from './error.ts';

/** One file of the folder, already read. */
export interface PolicyFile {
  /** As it is named in errors and in provenance: `policies/prod.yaml`. */
  readonly file: string;
  readonly text: string | Uint8Array;
}

/** An EnvironmentPolicy as it was written; nothing about its fields is known yet. */
export interface PolicyDocument {
  readonly file: string;
  readonly text: string;
  readonly value: JsonObject;
  readonly locate: YamlDocument['locate'];
}

/** A document of another weir.dev kind, such as a PolicyException. */
export interface OtherDocument {
  readonly file: string;
  readonly line: number;
  readonly object: JsonObject;
}

export interface ReadPolicies {
  readonly documents: readonly PolicyDocument[];
  readonly others: readonly OtherDocument[];
  readonly errors: readonly PolicyError[];
  /** Documents that have an error already. */
  readonly broken: ReadonlySet<PolicyDocument>;
  /** Files in which something could not be read at all, so that a policy may be missing because of it. */
  readonly unreadable: ReadonlySet<string>;
}

const POLICY_KIND = 'EnvironmentPolicy';
/** They may lie in the folder, and are handed on as they are. */
const OTHER_KINDS = ['PolicyException', 'PolicyTest', 'ScalingSchedule', 'TrafficRollout'];

/** Nothing renders a policy on its way here, and the reader's own sentence is about manifests and Helm. */
const TEMPLATE =
  'this holds {{, as templates do, and a policy is read as it stands; write the value itself, or quote it';

export function readPolicies(files: readonly PolicyFile[]): ReadPolicies {
  const reader = new PolicyReader();
  for (const file of files) reader.read(file);
  return reader;
}

class PolicyReader implements ReadPolicies {
  readonly documents: PolicyDocument[] = [];
  readonly others: OtherDocument[] = [];
  readonly errors: PolicyError[] = [];
  readonly broken = new Set<PolicyDocument>();
  readonly unreadable = new Set<string>();

  read({ file, text }: PolicyFile): void {
    const { documents, errors } = readYaml(text, file);
    for (const { file: name, line, column, reason, message } of errors) {
      this.errors.push({
        file: name,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
        message: reason === 'template' ? TEMPLATE : message,
      });
      this.unreadable.add(file);
    }

    const source = typeof text === 'string' ? text : new TextDecoder().decode(text);
    for (const document of documents) {
      const before = this.errors.length;
      this.#refuseDuplicates(file, document);
      const found = this.#sort(file, source, document);
      if (found !== undefined && this.errors.length > before) this.broken.add(found);
    }
  }

  /** Kubernetes would take the last; in a policy, a bound that is written and does not count is a trap. */
  #refuseDuplicates(file: string, document: YamlDocument): void {
    for (const { key, place, kept } of document.duplicateKeys) {
      const message = `"${key}" stands here and again in line ${kept.line}; keep one of them`;
      this.errors.push({ file, line: place.line, column: place.column, message });
    }
  }

  #sort(file: string, text: string, document: YamlDocument): PolicyDocument | undefined {
    const { value } = document;
    if (!isObject(value)) {
      this.#refuse(file, document, '', 'a policy is a mapping that begins with apiVersion and kind');
      return undefined;
    }

    const apiVersion = stringAt(value, 'apiVersion');
    const kind = stringAt(value, 'kind');
    if (apiVersion === undefined || kind === undefined) {
      const missing = apiVersion === undefined ? `apiVersion: ${API_VERSION}` : `kind: ${POLICY_KIND}`;
      this.#refuse(file, document, '', `this document lacks "${missing}"`);
      this.unreadable.add(file);
      return undefined;
    }
    if (groupOf(apiVersion) !== groupOf(API_VERSION)) {
      const hint = kind === POLICY_KIND ? `write apiVersion: ${API_VERSION}` : `it belongs elsewhere`;
      this.#refuse(
        file,
        document,
        '/apiVersion',
        `a policy folder holds documents of weir.dev, and this is ${apiVersion} ${kind}; ${hint}`,
      );
      this.unreadable.add(file);
      return undefined;
    }
    if (apiVersion !== API_VERSION) {
      this.#refuse(file, document, '/apiVersion', `apiVersion is ${show(apiVersion)}, and should be ${API_VERSION}`);
    }
    if (OTHER_KINDS.includes(kind)) {
      this.others.push({ file, line: document.locate('').line, object: value });
      return undefined;
    }
    if (kind !== POLICY_KIND) {
      const known = [POLICY_KIND, ...OTHER_KINDS];
      this.#refuse(
        file,
        document,
        '/kind',
        `unknown kind "${kind}"${didYouMean(kind, known) || `; a policy's kind is ${POLICY_KIND}`}`,
      );
      this.unreadable.add(file);
      return undefined;
    }

    const policy = withActions({ file, text, value, locate: document.locate.bind(document) });
    this.documents.push(policy);
    return policy;
  }

  #refuse(file: string, document: YamlDocument, pointer: string, message: string): void {
    const { line, column } = document.locate(pointer);
    this.errors.push({ file, line, column, message });
  }
}

function show(value: JsonValue): string {
  return JSON.stringify(value);
}
