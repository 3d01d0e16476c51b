/** The shapes of a pod's volumes; see shapes.ts. */
import { list, openStruct, pointer, struct } from './shape.ts';

const keyToPath = struct({ key: 'string', path: 'string', mode: pointer('int32') });
const keyProjection = struct({ name: 'string', items: list(keyToPath), optional: pointer('boolean') });
const fieldSelector = struct({ apiVersion: 'string', fieldPath: 'string' });
const resourceFieldSelector = struct({ containerName: 'string', resource: 'string', divisor: 'quantity' });

const downwardFile = struct({
  path: 'string',
  fieldRef: pointer(fieldSelector),
  resourceFieldRef: pointer(resourceFieldSelector),
  mode: pointer('int32'),
});

export const volumeProjection = struct({
  configMap: pointer(keyProjection),
  secret: pointer(keyProjection),
  downwardAPI: pointer(struct({ items: list(downwardFile) })),
  serviceAccountToken: pointer(struct({ audience: 'string', expirationSeconds: pointer('int64'), path: 'string' })),
  clusterTrustBundle: pointer('object'),
  podCertificate: pointer('object'),
});

/** Volume types that no feature of Knative opens. */
const closedVolumeTypes = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'downwardAPI',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

export const volume = struct({
  name: 'string',
  secret: pointer(
    struct({
      secretName: 'string',
      items: list(keyToPath),
      defaultMode: pointer('int32'),
      optional: pointer('boolean'),
    }),
  ),
  configMap: pointer(
    struct({ name: 'string', items: list(keyToPath), defaultMode: pointer('int32'), optional: pointer('boolean') }),
  ),
  projected: pointer(struct({ sources: list(volumeProjection), defaultMode: pointer('int32') })),
  emptyDir: pointer(openStruct({ medium: 'string', sizeLimit: pointer('quantity') })),
  persistentVolumeClaim: pointer(openStruct({ claimName: 'string', readOnly: 'boolean' })),
  hostPath: pointer(openStruct({ path: 'string', type: pointer('string') })),
  csi: pointer('object'),
  ephemeral: pointer('object'),
  image: pointer(openStruct({ reference: 'string', pullPolicy: 'string' })),
  ...Object.fromEntries(closedVolumeTypes.map((name) => [name, pointer('object')])),
});
