/** The source files of kustomizations, each read once. */
import { type ManifestDocument, readManifests, readYaml, type YamlDocument } from '../../../kubernetes/yaml/read.ts';
import { readRegularFile } from '../readFile.ts';

export class Sources {
  /** How a file (absolute) is called in front of the user. */
  readonly name: (file: string) => string;
  readonly #manifests = new Map<string, readonly ManifestDocument[]>();
  readonly #documents = new Map<string, readonly YamlDocument[]>();

  constructor(name: (file: string) => string) {
    this.name = name;
  }

  /** The resources of a file (absolute); none where it cannot be read. */
  manifests(file: string): readonly ManifestDocument[] {
    const known = this.#manifests.get(file);
    if (known !== undefined) return known;
    const content = readRegularFile(file);
    const documents = 'bytes' in content ? readManifests(content.bytes, this.name(file)).documents : [];
    this.#manifests.set(file, documents);
    return documents;
  }

  /** The documents of a file (absolute), whatever they hold. */
  documents(file: string): readonly YamlDocument[] {
    const known = this.#documents.get(file);
    if (known !== undefined) return known;
    const content = readRegularFile(file);
    const documents = 'bytes' in content ? readYaml(content.bytes, this.name(file)).documents : [];
    this.#documents.set(file, documents);
    return documents;
  }
}
