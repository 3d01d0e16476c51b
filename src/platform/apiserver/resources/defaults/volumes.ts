/** Defaults of volumes: k8s.io/kubernetes pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. */
import { type Draft, type DraftValue, draftAt, draftsAt, fill, fillEmpty } from '../draft.ts';
import { pullPolicyOf, roundUp } from './containers.ts';

/** 0644, as files of a volume are readable unless said. */
const MODE = 420;

/** What is filled in below one source of a volume. */
const SOURCES: Readonly<Record<string, Readonly<Record<string, DraftValue>>>> = {
  hostPath: { type: '' },
  secret: { defaultMode: MODE },
  configMap: { defaultMode: MODE },
  downwardAPI: { defaultMode: MODE },
  projected: { defaultMode: MODE },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
};
/** The same, where an empty text counts as none. */
const SOURCES_BY_TEXT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

export function defaultVolume(volume: Draft): void {
  const hasSource = Object.entries(volume).some(([key, value]) => key !== 'name' && value !== null);
  if (!hasSource) volume.emptyDir = {};

  for (const [source, values] of Object.entries(SOURCES)) {
    for (const [key, value] of Object.entries(values)) fill(draftAt(volume, source), key, value);
  }
  for (const [source, values] of Object.entries(SOURCES_BY_TEXT)) {
    for (const [key, value] of Object.entries(values)) fillEmpty(draftAt(volume, source), key, value);
  }
  const image = draftAt(volume, 'image');
  fillEmpty(image, 'pullPolicy', pullPolicyOf(image?.reference));
  defaultFieldRefs(draftAt(volume, 'downwardAPI'));
  for (const source of draftsAt(draftAt(volume, 'projected'), 'sources')) {
    defaultFieldRefs(draftAt(source, 'downwardAPI'));
    fill(draftAt(source, 'serviceAccountToken'), 'expirationSeconds', 3600);
  }
  defaultClaimSpec(draftAt(volume, 'ephemeral', 'volumeClaimTemplate', 'spec'));
}

function defaultFieldRefs(downwardApi: Draft | undefined): void {
  for (const item of draftsAt(downwardApi, 'items')) fillEmpty(draftAt(item, 'fieldRef'), 'apiVersion', 'v1');
}

export function defaultClaimSpec(spec: Draft | undefined): void {
  fill(spec, 'volumeMode', 'Filesystem');
  roundUp(draftAt(spec, 'resources', 'limits'));
  roundUp(draftAt(spec, 'resources', 'requests'));
}
