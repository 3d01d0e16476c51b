import { describe, expect, it } from '@jest/globals';
import {
  clusterLocalTags,
  DomainError,
  domainFor,
  domainOf,
  hostnameOf,
} from '../../../controllers/serving/route/domains.ts';
import { readSettings, type Settings } from '../../../controllers/serving/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const LOCAL = { 'networking.knative.dev/visibility': 'cluster-local' };

function settings(data: Readonly<Record<string, JsonObject>> = {}): Settings {
  const configMaps = Object.entries(data).map(([name, each]) => ({ metadata: { name }, data: each }));
  return readSettings(configMaps, 'localhost');
}

function aRoute(labels: JsonObject = {}): JsonObject {
  return { metadata: { name: 'cart', namespace: 'shop', labels } };
}

const DOMAINS = settings({
  'config-domain': {
    'example.com': '',
    'example.org': 'selector:\n  team: shop',
    'shop.example.org': 'selector:\n  team: shop\n  tier: front',
    _example: 'ignored.example',
  },
});

describe('the domain of a Route', () => {
  it.each([
    [{}, 'example.com'],
    [{ team: 'shop' }, 'example.org'],
    [{ team: 'shop', tier: 'front' }, 'shop.example.org'],
    [{ team: 'shop', ...LOCAL }, 'svc.cluster.local'],
  ])('with the labels %j is %s', (labels, domain) => {
    expect(domainFor(aRoute(labels), DOMAINS.domains)).toBe(domain);
  });

  it('is that of this machine where nothing is said', () => {
    expect(domainOf(aRoute(), 'cart', false, settings())).toBe('cart.shop.localhost');
  });

  it('follows the templates, but inside of the cluster', () => {
    const own = settings({
      'config-network': {
        'domain-template': '{{.Name}}--{{ .Namespace }}.{{.Domain}}',
        'tag-template': '{{.Name}}-{{.Tag}}',
      },
    });
    expect(hostnameOf('cart', 'next', own.network)).toBe('cart-next');
    expect(domainOf(aRoute(), 'cart-next', false, own)).toBe('cart-next--shop.localhost');
    expect(domainOf(aRoute(LOCAL), 'cart', true, own)).toBe('cart.shop.svc.cluster.local');
  });

  it.each([
    [
      '{{index .Annotations "a"}}.{{.Domain}}',
      'domain name error: error executing the DomainTemplate: {{index .Annotations "a"}} is not one of .Name, .Namespace, .Domain',
    ],
    ['{{.Name}}_', 'domain name error: invalid domain name "cart_": url: Invalid value: "cart_"'],
    ['{{.Name}}', 'should be a domain with at least two segments separated by dots'],
    ['{{.constructor}}', '{{.constructor}} is not one of'],
  ])('of the template %s is refused', (template, sentence) => {
    const own = settings({ 'config-network': { 'domain-template': template } });
    expect(() => domainOf(aRoute(), 'cart', false, own)).toThrow(DomainError);
    expect(() => domainOf(aRoute(), 'cart', false, own)).toThrow(sentence);
  });
});

describe('tags inside of the cluster alone', () => {
  it('are those whose placeholder is labelled', () => {
    const placeholder = { metadata: { name: 'next-cart', labels: LOCAL } };
    expect([...clusterLocalTags(aRoute(), ['', 'next', 'old'], [placeholder], settings())]).toEqual(['next']);
  });

  it('are all where the Route is', () => {
    expect([...clusterLocalTags(aRoute(LOCAL), ['', 'next'], [], settings())]).toEqual(['', 'next']);
  });
});
