import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../../src/kubernetes/json.ts';
import { type Api, apiOf } from './kubernetes/api.ts';
import { type Kubectl, kubectlOf } from './kubernetes/kubectl.ts';

/** All that another process needs in order to use a control plane: plain data, kept in `controlplane.json`. */
export interface Address {
  /** Such as `https://127.0.0.1:23456`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** The administrator's. */
  readonly token: string;
  /** The administrator's kubeconfig: a path. */
  readonly kubeconfig: string;
  /** The control plane's own folder: data, logs, kubeconfigs. It is gone after stop(). */
  readonly folder: string;
  /** The path of the kubectl that belongs to it. */
  readonly kubectlBinary: string;
}

/** A control plane that runs, as its users see it. */
export interface ControlPlane extends Address {
  readonly api: Api;
  /** Runs kubectl as the administrator; `--as` and `--kubeconfig` among the arguments make it someone else. */
  readonly kubectl: Kubectl;
}

export function controlPlaneAt(address: Address): ControlPlane {
  const { kubectlBinary, kubeconfig } = address;
  return { ...address, api: apiOf(address), kubectl: kubectlOf(kubectlBinary, kubeconfig) };
}

/** Writes the address down for `attach`. */
export function writeAddress(address: Address): string {
  const file = path.join(address.folder, 'controlplane.json');
  writeFileSync(file, `${JSON.stringify(address, null, 2)}\n`, { mode: 0o600 });
  return file;
}

/** A control plane that another process, or jest's global set-up, has started. */
export function attach(file: string): ControlPlane {
  const address: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isAddress(address)) throw new Error(`${file} holds no address of a control plane`);
  return controlPlaneAt(address);
}

function isAddress(value: unknown): value is Address {
  if (!isObject(value)) return false;
  const { server, ca, token, kubeconfig, folder, kubectlBinary } = value;
  return [server, ca, token, kubeconfig, folder, kubectlBinary].every((each) => typeof each === 'string');
}
