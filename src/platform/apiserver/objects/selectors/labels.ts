/** Label selectors of requests: what is wrong with one is an answer. */
import * as text from '../../../../kubernetes/labelSelectorText.ts';
import { badRequest } from '../../status/failure.ts';

/** @throws Failure 400 in Kubernetes' words */
export function parseLabelSelector(selector: string): text.LabelRequirement[] {
  try {
    return text.parseLabelSelector(selector);
  } catch (error) {
    throw error instanceof text.SelectorFault ? badRequest(error.message) : error;
  }
}
