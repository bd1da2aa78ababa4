import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createTerminal, wrap } from './terminal.ts'

test.for([
  ['argosy app get shop', 'argosy app get shop'],
  ["git commit -m|it's done", String.raw`git commit -m 'it'\''s done'`],
  [
    `argosy app create shop --repo ${'r'.repeat(50)} --path guestbook --dest-namespace default`,
    `argosy app create shop --repo ${'r'.repeat(50)} \\\n    --path guestbook --dest-namespace default`,
  ],
] as const)('%s is shown as a shell reads it', ([line, expected]) => {
  expect(wrap(line.split('|').flatMap((part, at) => (at === 0 ? part.split(' ') : [part])))).toBe(
    expected,
  )
})

/** What is printed where there is no terminal, or on one with that many columns. */
function record(columns?: number) {
  const stream = new PassThrough()
  const parts: string[] = []
  stream.on('data', (chunk: Buffer) => parts.push(chunk.toString('utf8')))
  const terminal = { isTTY: columns !== undefined, columns, getColorDepth: () => 1, hasColors }
  const made = createTerminal(Object.assign(stream, terminal) as unknown as NodeJS.WriteStream)
  return { terminal: made, text: () => parts.join('') }
}
const hasColors = (): boolean => false

test('a wait is one plain line in a file, however long it takes', () => {
  const { terminal, text } = record()
  terminal.heading('1. Wait')
  terminal.waiting('it is there; now it is not', 0.5)
  terminal.waiting('it is there; now it is not', 1.5)
  terminal.waiting('it is there; now it is not', 2.5)
  terminal.took(3)
  expect(text()).toBe('\n1. Wait\nwaiting until it is there; now it is not\n✓ 3.0 s\n')
})

test('a wait is redrawn on a terminal, cut to its width, and gone in the end', () => {
  const { terminal, text } = record(20)
  terminal.waiting('it is there; now it is not', 1.5)
  terminal.output('there\n')
  expect(text()).toBe('\r\u001B[Kwaiting until it is\r\u001B[Kthere\n')
})

test('a program that ends without a new line does not swallow the next line', () => {
  const { terminal, text } = record()
  terminal.output('no new line')
  terminal.failure('it failed')
  expect(text()).toBe('no new line\n✗ it failed\n')
})
