/** Bodies: read with a limit, and parsed as their Content-Type says. */
import type { IncomingMessage } from 'node:http';
import { readYaml } from '../../../kubernetes/yaml/read.ts';
import type { Body } from '../objects/objects.ts';
import { badRequest, tooLarge, unsupportedMediaType } from '../status/failure.ts';
import { checkParsed, mayHoldLongInteger } from './integers.ts';
import { duplicateKeys, parseJson, placesOfKeys } from './json.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import { WireFault } from './protobuf/reader.ts';

/** As kube-apiserver's MaxRequestBodyBytes. */
export const BODY_LIMIT = 3 * 1024 * 1024;
const START = 64;

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** @throws Failure 413 where it is larger than the limit; the connection is of no use then */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > BODY_LIMIT) throw overLimit();
  return bytesOf(request);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badRequest('the body is not UTF-8');
  }
}

/** Not an iteration, which would end the connection with what is left unread: the client is to have its answer. */
function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= BODY_LIMIT) return;
      request.off('data', take);
      request.pause();
      reject(overLimit());
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('aborted', () => reject(badRequest('the request ended before its body did')));
  });
}

function overLimit(): Error {
  return tooLarge(`Request entity too large: limit is ${BODY_LIMIT}`);
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** @throws Failure 415 for a type that is not read here, 400 for a text that is not of its type */
export function parseBody(bytes: Buffer, mediaType: string, wantsDuplicates: boolean): Body {
  if (mediaType === YAML_TYPE) return parseYaml(bytes);
  if (mediaType === PROTOBUF_TYPE) return parseProtobuf(bytes);
  if (mediaType !== '' && mediaType !== JSON_TYPE && mediaType !== '*/*') {
    throw unsupportedMediaType([JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE]);
  }
  return parseJsonBody(bytes, wantsDuplicates);
}

export function parseJsonBody(bytes: Buffer, wantsDuplicates: boolean): Body {
  const text = textOf(bytes);
  const start = text.slice(0, START);
  const parsed = parseJson(text);
  if ('fault' in parsed) return { value: null, fault: parsed.fault, duplicates: [], start };
  const duplicates = wantsDuplicates
    ? duplicateKeys(text).map((path) => `duplicate field ${JSON.stringify(path)}`)
    : [];
  return { value: parsed.value, duplicates, start, placesOf: () => placesOfKeys(text) };
}

function parseProtobuf(bytes: Buffer): Body {
  const start = bytes.subarray(0, START).toString('latin1');
  try {
    return { value: decodeProtobuf(bytes), duplicates: [], start };
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw badRequest(`the body cannot be read as protobuf: ${error.message}`);
  }
}

/** YAML, and with it JSON. One document. */
export function parseYaml(bytes: Buffer): Body {
  const text = textOf(bytes);
  const { documents, errors } = readYaml(text, 'body');
  const [error] = errors;
  if (error !== undefined) {
    const where = error.line === undefined ? '' : `line ${error.line}: `;
    throw badRequest(`error decoding YAML: ${where}${error.message}`);
  }
  const [document, ...more] = documents;
  if (document === undefined) throw badRequest('error decoding YAML: the body is empty');
  if (more.length > 0) throw badRequest('error decoding YAML: the body has more than one document; send one');
  if (mayHoldLongInteger(text)) checkParsed(document.value);
  return {
    value: document.value,
    duplicates: document.duplicateKeys.map(
      ({ key, kept }) => `line ${kept.line}: key ${JSON.stringify(key)} already set in map`,
    ),
    start: text.slice(0, START),
  };
}
