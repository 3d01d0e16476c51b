import { describe, expect, it } from '@jest/globals';
import { scalingCommand } from '../../../../../src/policy/rules/eventing/scaling/command.ts';
import { commandsOf, parseScript } from '../../../../../src/policy/rules/eventing/scaling/shell.ts';

describe('parseScript', () => {
  it.each<[script: string, commands: string[][], isPlain: boolean]>([
    ['kubectl get pods', [['kubectl', 'get', 'pods']], true],
    [
      'set -e; a "b c" \'d $e\'',
      [
        ['set', '-e'],
        ['a', 'b c', 'd $e'],
      ],
      true,
    ],
    ['a &&\n  b \\\n  c # d\n', [['a'], ['b', 'c']], true],
    ['a "\\"b\\""', [['a', '"b"']], true],
    ["a b='c d'", [['a', 'b=c d']], true],
    ['a "$B"', [['a', '$B']], false],
    ['a || b', [['a'], ['b']], false],
    ['a | b', [['a'], ['b']], false],
    ['if true; then a; fi', [['if', 'true'], ['then', 'a'], ['fi']], false],
    ['a "never closed', [['a', 'never closed']], true],
    ['', [], true],
  ])('%j', (script, commands, isPlain) => {
    expect(parseScript(script)).toEqual({ commands, isPlain });
  });

  it('takes words apart only where a shell is asked to', () => {
    expect(commandsOf(['kubectl', 'get', 'a;b'])).toEqual({ commands: [['kubectl', 'get', 'a;b']], isPlain: true });
    expect(commandsOf(['/bin/sh', '-ec', 'a;b'])).toEqual({ commands: [['a'], ['b']], isPlain: true });
    expect(commandsOf(['bash', 'scale.sh'])).toEqual({ commands: [], isPlain: false });
    expect(commandsOf([])).toEqual({ commands: [], isPlain: true });
  });
});

describe('scalingCommand', () => {
  const cart = (more: object) => ({
    service: 'cart',
    namespace: undefined,
    minScale: undefined,
    maxScale: undefined,
    ...more,
  });

  it.each<[command: string, expected: object | undefined]>([
    [
      'kubectl annotate ksvc/cart autoscaling.knative.dev/min-scale=10 --overwrite',
      cart({ how: 'annotate', minScale: 10 }),
    ],
    [
      'kubectl annotate --overwrite ksvc cart autoscaling.knative.dev/minScale=3',
      cart({ how: 'annotate', minScale: 3 }),
    ],
    [
      'kubectl -n shop annotate services.serving.knative.dev/cart autoscaling.knative.dev/min-scale=1 autoscaling.knative.dev/max-scale=9',
      cart({ how: 'annotate', namespace: 'shop', minScale: 1, maxScale: 9 }),
    ],
    [
      "KUBECONFIG=/x /usr/local/bin/kubectl annotate kservice cart --namespace=shop 'autoscaling.knative.dev/min-scale=0'",
      cart({ how: 'annotate', namespace: 'shop', minScale: 0 }),
    ],
    [
      'kubectl patch ksvc cart --type merge -p \'{"spec":{"template":{"metadata":{"annotations":{"autoscaling.knative.dev/min-scale":"10"}}}}}\'',
      cart({ how: 'patch', minScale: 10 }),
    ],
    [
      'kubectl patch ksvc/cart --type=json --patch=\'[{"op":"replace","path":"/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale","value":"4"}]\'',
      cart({ how: 'patch', minScale: 4 }),
    ],
    ['kn service update cart --scale-min 2 --scale-max 8', cart({ how: 'update', minScale: 2, maxScale: 8 })],
    ['kn service update cart --scale 1..5', cart({ how: 'update', minScale: 1, maxScale: 5 })],
    ['kn service update cart --annotation autoscaling.knative.dev/min-scale=6', cart({ how: 'update', minScale: 6 })],
    ['kubectl annotate ksvc/cart team=shop', undefined],
    ['kubectl annotate deployment/cart autoscaling.knative.dev/min-scale=1', undefined],
    ['kubectl annotate ksvc --all autoscaling.knative.dev/min-scale=1', undefined],
    ['kubectl annotate service/cart autoscaling.knative.dev/min-scale=1', undefined],
    ['kubectl scale deployment/cart --replicas=3', undefined],
    ["kubectl patch ksvc cart -p 'no: json'", undefined],
    ['echo kubectl annotate ksvc/cart autoscaling.knative.dev/min-scale=1', undefined],
  ])('%s', (command, expected) => {
    const [words = []] = parseScript(command).commands;
    expect(scalingCommand(words)).toEqual(expected);
  });
});
