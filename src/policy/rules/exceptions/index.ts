import type { Rule } from '../../engine/rule.ts';
import { exceptionExpired } from './expired.ts';
import { exceptionIncomplete } from './incomplete.ts';
import { exceptionTooLong } from './tooLong.ts';
import { exceptionTooWide } from './tooWide.ts';
import { exceptionUnknownName } from './unknownName.ts';
import { exceptionUnknownObject } from './unknownObject.ts';

/** @param others every rule that an exception can name */
export function exceptionsRules(others: readonly Rule[]): readonly Rule[] {
  return [
    exceptionIncomplete,
    exceptionUnknownName(others),
    exceptionUnknownObject(others),
    exceptionTooWide,
    exceptionTooLong,
    exceptionExpired,
  ];
}
