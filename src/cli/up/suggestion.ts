/** What to type next once the platform is up: something that runs by the weir.yaml that counts. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { services } from '../../knative/resources.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { readYaml } from '../../kubernetes/yaml/read.ts';
import type { Images } from '../../platform/processes/images.ts';
import { readRegularFile } from '../input/readFile.ts';
import { packageRoot } from '../package.ts';

/** A Service whose programs are known. */
export interface OwnService {
  /** Absolute: the manifest. */
  readonly file: string;
  readonly name: string;
  /** Undefined where the manifest names none. */
  readonly namespace: string | undefined;
}

/** `shipped`: the first look that comes with Weir; `none`: there is nothing of which it is known that it runs. */
export type Suggestion = 'shipped' | 'none' | OwnService;

/** Absolute. */
export function shippedExample(): string {
  return path.join(packageRoot(), 'examples/first-look');
}

/** Of a folder with many files, it is the first ones that say what it is. */
const MOST_FILES = 50;

/**
 * @param project absolute
 * @param images by the weir.yaml that counts
 */
export function suggestionFor(project: string, images: Images): Suggestion {
  const [shipped] = servicesIn(path.join(shippedExample(), 'hello.yaml'));
  if (shipped !== undefined && isRunFrom(shippedExample(), shipped, images)) return 'shipped';
  const found = manifestsIn(project).flatMap((file) =>
    servicesIn(file)
      .filter((service) => isRun(service, images))
      .map((service) => ({ file, service })),
  );
  // one that splits its traffic is a later step of something
  const first = found.find(({ service }) => arrayAt(service, 'spec', 'traffic').length === 0);
  if (first === undefined) return 'none';
  const { file, service } = first;
  const name = stringAt(service, 'metadata', 'name') ?? '';
  return name === '' ? 'none' : { file, name, namespace: stringAt(service, 'metadata', 'namespace') };
}

function manifestsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    return names
      .sort()
      .slice(0, MOST_FILES)
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** None of a file that cannot be read: what is wrong with it, weir check says. */
function servicesIn(file: string): JsonObject[] {
  const read = readRegularFile(file);
  if ('problem' in read) return [];
  return readYaml(read.bytes, file)
    .documents.map(({ value }) => value)
    .filter(isService);
}

function isService(value: JsonValue): value is JsonObject {
  if (!isObject(value) || value.kind !== services.kind) return false;
  return groupOf(stringAt(value, 'apiVersion') ?? '') === services.group;
}

function imagesIn(service: JsonObject): string[] {
  return arrayAt(service, 'spec', 'template', 'spec', 'containers').map((each) => stringAt(each, 'image') ?? '');
}

function isRun(service: JsonObject, images: Images): boolean {
  const all = imagesIn(service);
  return all.length > 0 && all.every((image) => images.programFor(image).program !== undefined);
}

/** A pattern may fit an image without having been meant for it. */
function isRunFrom(folder: string, service: JsonObject, images: Images): boolean {
  return imagesIn(service).every((image) => images.programFor(image).program?.cwd === folder);
}
