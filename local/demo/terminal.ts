import { styleText } from 'node:util'

/** What the demo says. Colours and lines that are redrawn appear on a terminal only. */
export interface Terminal {
  heading(text: string): void
  /** A command as a person types it, long ones over several lines. */
  command(words: readonly string[]): void
  /** What a program printed, as it comes. */
  output(text: string): void
  note(text: string): void
  /** What is waited for; shown until the next call, or the next text. */
  waiting(text: string, seconds: number): void
  took(seconds: number): void
  failure(text: string): void
  table(rows: readonly (readonly [label: string, seconds: number])[]): void
}

type Style = Parameters<typeof styleText>[0]

const WIDTH = 100

/** Waits that are shorter than this are not worth a line of their own. */
const QUIET_SECONDS = 1

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  // Honours NO_COLOR, and leaves text that goes to a file or program plain.
  const paint = (style: Style, text: string): string => styleText(style, text, { stream })
  let last = '\n'
  let waited = ''
  const write = (text: string): void => {
    if (stream.isTTY && waited !== '') stream.write('\r\u001B[K')
    waited = ''
    if (text === '') return
    stream.write(text)
    last = text
  }
  const line = (text: string): void => write(`${last.endsWith('\n') ? '' : '\n'}${text}\n`)

  return {
    heading: (text) => line(`\n${paint('bold', text)}`),
    command: (words) => line(paint('cyan', `$ ${wrap(words)}`)),
    output: write,
    note: (text) => line(paint('dim', text)),
    waiting(text, seconds) {
      if (seconds < QUIET_SECONDS) return
      if (stream.isTTY) {
        const shown = `waiting until ${text} (${Math.floor(seconds)} s)`
        stream.write(`\r\u001B[K${paint('dim', shown.slice(0, (stream.columns ?? WIDTH) - 1))}`)
      } else if (waited === '') line(`waiting until ${text}`)
      waited = text
    },
    took: (seconds) => line(paint('green', `✓ ${seconds.toFixed(1)} s`)),
    failure: (text) => line(paint('red', `✗ ${text}`)),
    table(rows) {
      const width = Math.max(...rows.map(([label]) => label.length))
      for (const [label, seconds] of rows)
        line(`  ${label.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`)
    },
  }
}

/** Breaks before flags, as a shell reads it. */
export function wrap(words: readonly string[]): string {
  const lines: string[] = []
  let current = ''
  for (const word of groupFlags(words.map(quote))) {
    if (current !== '' && current.length + word.length > WIDTH - 6) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current].join(' \\\n    ')
}

/** A flag and its value stay together. */
const groupFlags = (words: readonly string[]): readonly string[] =>
  words.reduce<readonly string[]>((groups, word, index) => {
    const before = words[index - 1] ?? ''
    if (!before.startsWith('-') || word.startsWith('-')) return [...groups, word]
    return [...groups.slice(0, -1), `${groups.at(-1) ?? ''} ${word}`]
  }, [])

const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
