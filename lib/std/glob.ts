/** How many plain patterns the braces of one glob may stand for. */
export const GLOB_ALTERNATIVES_MAX = 256
export const GLOB_LENGTH_MAX = 4096

export type Glob = (text: string) => boolean

interface Token {
  readonly kind: 'one' | 'star'
  /** Which characters it takes. */
  readonly takes: (char: string) => boolean
}

/**
 * Compiles a glob as Argo CD's patterns are written: `*` any run, `?` any character, `[a-z]` and
 * `[!a-z]` sets, `{a,b}` alternatives, `\` escapes. With a `separator`, `*` and `?` stop at it and
 * `**` does not. `undefined`: the pattern is malformed, or too large. Matching takes time
 * proportional to pattern times text, whatever the pattern.
 */
export function compileGlob(pattern: string, separator = ''): Glob | undefined {
  if (pattern.length > GLOB_LENGTH_MAX) return undefined
  const alternatives = expandBraces(pattern)
  const globs = alternatives?.map((alternative) => tokenize(alternative, separator))
  if (globs === undefined || globs.some((tokens) => tokens === undefined)) return undefined
  return (text) => globs.some((tokens) => tokens !== undefined && matches(tokens, Array.from(text)))
}

/** The patterns without braces that a pattern stands for. */
function expandBraces(pattern: string): readonly string[] | undefined {
  const open = findUnescaped(pattern, '{', 0)
  if (open < 0) return findUnescaped(pattern, '}', 0) < 0 ? [pattern] : undefined
  const parts = splitBraces(pattern, open)
  if (parts === undefined) return undefined

  const expanded: string[] = []
  for (const choice of parts.choices) {
    const rest = expandBraces(`${parts.before}${choice}${parts.after}`)
    if (rest === undefined || expanded.length + rest.length > GLOB_ALTERNATIVES_MAX)
      return undefined
    expanded.push(...rest)
  }
  return expanded
}

function splitBraces(pattern: string, open: number) {
  const choices: string[] = []
  let start = open + 1
  let depth = 0
  for (let at = open; at < pattern.length; at++) {
    const char = pattern[at]
    if (char === '\\') at++
    else if (char === '{') depth++
    else if (char === '}') depth--
    if (depth > 1 || (depth === 1 && char !== ',')) continue
    choices.push(pattern.slice(start, at))
    start = at + 1
    if (depth === 0) {
      return { before: pattern.slice(0, open), choices, after: pattern.slice(start) }
    }
  }
  return undefined
}

function findUnescaped(pattern: string, wanted: string, from: number): number {
  for (let at = from; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === wanted) return at
  }
  return -1
}

function tokenize(pattern: string, separator: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  const within = (char: string): boolean => char !== separator
  const chars = Array.from(pattern)

  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]
    if (char === '*') {
      const isDouble = chars[at + 1] === '*'
      tokens.push({ kind: 'star', takes: isDouble ? () => true : within })
      if (isDouble) at++
    } else if (char === '?') tokens.push({ kind: 'one', takes: within })
    else if (char === '[') {
      const end = chars.indexOf(']', at + 2)
      if (end < 0) return undefined
      tokens.push({ kind: 'one', takes: characterSet(chars.slice(at + 1, end)) })
      at = end
    } else {
      const literal = char === '\\' ? chars[++at] : char
      if (literal === undefined) return undefined
      tokens.push({ kind: 'one', takes: (other) => other === literal })
    }
  }
  return tokens
}

function characterSet(chars: readonly string[]): (char: string) => boolean {
  const isNegated = chars[0] === '!'
  const members = isNegated ? chars.slice(1) : chars
  const isMember = (char: string): boolean =>
    members.some((member, index) =>
      members[index + 1] === '-' && members[index + 2] !== undefined
        ? char >= member && char <= (members[index + 2] ?? member)
        : char === member,
    )
  return (char) => isMember(char) !== isNegated
}

/** Walks all readings of the pattern at once, so that no pattern can make it try again and again. */
function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let states = withSkippedStars(tokens, [0])
  for (const char of text) {
    const next: number[] = []
    for (const state of states) {
      const token = tokens[state]
      if (token?.takes(char)) next.push(token.kind === 'star' ? state : state + 1)
    }
    states = withSkippedStars(tokens, next)
    if (states.size === 0) return false
  }
  return states.has(tokens.length)
}

/** A star may take nothing: whoever stands before one also stands behind it. */
function withSkippedStars(tokens: readonly Token[], states: readonly number[]): Set<number> {
  const all = new Set(states)
  for (const state of all) if (tokens[state]?.kind === 'star') all.add(state + 1)
  return all
}
