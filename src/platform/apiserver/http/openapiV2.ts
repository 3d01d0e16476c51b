/**
 * OpenAPI v2 without anything in it. kubectl asks for it where v3 knows no such kind, and wants it as protobuf; from an
 * empty document it learns as much as from a full one, and says that there is no such kind. Without any it says that the
 * server could not be asked (k8s.io/cli-runtime pkg/resource/query_param_verifier.go).
 */

/** The fields of github.com/google/gnostic-models openapiv2/OpenAPIv2.proto that are written here. */
const SWAGGER = 1;
const INFO = 2;
const PATHS = 8;
const TITLE = 1;
const VERSION = 2;

export const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export function emptyJson(version: string): string {
  return JSON.stringify({ swagger: '2.0', info: { title: 'Kubernetes', version }, paths: {}, definitions: {} });
}

export function emptyProtobuf(version: string): Buffer {
  const info = Buffer.concat([field(TITLE, Buffer.from('Kubernetes')), field(VERSION, Buffer.from(version))]);
  return Buffer.concat([field(SWAGGER, Buffer.from('2.0')), field(INFO, info), field(PATHS, Buffer.alloc(0))]);
}

/** A field whose bytes come with their count. All are short here: the count is one byte. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
