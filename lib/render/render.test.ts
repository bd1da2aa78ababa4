import { describe, expect, test } from 'vitest'
import type { ApplicationSource } from '../app/application.ts'
import { faultOf } from '../fault/fault.ts'
import { keyOf } from '../manifest/key.ts'
import { PROBLEMS_TOLD_MAX, SKIP_MARKER } from './directory.ts'
import { DIRECTORY_BYTES_MAX, OBJECTS_MAX } from './limits.ts'
import { render } from './render.ts'

type Files = Readonly<Record<string, string>>

const tree = (files: Files) =>
  new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))
const source = (settings: Partial<ApplicationSource> = {}): ApplicationSource => ({
  repoURL: 'https://example.com/repo',
  path: 'apps/shop',
  ...settings,
})
const object = (name: string, kind = 'ConfigMap') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`
const names = (files: Files, settings?: Partial<ApplicationSource>) =>
  render(tree(files), source(settings))
    .manifests.map((manifest) => keyOf(manifest).name)
    .join(' ')
const faultFrom = (files: Files, settings?: Partial<ApplicationSource>) => {
  try {
    return render(tree(files), source(settings))
  } catch (error) {
    return faultOf(error)
  }
}

const TREE: Files = {
  'c.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
  'b.yml': object('b'),
  'a.yaml': `${object('a1')}---\n# nothing\n---\n${object('a2')}`,
  'notes.txt': object('notes'),
  'README.md': '# words: [',
  'sub/d.yaml': object('d'),
  'sub/deep/e.yaml': object('e'),
}

test.for<[string, ApplicationSource['directory'], string]>([
  ['the directory alone, in the order of paths', undefined, 'a1 a2 b c'],
  ['folders within', { recurse: true }, 'a1 a2 b c d e'],
  ['only what is included', { recurse: true, include: '{b*,sub/*}' }, 'b d e'],
  ['not what is excluded', { recurse: true, exclude: 'sub/*' }, 'a1 a2 b c'],
  ['exclude wins', { recurse: true, include: '*.yaml', exclude: '{a*,sub/deep/*}' }, 'd'],
  ['any file by its content', { disableExtensionFilter: true, exclude: '*.md' }, 'a1 a2 b c notes'],
])('takes %s', ([, directory, expected]) => {
  expect(names(TREE, directory && { directory })).toBe(expected)
})

test.for<[string, string, string]>([
  [
    'a List',
    `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {generateName: p-}}]}`,
    'v1/Secret/s v1/Pod/p-',
  ],
  [
    'a typed list',
    'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n',
    'v1/ConfigMap/a',
  ],
  [
    'JSON with tabs',
    '{\n\t"apiVersion": "v1",\n\t"kind": "A",\n\t"metadata": {"name": "a"}\n}',
    'v1/A/a',
  ],
  ['an empty list', 'apiVersion: v1\nkind: List\nitems: []\n', ''],
  ['a kind that only sounds like a list', object('a', 'AllowList'), 'v1/AllowList/a'],
  ['a file with the skip marker', `# ${SKIP_MARKER}\n{{ not yaml`, ''],
  ['nothing', '', ''],
  ['comments', '# a\n---\n# b\n', ''],
  ['values of something else', 'replicas: 3\nimage: {tag: v1}\n', ''],
])('%s', ([, text, expected]) => {
  const { manifests } = render(tree({ 'a.yaml': text }), source())
  expect(
    manifests
      .map((m) => `${m.apiVersion}/${m.kind}/${m.metadata.name ?? m.metadata.generateName}`)
      .join(' '),
  ).toBe(expected)
})

test('unknown fields and large integers survive', () => {
  const text = `${object('a')}unknown: {big: 9223372036854775807}\n`
  expect(render(tree({ 'a.yaml': text }), source()).manifests).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      unknown: { big: 9223372036854775807n },
    },
  ])
})

test('a source that only lends its files has no manifests', () => {
  expect(render(tree(TREE), { repoURL: 'r', ref: 'values' }).manifests).toEqual([])
})

describe('what is wrong', () => {
  const failed = (detail: string, path = 'apps/shop/a.yaml') => ({
    code: 'RenderFailed',
    path,
    detail,
  })

  test.for<[string, string]>([
    ['kind: A\nmetadata: [\n', 'line 3: '],
    ['{"kind": "A",\n "metadata": ]', 'line 2: '],
    ['kind: A\nmetadata: {name: a}', 'document 1: A has no apiVersion'],
    [
      `${object('a')}---\napiVersion: v1\nmetadata: {name: b}`,
      'document 2: the object has no kind',
    ],
    ['apiVersion: v1\nkind: A', 'document 1: A has no metadata.name'],
    ['apiVersion: v1\nkind: A\nmetadata:', 'document 1: A has no metadata.name'],
    [object('yes'), 'document 1: metadata.name of ConfigMap is not a string; quote it'],
    [
      `${object('a')}  annotations: {on: yes}`,
      'document 1: metadata.annotations["true"] of ConfigMap is not a string; quote it',
    ],
    [`${object('a')}  finalizers: a`, 'document 1: metadata.finalizers of ConfigMap is not a list'],
    [`${object('a')}  labels: [a]`, 'document 1: metadata.labels of ConfigMap is not a map'],
    [
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}',
      'document 1, item 1: Pod has no metadata.name',
    ],
  ])('%j', ([text, detail]) => {
    expect(faultFrom({ 'a.yaml': text })).toEqual(failed(expect.stringContaining(detail) as string))
  })

  test('everything is told at once', () => {
    expect(
      faultFrom({ 'a.yaml': 'kind: A', 'b.yaml': object('b'), 'c.json': 'apiVersion: v1' }),
    ).toEqual(
      failed(
        '4 problems: apps/shop/a.yaml: document 1: A has no apiVersion; apps/shop/a.yaml: document 1: A has no metadata.name; apps/shop/c.json: document 1: the object has no kind; apps/shop/c.json: document 1: the object has no metadata.name',
        'apps/shop',
      ),
    )
  })

  test('but not without end', () => {
    const files = Object.fromEntries(
      Array.from({ length: PROBLEMS_TOLD_MAX + 3 }, (_, index) => [`${index}.yaml`, 'kind: [']),
    )
    expect(faultFrom(files)).toEqual(
      failed(expect.stringMatching(/^13 problems: .*; and 3 more$/) as string, 'apps/shop'),
    )
  })

  test('bytes that are no text', () => {
    expect(() => render(new Map([['a.yaml', Uint8Array.of(0xff, 0xfe)]]), source())).toThrow(
      'apps/shop/a.yaml: is not UTF-8 text',
    )
  })
})

describe('limits', () => {
  test('bytes of all files together', () => {
    const half = `# ${'x'.repeat(DIRECTORY_BYTES_MAX / 2)}\n`
    expect(faultFrom({ 'a.yaml': half, 'b.yaml': half })).toMatchObject({
      code: 'LimitExceeded',
      limit: 'directory bytes',
    })
  })

  test('bytes of all files together, aliases written out', () => {
    const copies = `${object('a')}big: &a ${'x'.repeat(1000)}\nall: [${'*a, '.repeat(6000)}]\n`
    expect(faultFrom({ 'a.yaml': copies })).toHaveProperty('sourceType')
    expect(faultFrom({ 'a.yaml': copies, 'b.yaml': copies })).toEqual({
      code: 'LimitExceeded',
      limit: 'directory bytes',
      message:
        'apps/shop: the manifest files have too many bytes once their aliases are written out, the limit is 10000000; split the application, or exclude files with directory.exclude',
    })
  })

  test('objects', () => {
    const item = '{apiVersion: v1, kind: A, metadata: {name: a}}\n---\n'
    expect(faultFrom({ 'a.yaml': item.repeat(OBJECTS_MAX + 1) })).toEqual({
      code: 'LimitExceeded',
      limit: 'objects',
      message:
        'the application has 5001 objects, the limit is 5000; split it into several applications',
    })
  })

  test('aliases, with the name of the file', () => {
    expect(faultFrom({ 'a.yaml': 'a: &a [*a]' })).toMatchObject({
      code: 'LimitExceeded',
      message: expect.stringContaining('apps/shop/a.yaml: YAML aliases expand') as string,
    })
  })
})

test.for<[Files, Partial<ApplicationSource>, string]>([
  [{ 'Chart.yaml': '' }, {}, 'rendering Helm charts'],
  [{ 'kustomization.yaml': '' }, {}, 'rendering Kustomize'],
  [{}, { plugin: {} }, 'rendering with config management plugins'],
  [{ 'main.jsonnet': '{}' }, {}, 'rendering Jsonnet files (apps/shop/main.jsonnet)'],
])('%j with %j is not there yet', ([files, settings, feature]) => {
  expect(faultFrom(files, settings)).toEqual({ code: 'Unimplemented', feature })
})

test('a malformed pattern is named', () => {
  expect(faultFrom({}, { directory: { exclude: '{a' } })).toEqual({
    code: 'InvalidArgument',
    message:
      'spec.source.directory.exclude: "{a" is no valid pattern; check its braces and brackets',
  })
})
