/** The keeper as the server runs it, over a client of the cluster. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { makeKeys } from '../../src/tls/x509.ts';
import { ClusterStore, type ClusterStoreOptions } from './clusterStore.ts';
import { CertificateKeeper, namesOf } from './keeper.ts';
import { timingFor, USUAL_LIFE } from './timing.ts';

const BITS = 2048;

export interface CertificateOptions extends Omit<ClusterStoreOptions, 'timeoutMs'> {
  /** Of the Service in the same namespace, by which the API server calls the webhook. */
  readonly service: string;
  /** How long a certificate lives, in milliseconds; 90 days unless set. */
  readonly life?: number;
}

/**
 * Looks after the Secret and the caBundles until it is stopped.
 *
 * @example
 * const certificates = keepCertificates({
 *   client, clock, random: Math.random, log,
 *   namespace: 'weir-system', service: 'weir-webhook', secretName: 'weir-webhook-certificate',
 *   mutatingName: 'defaults.weir.dev', validatingName: 'policy.weir.dev',
 * });
 * certificates.onChange(({ certificate, key }) => server.setSecureContext({ cert: certificate, key }));
 * certificates.start();
 */
export function keepCertificates({ service, life = USUAL_LIFE, ...cluster }: CertificateOptions): CertificateKeeper {
  const timing = timingFor(life);
  const { namespace, clock, random, log } = cluster;
  return new CertificateKeeper({
    store: new ClusterStore({ ...cluster, timeoutMs: timing.takeUp / 3 }),
    names: namesOf(service, namespace),
    timing,
    leastBits: BITS,
    makeKeys: () => makeKeys(BITS),
    randomBytes,
    clock,
    elapsed: () => performance.now(),
    random,
    log,
  });
}
