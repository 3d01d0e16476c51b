/** How much of a file Weir reads: bounds that keep time and memory small whatever the input is. */

/**
 * The largest file that is read, in bytes. An API server refuses a request above 3 MiB and etcd an object above
 * 1.5 MiB, so a file of this size already holds thousands of resources; check a file's size against it before reading
 * the file.
 */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * How deep mappings and sequences may nest. Kubernetes reads 10,000 levels (k8s.io/apimachinery pkg/util/json,
 * go-yaml scannerc.go); no resource comes near, and 1,000 levels are safe for everything that later walks the object
 * by recursion.
 */
export const MAX_DEPTH = 1000;

/**
 * How many values and keys a document may have. Compact JSON of 16 MiB has fewer than three million; text that is
 * nothing but brackets would take fifty bytes of memory for each of its own.
 */
export const MAX_NODES = 4 * 1024 * 1024;

/**
 * How many line breaks, commas and opening brackets a YAML document may have: js-yaml's events, which come before
 * nodes can be counted, take a hundred bytes each. A manifest of 16 MiB has about seven hundred thousand lines.
 */
export const MAX_NODE_MARKS = 2_000_000;

/** How many documents of a file are read: 16 MiB of the smallest resources that make sense. */
export const MAX_DOCUMENTS = 100_000;

/** After so many errors the rest of a file is not read: nobody goes through more, and each takes memory. */
export const MAX_ERRORS = 1000;

/** How many duplicate keys of a document are remembered. */
export const MAX_DUPLICATES = 100;

/** What one file may still cost beyond its length, for all its documents together. */
export interface ReadingBudget {
  /**
   * How many nodes its aliases may stand for. Within a document go-yaml's own bound holds (aliases.ts); this one is for
   * many small documents, each of which keeps within that.
   */
  aliasedNodes: number;
  /** How many characters may be parsed again for what js-yaml refuses and Kubernetes reads (repair.ts). */
  reparsedCharacters: number;
}

export function readingBudget(): ReadingBudget {
  return { aliasedNodes: 1_000_000, reparsedCharacters: 5_000_000 };
}
