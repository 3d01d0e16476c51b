/** Types that Go reads and writes by code of their own, of which OpenAPI says too little. */
import type { Schema } from '../schema.ts';

const APIMACHINERY = 'io.k8s.apimachinery.pkg';
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Name and all. */
export const INT_OR_STRING = `${APIMACHINERY}.util.intstr.IntOrString`;
export const QUANTITY = `${APIMACHINERY}.api.resource.Quantity`;
export const TIME = `${APIMACHINERY}.apis.meta.v1.Time`;
export const MICRO_TIME = `${APIMACHINERY}.apis.meta.v1.MicroTime`;
export const RAW_EXTENSION = `${APIMACHINERY}.runtime.RawExtension`;

/** Anything at all, and what the schema of a custom resource may be in more than one shape. */
const OPAQUE = { 'x-kubernetes-preserve-unknown-fields': true } as const satisfies Schema;

export const SPECIAL_TYPES: Readonly<Record<string, Schema>> = {
  [INT_OR_STRING]: { 'x-kubernetes-int-or-string': true },
  [QUANTITY]: { format: 'quantity', oneOf: [{ type: 'string' }, { type: 'number' }] },
  [`${APIMACHINERY}.apis.meta.v1.FieldsV1`]: { type: 'object', ...OPAQUE },
  [`${APIMACHINERY}.apis.meta.v1.Patch`]: { type: 'object', ...OPAQUE },
  [RAW_EXTENSION]: { type: 'object', ...OPAQUE },
  [`${APIEXTENSIONS}.JSON`]: OPAQUE,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrArray`]: OPAQUE,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrBool`]: OPAQUE,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`]: OPAQUE,
};
