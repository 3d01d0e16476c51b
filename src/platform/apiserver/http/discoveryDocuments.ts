/** Answers for discovery and OpenAPI, made once for each state of the resources. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Resources } from '../resources/resource.ts';
import {
  aggregated,
  type GroupVersion,
  groupList,
  groupVersions,
  legacyVersions,
  oneGroup,
  resourceList,
} from './discovery.ts';
import type { Documents } from './handler.ts';
import { OpenApiDocuments, pathTo } from './openapi.ts';
import { emptyJson, emptyProtobuf, PROTOBUF } from './openapiV2.ts';
import { type Exchange, replyObject, takesGzip } from './reply.ts';
import { withoutSlashesAtEnd } from './slashes.ts';

const GZIP_FROM_BYTES = 16 * 1024;
const compress = promisify(gzip);
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const YEAR_SECONDS = 31_536_000;

export interface DocumentOptions {
  readonly resources: Resources;
  /** `v1.36.3`. */
  readonly version: string;
  /** Where the server is reached, `127.0.0.1:6443`. */
  address(): string;
}

/** @example handle({ …, documents: discoveryDocuments({ resources, version, address }) }, request, response) */
export function discoveryDocuments({ resources, version, address }: DocumentOptions): Documents {
  const openApi = new OpenApiDocuments(version);
  let known: { generation: number; all: readonly GroupVersion[] } | undefined;
  const current = () => {
    if (known?.generation !== resources.generation) {
      known = { generation: resources.generation, all: groupVersions(resources.all()) };
    }
    return known.all;
  };
  return {
    async serve(exchange, requested) {
      const { method } = exchange.request;
      if (method !== 'GET' && method !== 'HEAD') return false;
      const path = withoutSlashesAtEnd(requested);
      if (path === '/openapi/v3' || path.startsWith('/openapi/v3/')) {
        return serveOpenApi(exchange, path.slice('/openapi/v3/'.length), current(), openApi);
      }
      if (path === '/openapi/v2') {
        await replyV2(exchange, version);
        return true;
      }
      const isAggregated = path === '/api' || path === '/apis';
      if (isAggregated && wantsAggregated(exchange)) {
        await replyDocument(exchange, {
          text: JSON.stringify(aggregated(current(), path === '/api' ? 'core' : 'others')),
          type: AGGREGATED,
          headers: { 'Cache-Control': 'public', Vary: 'Accept' },
        });
        return true;
      }
      const document = documentAt(path, current(), address);
      if (document === undefined) return false;
      await replyObject(exchange, 200, document);
      return true;
    },
  };
}

function documentAt(path: string, all: readonly GroupVersion[], address: () => string): JsonObject | undefined {
  if (path === '') return { paths: rootPaths(all) };
  if (path === '/api') return legacyVersions(address());
  if (path === '/apis') return groupList(all);

  const wanted = path.slice(1);
  const groupVersion = all.find((each) => pathTo(each) === wanted);
  if (groupVersion !== undefined) return resourceList(groupVersion);
  const [, root, group, ...rest] = path.split('/');
  return root === 'apis' && group !== undefined && rest.length === 0 ? oneGroup(group, all) : undefined;
}

function rootPaths(all: readonly GroupVersion[]): string[] {
  const groups = all.filter(({ group }) => group !== '').map(({ group }) => `/apis/${group}`);
  const versions = all.map((each) => `/${pathTo(each)}`);
  const others = ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'];
  return [...new Set([...groups, ...versions, ...others])].sort();
}

/** Clients that know it put it first. */
function wantsAggregated({ request }: Exchange): boolean {
  const clauses = String(request.headers.accept ?? '').split(',');
  return clauses.some((clause) => {
    const parts = clause.split(';').map((part) => part.trim());
    return ['application/json', 'as=APIGroupDiscoveryList', 'v=v2'].every((part) => parts.includes(part));
  });
}

async function serveOpenApi(
  exchange: Exchange,
  path: string,
  all: readonly GroupVersion[],
  openApi: OpenApiDocuments,
): Promise<boolean> {
  const type = 'application/json';
  if (path === '') {
    await replyDocument(exchange, { text: JSON.stringify(await openApi.index(all)), type, headers: {} });
    return true;
  }
  const groupVersion = all.find((each) => pathTo(each) === path);
  if (groupVersion === undefined) {
    exchange.response.writeHead(404).end();
    return true;
  }

  const { text, hash } = await openApi.document(groupVersion);
  const asked = exchange.query.get('hash');
  if (asked !== null && asked !== hash) {
    exchange.response.writeHead(301, { Location: `/openapi/v3/${path}?hash=${hash}` }).end();
    return true;
  }
  // who names the hash may keep the document for good
  const cache = asked === null ? 'no-cache, private' : `public, immutable, max-age=${YEAR_SECONDS}`;
  await replyDocument(exchange, { text, type, hash, headers: { 'Cache-Control': cache, Vary: 'Accept' } });
  return true;
}

async function replyV2(exchange: Exchange, version: string): Promise<void> {
  const wantsProtobuf = String(exchange.request.headers.accept ?? '').includes('protobuf');
  await replyDocument(exchange, {
    text: wantsProtobuf ? emptyProtobuf(version) : emptyJson(version),
    type: wantsProtobuf ? PROTOBUF : 'application/json',
    headers: { Vary: 'Accept' },
  });
}

interface Document {
  readonly text: string | Buffer;
  readonly type: string;
  readonly hash?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** With an ETag, so that who has it already is told no more than that. */
async function replyDocument({ request, response }: Exchange, document: Document): Promise<void> {
  const { text, type, headers } = document;
  const hash = document.hash ?? createHash('sha512').update(text).digest('hex').toUpperCase();
  const tag = `"${hash}"`;
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, { ...headers, ETag: tag }).end();
    return;
  }
  const isCompressed = text.length > GZIP_FROM_BYTES && takesGzip(request);
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  const bytes = isCompressed ? await compress(body, { level: constants.Z_BEST_SPEED }) : body;
  if (response.destroyed) return;
  response.writeHead(200, {
    ...headers,
    'Content-Type': type,
    ETag: tag,
    'Content-Length': bytes.length,
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
