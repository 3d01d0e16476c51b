/** A Revision's volumes (knative/serving pkg/apis/serving/k8s_validation.go ValidateVolumes, VolumeSourceMask). */
import {
  asArray,
  asObject,
  asString,
  isObject,
  type JsonArray,
  type JsonObject,
  objectAt,
  valueAt,
} from '../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../kubernetes/names.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { quote } from '../goStrings.ts';
import type { Feature } from './config.ts';
import { checkItems, checkProjection } from './projections.ts';
import { checkExactlyOne, checkMask, report, reportInvalid, reportMissing, type Scope } from './scope.ts';
import { volume as volumeShape } from './volumeShapes.ts';

/** A pod's volumes by name. */
export type Volumes = ReadonlyMap<string, JsonObject>;

interface GatedType {
  readonly field: string;
  readonly feature: Feature;
  /** Knative's word for it. */
  readonly title: string;
}

/** Volume types behind a feature, in the order in which Knative lists them. */
const GATED: readonly GatedType[] = [
  { field: 'emptyDir', feature: 'volumesEmptyDir', title: 'EmptyDir' },
  { field: 'persistentVolumeClaim', feature: 'persistentVolumeClaim', title: '' },
  { field: 'hostPath', feature: 'volumesHostPath', title: 'HostPath' },
  { field: 'csi', feature: 'volumesCSI', title: 'CSI' },
  { field: 'ephemeral', feature: 'volumesEphemeral', title: 'Ephemeral' },
  { field: 'image', feature: 'volumesImage', title: 'Image' },
];
const GATE_OF: ReadonlyMap<string, Feature> = new Map(GATED.map(({ field, feature }) => [field, feature]));
const OPEN_TYPES = ['secret', 'configMap', 'projected'];
const OPEN = new Set(['name', ...OPEN_TYPES]);

export function checkVolumes(scope: Scope, podPath: string, values: JsonArray, mounted: ReadonlySet<string>): Volumes {
  const volumes = new Map<string, JsonObject>();
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const volume = isObject(value) ? value : {};
    const path = `${podPath}/volumes/${index}`;
    const name = asString(volume.name) ?? '';

    if (volumes.has(name)) report(scope, `${path}/name`, `duplicate volume name ${quote(name)}`);
    if (!mounted.has(name)) report(scope, `${path}/name`, `volume with name ${quote(name)} not mounted`);
    checkVolume(scope, path, name, volume);
    volumes.set(name, volume);
  }
  return volumes;
}

function checkVolume(scope: Scope, path: string, name: string, volume: JsonObject): void {
  // Where the name is wrong Knative forgets what it said of the type's features before.
  if (name === '') reportMissing(scope, `${path}/name`);
  else if (dns1123LabelErrors(name).length > 0) reportInvalid(scope, `${path}/name`, name);
  else checkFeatures(scope, path, name, volume);

  const { features } = scope.config;
  checkMask(scope, path, volume, volumeShape, (field) => {
    const gate = GATE_OF.get(field);
    return gate === undefined ? OPEN.has(field) : features[gate] !== 'Disabled';
  });
  checkTypes(scope, path, volume);
}

function checkFeatures(scope: Scope, path: string, name: string, volume: JsonObject): void {
  const { features } = scope.config;
  for (const { field, feature, title } of GATED) {
    if (title === '' || features[feature] === 'Enabled' || objectAt(volume, field) === undefined) continue;
    report(scope, `${path}/${field}`, `${title} volume support is disabled, but found ${title} volume ${name}`);
  }

  const claim = asObject(volume.persistentVolumeClaim);
  if (claim === undefined) return;
  const claimPath = `${path}/persistentVolumeClaim`;
  const found = `found persistent volume claim ${asString(claim.claimName) ?? ''}`;
  if (features.persistentVolumeClaim !== 'Enabled') {
    report(scope, claimPath, `Persistent volume claim support is disabled, but ${found}`);
  }
  if (valueAt(claim, 'readOnly') !== true && features.persistentVolumeWrite !== 'Enabled') {
    report(scope, claimPath, `Persistent volume write support is disabled, but ${found} that is not read-only`);
  }
}

function checkTypes(scope: Scope, path: string, volume: JsonObject): void {
  const found: string[] = [];
  for (const field of [...OPEN_TYPES, ...GATE_OF.keys()]) {
    const source = objectAt(volume, field);
    if (source === undefined) continue;
    found.push(field);
    checkType(scope, `${path}/${field}`, field, source);
  }
  if (found.length === 1) return;

  const { features } = scope.config;
  const wanted = GATED.filter(({ feature }) => features[feature] === 'Enabled').map(({ field }) => field);
  checkExactlyOne(scope, path, found, [...OPEN_TYPES, ...wanted]);
}

function checkType(scope: Scope, path: string, field: string, source: JsonObject): void {
  if (field === 'secret' || field === 'configMap') checkItems(scope, path, source);
  else if (field === 'projected') {
    for (const [index, projection] of asArray(source.sources).entries()) {
      checkProjection(scope, `${path}/sources/${index}`, isObject(projection) ? projection : {});
    }
  } else if (field === 'emptyDir') checkEmptyDir(scope, path, source);
  else if (field === 'image') checkImage(scope, path, source);
}

function checkEmptyDir(scope: Scope, path: string, source: JsonObject): void {
  const medium = asString(source.medium) ?? '';
  if (medium !== '' && medium !== 'Memory') reportInvalid(scope, `${path}/medium`, medium);

  const limit = valueAt(source, 'sizeLimit');
  const size = parseQuantity(limit);
  if (size !== undefined && size < 0n) reportInvalid(scope, `${path}/sizeLimit`, String(limit));
}

function checkImage(scope: Scope, path: string, source: JsonObject): void {
  if ((asString(source.reference) ?? '') === '') reportMissing(scope, `${path}/reference`);
  const policy = asString(source.pullPolicy) ?? '';
  if (!['', 'IfNotPresent', 'Always', 'Never'].includes(policy)) reportInvalid(scope, `${path}/pullPolicy`, policy);
}
