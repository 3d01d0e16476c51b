/** What `weir up` was asked to do, from texts. Every wrong value is a sentence. */
import path from 'node:path';
import { Failure } from '../failure.ts';
import { findPolicies } from '../policy/folder.ts';

/** As commander reads them. */
export interface RawUpOptions {
  readonly policies?: string;
  readonly port: string;
  readonly folder: string;
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
  /** Absolute: state, kubeconfig and logs. */
  readonly folder: string;
  readonly fsync: boolean;
  /** On a real API server, which stands on this machine, instead of the embedded one. */
  readonly kubernetes: boolean;
}

export function readUpOptions(raw: RawUpOptions, cwd: string): UpOptions {
  const policies = findPolicies(raw.policies, cwd);
  return {
    policies: policies.folder,
    policiesShownAs: policies.shownAs,
    port: portOf(raw.port),
    folder: folderOf(raw.folder, cwd),
    fsync: raw.fsync === true,
    kubernetes: raw.kubernetes === true,
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(`--port is "${text}", and must be a number from 0 to 65535; 0 takes any port that is free`);
}

/** A folder of its own: what is kept in it is hidden from Git, and may be removed as a whole. */
function folderOf(text: string, cwd: string): string {
  const folder = path.resolve(cwd, text);
  const isAbove = cwd === folder || cwd.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
  if (text !== '' && !isAbove) return folder;
  throw new Failure(`--folder is "${text}", and must be a folder of its own, such as .weir: begin anew by removing it`);
}
