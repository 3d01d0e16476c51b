/** What Knative Serving's webhook takes and refuses, as somebody writes it into a namespace of no environment. */
import type { Case } from './builders.ts';
import { names } from './names.ts';
import { others } from './others.ts';
import { pods } from './pods.ts';
import { scaling } from './scaling.ts';
import { traffic } from './traffic.ts';

export const cases: readonly Case[] = [...traffic, ...scaling, ...names, ...pods, ...others];
