/** Writes overlays/components/openreports/crds.yaml from the kinds that src/platform/crds knows. */
import { stringify } from 'yaml';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { openReportCrds } from '../../src/platform/crds/reports.ts';

const FILE = 'overlays/components/openreports/crds.yaml';

/** Wave of the CustomResourceDefinitions in overlays/base/sync-waves.yaml. */
const ANNOTATIONS: JsonObject = { 'argocd.argoproj.io/sync-wave': '-2' };
const LABELS: JsonObject = { 'app.kubernetes.io/part-of': 'weir' };

export const openReportsFile = FILE;

/** The file's text. */
export function openReports(): string {
  const documents = openReportCrds().map((crd) => stringify(ofOverlay(crd), { aliasDuplicateObjects: false }));
  return `# Written by tools/overlays from src/platform/crds: npm run generate
# The fields that Weir writes. What other tools write beside them is kept, and not looked at.
${documents.join('---\n')}`;
}

function ofOverlay(crd: JsonObject): JsonObject {
  const { metadata, spec, ...rest } = crd;
  return {
    ...rest,
    metadata: { ...(isObject(metadata) ? metadata : {}), annotations: ANNOTATIONS, labels: LABELS },
    ...(spec === undefined ? {} : { spec: openFor(spec) }),
  };
}

/** Lets every object of the schema hold more than its fields: the file may be the first to bring these kinds, and not the last. */
function openFor(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(openFor);
  if (!isObject(value)) return value;
  const opened = Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, openFor(each)]])),
  );
  const isOpen = value.type === 'object' && isObject(value.properties) && value.properties !== undefined;
  return isOpen ? { ...opened, 'x-kubernetes-preserve-unknown-fields': true } : opened;
}
