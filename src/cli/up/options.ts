/** What `weir up` was asked to do, from texts. Every wrong value is a sentence. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { parseLength } from '../../schedule/duration.ts';
import { Failure } from '../failure.ts';
import { findPolicies } from '../policy/folder.ts';

/** As commander reads them. */
export interface RawUpOptions {
  readonly policies?: string;
  readonly port: string;
  readonly ingressPort?: string;
  readonly folder: string;
  readonly eventsAge?: string;
  readonly eventsBytes?: string;
  readonly fsync?: boolean;
  readonly kubernetes?: boolean;
}

export interface UpOptions {
  /** Absolute. */
  readonly policies: string;
  /** As the user would name it. */
  readonly policiesShownAs: string;
  /** Of the API server; 0 takes any that is free. */
  readonly port: number;
  /** Of the ingress; undefined leaves the choice to the start before, 0 takes any that is free. */
  readonly ingressPort: number | undefined;
  /** Absolute: whose weir.yaml says which program an image stands for. */
  readonly project: string;
  /** Absolute: state, kubeconfig and logs. */
  readonly folder: string;
  readonly fsync: boolean;
  /** How long events are kept once everybody has them; what is not said is as the platform has it. */
  readonly keepEvents: { readonly age?: number; readonly bytes?: number };
  /** On a real API server, which stands on this machine, instead of the embedded one. */
  readonly kubernetes: boolean;
}

/** @param project as it was named, relative to cwd */
export function readUpOptions(raw: RawUpOptions, cwd: string, project = '.'): UpOptions {
  const policies = findPolicies(raw.policies, cwd);
  return {
    policies: policies.folder,
    policiesShownAs: policies.shownAs,
    port: portOf('--port', raw.port),
    ingressPort: raw.ingressPort === undefined ? undefined : portOf('--ingress-port', raw.ingressPort),
    project: projectOf(project, cwd),
    folder: folderOf(raw.folder, cwd),
    fsync: raw.fsync === true,
    keepEvents: {
      ...(raw.eventsAge === undefined ? {} : { age: ageOf(raw.eventsAge) }),
      ...(raw.eventsBytes === undefined ? {} : { bytes: bytesOf(raw.eventsBytes) }),
    },
    kubernetes: raw.kubernetes === true,
  };
}

function projectOf(text: string, cwd: string): string {
  const folder = path.resolve(cwd, text);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new Failure(`${text} is no folder; weir up takes the one whose weir.yaml names programs for images`);
}

function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(`${option} is "${text}", and must be a number from 0 to 65535; 0 takes any port that is free`);
}

function ageOf(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text);
  const age = days === null ? parseLength(text) : Number(days[1]) * 86_400_000;
  if (age !== undefined && age > 0) return age;
  throw new Failure(`--events-age is "${text}", and must be a length of time, such as 7d or 12h`);
}

const LEAST_BYTES = 1024 * 1024;

function bytesOf(text: string): number {
  const bytes = Number((parseQuantity(text) ?? 0n) / 1_000_000_000n);
  if (bytes >= LEAST_BYTES) return bytes;
  throw new Failure(`--events-bytes is "${text}", and must be a size from 1Mi, such as 512Mi or 2Gi`);
}

/** A folder of its own: what is kept in it is hidden from Git, and may be removed as a whole. */
function folderOf(text: string, cwd: string): string {
  const folder = path.resolve(cwd, text);
  const isAbove = cwd === folder || cwd.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
  if (text !== '' && !isAbove) return folder;
  throw new Failure(`--folder is "${text}", and must be a folder of its own, such as .weir: begin anew by removing it`);
}
