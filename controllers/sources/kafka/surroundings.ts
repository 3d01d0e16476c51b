/** What the controllers of KafkaSources and KafkaSinks are given. */
import type { OpenMember } from '../../../src/platform/eventing/kafka/member.ts';
import type { Send } from '../../../src/platform/eventing/send.ts';
import type { SecretData } from './access.ts';
import type { Writers } from './sink/writers.ts';
import type { Readers } from './source/readers.ts';

export interface KafkaSurroundings {
  readonly send: Send;
  readonly openMember: OpenMember;
  readonly readers: Readers;
  readonly writers: Writers;
  /** Of the address of KafkaSinks: `http://127.0.0.1:41234`. */
  readonly sinksUrl: string;
  readonly secretData: SecretData;
}
