/**
 * Objects that typed Go clients send: since client-go 0.35 they write Kubernetes' own kinds in Protocol Buffers and do
 * not fall back. Answers are JSON, which the same clients take. Only kinds in MESSAGES can be read.
 */
import { type JsonObject, type JsonValue, setOwn } from '../../../../kubernetes/json.ts';
import { MESSAGES } from './fields.generated.ts';
import { fieldsOf, packedVarints, WireFault } from './reader.ts';

/** What stands before each object (k8s.io/apimachinery pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');
const MAX_DEPTH = 1000;

/** The object as JSON has it. @throws WireFault that says what is wrong */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw new WireFault('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const { typeMeta, raw } = unwrapped(bytes.subarray(MAGIC.length));
  const apiVersion = String(typeMeta.apiVersion ?? '');
  const kind = String(typeMeta.kind ?? '');
  const message = messageOf(apiVersion, kind);
  if (message === undefined)
    throw new WireFault(`${kind} in version ${JSON.stringify(apiVersion)} cannot be read as protobuf here; send JSON`);
  return { apiVersion, kind, ...objectOf(raw, message, 0) };
}

/** runtime.Unknown: what it is, and the bytes of it. */
function unwrapped(bytes: Uint8Array): { typeMeta: JsonObject; raw: Uint8Array } {
  let typeMeta: JsonObject = {};
  let raw: Uint8Array = new Uint8Array();
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') continue;
    if (number === 1) typeMeta = objectOf(value, 'runtime.TypeMeta', 0);
    if (number === 2) raw = value;
  }
  return { typeMeta, raw };
}

/** `apps.v1.Deployment`; options of a DELETE come in the name of any group. */
function messageOf(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? 'core' : (apiVersion.slice(0, slash).split('.')[0] ?? '');
  const own = `${group}.${apiVersion.slice(slash + 1)}.${kind}`;
  return [own, `meta.v1.${kind}`].find((name) => Object.hasOwn(MESSAGES, name));
}

interface Member {
  readonly name: string;
  /** In JSON its members are members of what it stands in. */
  readonly isInline: boolean;
  readonly shape: 'list' | 'map' | 'one';
  /** `s`, `y`, `b`, `i`, `d`, or a message. */
  readonly type: string;
}

const known = new Map<string, ReadonlyMap<number, Member>>();

function membersOf(message: string): ReadonlyMap<number, Member> {
  const remembered = known.get(message);
  if (remembered !== undefined) return remembered;

  const members = new Map<number, Member>();
  const text = Object.hasOwn(MESSAGES, message) ? MESSAGES[message] : '';
  for (const field of (text ?? '').split(',')) {
    const [number = '', name = '', type = ''] = field.split(' ');
    if (name === '') continue;
    const shape = type.startsWith('*') ? 'list' : type.startsWith('%') ? 'map' : 'one';
    const isInline = name.startsWith('^');
    members.set(Number(number), {
      name: isInline ? name.slice(1) : name,
      isInline,
      shape,
      type: shape === 'one' ? type : type.slice(1),
    });
  }
  known.set(message, members);
  return members;
}

type Draft = { [key: string]: JsonValue | undefined };

function objectOf(bytes: Uint8Array, message: string, depth: number): Draft {
  if (depth > MAX_DEPTH) throw new WireFault(`the body is nested more than ${MAX_DEPTH} levels deep`);
  const members = membersOf(message);
  const draft: Draft = {};
  const lists = new Map<string, JsonValue[]>();
  const maps = new Map<string, Draft>();
  for (const { number, value } of fieldsOf(bytes)) {
    const member = members.get(number);
    if (member === undefined) continue; // of a later version
    const { name, shape, type } = member;
    if (shape === 'list') {
      const list = lists.get(name) ?? [];
      lists.set(name, list);
      list.push(...itemsOf(value, type, depth));
    } else if (shape === 'map') {
      const map = maps.get(name) ?? {};
      maps.set(name, map);
      addEntry(map, bytesOf(value), type, depth);
    } else {
      const one = valueOfType(value, type, depth + 1);
      if (member.isInline) Object.assign(draft, one);
      else if (one !== undefined) setOwn(draft, name, one);
    }
  }
  return { ...draft, ...Object.fromEntries(lists), ...Object.fromEntries(maps) };
}

/** A list of numbers may come packed. */
function itemsOf(value: number | Uint8Array, type: string, depth: number): JsonValue[] {
  if (type === 'i' && typeof value !== 'number') return packedVarints(value);
  const item = valueOfType(value, type, depth + 1);
  return item === undefined ? [] : [item];
}

function addEntry(map: Draft, bytes: Uint8Array, type: string, depth: number): void {
  let key = '';
  let member: JsonValue | undefined = emptyOf(type);
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) key = textOf(value);
    if (number === 2) member = valueOfType(value, type, depth + 1);
  }
  if (member !== undefined) setOwn(map, key, member);
}

function emptyOf(type: string): JsonValue {
  if (type === 's' || type === 'y') return '';
  if (type === 'b') return false;
  return type === 'i' || type === 'd' ? 0 : {};
}

function valueOfType(value: number | Uint8Array, type: string, depth: number): JsonValue | undefined {
  switch (type) {
    case 's':
      return textOf(value);
    case 'y':
      return Buffer.from(bytesOf(value)).toString('base64');
    case 'b':
      return value === 1;
    case 'i':
      return typeof value === 'number' ? value : 0;
    case 'd':
      return typeof value === 'number' ? 0 : new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true);
    default:
      return messageValue(bytesOf(value), type, depth);
  }
}

/** Types that Go writes as JSON by code of their own. */
function messageValue(bytes: Uint8Array, type: string, depth: number): JsonValue | undefined {
  const object = objectOf(bytes, type, depth);
  switch (type) {
    case 'meta.v1.Time':
      return timeOf(object, 0);
    case 'meta.v1.MicroTime':
      return timeOf(object, 6);
    case 'meta.v1.Duration':
      return `${Number(object.duration ?? 0) / 1e9}s`;
    case 'meta.v1.FieldsV1':
    case 'runtime.RawExtension':
      return embedded(object.Raw ?? object.raw);
    case 'api.resource.Quantity':
      return object.string ?? '0';
    case 'util.intstr.IntOrString':
      return object.type === 1 ? (object.strVal ?? '') : (object.intVal ?? 0);
    default:
      return type.endsWith('.ExtraValue') || type === 'meta.v1.Verbs' ? (object.items ?? []) : object;
  }
}

/** Absent where it is Go's zero time. */
function timeOf({ seconds, nanos }: Draft, digits: number): string | undefined {
  if (typeof seconds !== 'number') return undefined;
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) throw new WireFault('a time is none');
  const start = time.toISOString().slice(0, 19);
  return digits === 0
    ? `${start}Z`
    : `${start}.${String(nanos ?? 0)
        .padStart(9, '0')
        .slice(0, digits)}Z`;
}

/** JSON inside of Protocol Buffers. */
function embedded(base64: JsonValue | undefined): JsonValue | undefined {
  const text = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64').toString();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new WireFault('an embedded object is no JSON');
  }
}

function bytesOf(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new WireFault('proto: wrong wireType = 0');
  return value;
}

function textOf(value: number | Uint8Array): string {
  return Buffer.from(bytesOf(value)).toString();
}
