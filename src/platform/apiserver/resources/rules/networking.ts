/** Strategies of networking, coordination, discovery, scheduling and storage: k8s.io/kubernetes pkg/registry. */

import { checkIngress } from '../checks/ingress.ts';
import { checkNetworkPolicy } from '../checks/networkPolicy.ts';
import {
  checkEndpointSlice,
  checkEndpointSliceUpdate,
  checkLease,
  checkPriorityClass,
  checkPriorityClassUpdate,
  checkStorageClass,
} from '../checks/others.ts';
import {
  defaultEndpointSlice,
  defaultIngressClass,
  defaultNetworkPolicy,
  defaultPriorityClass,
  defaultStorageClass,
} from '../defaults/cluster.ts';
import type { Rules } from '../strategy.ts';

export const networkPolicyRules: Rules = {
  defaults: defaultNetworkPolicy,
  check: checkNetworkPolicy,
  hasGeneration: true,
};

export const ingressRules: Rules = { check: checkIngress, hasGeneration: true };
export const ingressClassRules: Rules = { defaults: defaultIngressClass, hasGeneration: true };
export const leaseRules: Rules = { check: checkLease, createsOnUpdate: true };

export const endpointSliceRules: Rules = {
  defaults: defaultEndpointSlice,
  check: checkEndpointSlice,
  checkUpdate: checkEndpointSliceUpdate,
  hasGeneration: true,
};

export const priorityClassRules: Rules = {
  defaults: defaultPriorityClass,
  check: checkPriorityClass,
  checkUpdate: checkPriorityClassUpdate,
  hasGeneration: true,
};

export const storageClassRules: Rules = { defaults: defaultStorageClass, check: checkStorageClass };
