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
 * How many characters of a document that is not JSON may be punctuation that starts a node (line breaks, commas,
 * opening brackets and braces). A manifest of 16 MiB has about a million; text that is nothing but such characters
 * would take a hundred bytes of memory for each.
 */
export const MAX_NODE_MARKS = 4_000_000;

/**
 * How many nodes all aliases of one file may stand for. Within a document go-yaml's own bound holds (aliases.ts); this
 * one is for a file of many small documents, each of which keeps within that.
 */
export const MAX_ALIASED_NODES = 1_000_000;
