/** Which objects of a collection are wanted. */
import { type LabelRequirement, meets } from '../../../../kubernetes/labelSelectorText.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Selection, Stored } from '../../store/store.ts';
import { type FieldTerm, fieldOf } from './fields.ts';

export interface Selectors {
  readonly labels: readonly LabelRequirement[];
  readonly fields: readonly FieldTerm[];
}

export const EVERYTHING: Selectors = { labels: [], fields: [] };

/** What the store is asked for. Where a field names one namespace, that one alone is looked at. */
export function selectionOf(resource: Resource, namespace: string, { labels, fields }: Selectors): Selection {
  const base = { resource: resource.storedAs, namespace: namespace || (exactly(fields, 'metadata.namespace') ?? '') };
  if (labels.length === 0 && fields.length === 0) return base;
  const terms = fields.map((term) => asStored(term, resource));
  return { ...base, matches: (stored) => areMet(stored, labels) && terms.every((term) => isMet(stored, term)) };
}

function asStored(term: FieldTerm, { conversion }: Resource): FieldTerm {
  return conversion?.storedField === undefined ? term : { ...term, field: conversion.storedField(term.field) };
}

/** The one value that the field must have, where the terms say so. */
export function exactly(fields: readonly FieldTerm[], field: string): string | undefined {
  return fields.find((term) => term.field === field && !term.isNot)?.value;
}

function areMet({ labels }: Stored, requirements: readonly LabelRequirement[]): boolean {
  return requirements.every((requirement) => meets(labels, requirement));
}

function isMet(stored: Stored, { field, value, isNot }: FieldTerm): boolean {
  return (valueIn(stored, field) === value) !== isNot;
}

/** Names are known without parsing the object. */
function valueIn(stored: Stored, field: string): string {
  if (field === 'metadata.name') return stored.key.name;
  if (field === 'metadata.namespace') return stored.key.namespace;
  return fieldOf(stored.object(), field);
}
