/** What the keeper asks of a cluster. Every read is of what etcd holds, never of a cache. */
import type { Material } from './examine.ts';

export interface StoredSecret {
  /** Its resourceVersion: a write that names it counts only while it is the stored one. */
  readonly version: string;
  readonly material: Material;
  /** The annotation that asks for a new CA. */
  readonly isRotationAsked: boolean;
}

export interface StoredConfiguration {
  readonly name: string;
  readonly version: string;
  /** Changes whenever a webhook in it does, and with nothing else: its uid and its generation. */
  readonly generation: string;
  readonly webhooks: readonly { readonly name: string; readonly pem: string }[];
}

/** A write gives false where somebody else was faster: what it was based on has changed, or is there already. */
export interface CertificateStore {
  secret(): Promise<StoredSecret | undefined>;
  /** Those of the mutating and the validating configuration that exist. */
  configurations(): Promise<readonly StoredConfiguration[]>;
  createSecret(material: Material): Promise<boolean>;
  /** @param answersRequest takes away the annotation that asks for a new CA */
  replaceSecret(version: string, material: Material, answersRequest: boolean): Promise<boolean>;
  /** Writes the caBundle of every webhook in the configuration. */
  publish(configuration: StoredConfiguration, pem: string): Promise<boolean>;
  /** Calls back whenever the Secret or a configuration may have changed; the result ends it. */
  watch(changed: () => void): () => void;
}
