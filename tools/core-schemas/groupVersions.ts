/** Which of Kubernetes' kinds the embedded API server knows: a file of its OpenAPI, and all its kinds or those named. */
export interface GroupVersion {
  /** Under api/openapi-spec/v3 in k8s.io/kubernetes. */
  readonly file: string;
  /** As in `apiVersion`. */
  readonly name: string;
  readonly kinds: 'all' | readonly string[];
}

export const GROUP_VERSIONS: readonly GroupVersion[] = [
  {
    file: 'api__v1_openapi.json',
    name: 'v1',
    kinds: [
      'Binding',
      'ConfigMap',
      'Endpoints',
      'Event',
      'Eviction',
      'LimitRange',
      'Namespace',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'PodTemplate',
      'ReplicationController',
      'ResourceQuota',
      'Scale',
      'Secret',
      'Service',
      'ServiceAccount',
      'TokenRequest',
    ],
  },
  whole('admissionregistration.k8s.io', 'v1'),
  whole('apiextensions.k8s.io', 'v1'),
  whole('apps', 'v1'),
  whole('authentication.k8s.io', 'v1'),
  whole('authorization.k8s.io', 'v1'),
  whole('autoscaling', 'v1'),
  whole('autoscaling', 'v2'),
  whole('batch', 'v1'),
  whole('coordination.k8s.io', 'v1'),
  whole('discovery.k8s.io', 'v1'),
  whole('events.k8s.io', 'v1'),
  whole('networking.k8s.io', 'v1'),
  whole('policy', 'v1'),
  whole('rbac.authorization.k8s.io', 'v1'),
  whole('scheduling.k8s.io', 'v1'),
  { ...whole('storage.k8s.io', 'v1'), kinds: ['StorageClass'] },
];

/** Kinds of meta/v1 that stand in every group version: options, answers and what discovery gives. */
export const META_KINDS: readonly string[] = ['APIResourceList', 'DeleteOptions', 'Patch', 'Status', 'WatchEvent'];

function whole(group: string, version: string): GroupVersion {
  return { file: `apis__${group}__${version}_openapi.json`, name: `${group}/${version}`, kinds: 'all' };
}
