import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

const words = (line: string): readonly string[] => (line === '' ? [] : line.split(' '))

test.for([
  ['', { app: 'guestbook', cluster: 'sandbox' }],
  [
    '--app shop --image nginx:1.29 --cluster real --data state',
    { app: 'shop', image: 'nginx:1.29', cluster: 'real', data: 'state' },
  ],
  [
    '--image localhost:5000/a/b-c',
    { app: 'guestbook', cluster: 'sandbox', image: 'localhost:5000/a/b-c' },
  ],
  ['--help', 'help'],
] as const)('%s is read', ([line, expected]) => {
  expect(readArguments(words(line))).toEqual(expected)
})

test.for([
  ['--app Shop', '--app "Shop": metadata.name: Invalid value: "Shop"'],
  ['--app team/shop', '--app "team/shop": metadata.name: Invalid value'],
  ['--image nginx:', '--image "nginx:" is no image reference; give one like'],
  ['--image nginx;reboot', '--image "nginx;reboot" is no image reference'],
  [`--image ${'a'.repeat(513)}`, 'is no image reference'],
  ['--cluster=', '--cluster is empty; give sandbox, real or a kubeconfig'],
  ['--data=', '--data is empty; name a folder'],
  ['--colour', "Unknown option '--colour'; --help says what there is"],
  ['shop', "Unexpected argument 'shop'"],
] as const)('%s is refused in one line', ([line, message]) => {
  expect(() => readArguments(words(line))).toThrow(message)
  expect(() => readArguments(words(line))).not.toThrow('\n')
})

test('an image may be as long as 512 characters', () => {
  expect(readArguments(['--image', 'a'.repeat(512)])).toHaveProperty('image')
})
