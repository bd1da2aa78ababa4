import { isObject, type Json, stringifyJson } from '../std/json.ts'
import { isNotFinite, resolvePlain } from './yaml-schema.ts'

/**
 * Writes a value as Kubernetes tools print it: block style, sorted keys, lists not indented
 * under their key, and quotes only where kubectl would read something else than the string.
 * Lines are not folded. Ends with a line break.
 */
export function writeYaml(value: Json): string {
  // A block cannot stand below nothing.
  const lines = typeof value === 'string' ? [lineOf(value)] : blockLines(value)
  return `${lines.join('\n')}\n`
}

function blockLines(value: Json): readonly string[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? ['[]'] : value.flatMap((item: Json) => hang('- ', blockLines(item)))
  }
  if (!isObject(value)) return scalarLines(value)
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted(compareKeys)
  return keys.length === 0 ? ['{}'] : keys.flatMap((key) => entryLines(key, value[key] ?? null))
}

/** The first line follows the marker, the others stand under it. */
const hang = (marker: string, [first, ...rest]: readonly string[]): readonly string[] => [
  `${marker}${first ?? ''}`,
  ...rest.map((line) => indent(line)),
]

const indent = (line: string): string => (line === '' ? '' : `  ${line}`)

function entryLines(key: string, value: Json): readonly string[] {
  const lines = blockLines(value)
  const name = lineOf(key)
  // An explicit key is the only form YAML has for one that is longer than 1,024 characters.
  if (name.length > 1000) return [`? ${name}`, ...hang(': ', lines)]
  if (isBlockList(value)) return [`${name}:`, ...lines]
  if (isBlockMap(value)) return [`${name}:`, ...lines.map(indent)]
  return hang(`${name}: `, lines)
}

const isBlockList = (value: Json): boolean => Array.isArray(value) && value.length > 0
const isBlockMap = (value: Json): boolean =>
  isObject(value) && Object.values(value).some((item) => item !== undefined)

function scalarLines(value: Json): readonly string[] {
  if (typeof value !== 'string') return [stringifyJson(value)]
  if (!value.includes('\n')) return [lineOf(value)]
  return isLiteral(value) ? literalLines(value) : [doubleQuoted(value)]
}

function lineOf(text: string): string {
  if (text === '' || resolvePlain(text) !== undefined || isNotFinite(text) || isOld(text)) {
    return doubleQuoted(text)
  }
  if (!PRINTABLE.test(text)) return doubleQuoted(text)
  return PLAIN.test(text) && !UNSAFE.test(text) ? text : `'${text.replaceAll("'", "''")}'`
}

/** Text that other YAML readers take for something else: base 60 numbers, dates, `<<` and `=`. */
const isOld = (text: string): boolean =>
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text) ||
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?$/.test(text) ||
  text === '<<' ||
  text === '='

/** What YAML readers may alter or refuse unless it is escaped. */
const ESCAPED = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff`
const PRINTABLE = new RegExp(`^[^${ESCAPED}]*$`, 'u')
/** No indicator in front, no blank at either end, nothing that ends a key or begins a comment. */
const PLAIN = /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:]\S)/u
const UNSAFE = /: | #|[:\s]$|^---|^\.\.\./

/** A literal block shows a text as it is; it cannot begin with a blank or end a line with one. */
const isLiteral = (text: string): boolean =>
  !/^\s|[ \t]$|[ \t]\n/.test(text) && PRINTABLE.test(text.replaceAll(/[\t\n]/g, ''))

function literalLines(text: string): readonly string[] {
  const body = text.replace(/\n+$/, '')
  const breaks = text.length - body.length
  const mark = breaks === 0 ? '|-' : breaks === 1 ? '|' : '|+'
  const kept = Array.from({ length: Math.max(0, breaks - 1) }, () => '')
  return [mark, ...body.split('\n'), ...kept]
}

const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replaceAll(new RegExp(`[${ESCAPED}]`, 'gu'), escapeCharacter)

function escapeCharacter(char: string): string {
  const code = char.codePointAt(0) ?? 0
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

/** Keys by character, but numbers within them by value (`a2` before `a10`), as Kubernetes tools sort. */
function compareKeys(a: string, b: string): number {
  const [before, after] = [a.split(/(\d+)/), b.split(/(\d+)/)]
  for (const [index, part] of before.entries()) {
    const other = after[index]
    if (part === other) continue
    if (other === undefined) break
    const difference = index % 2 === 1 ? Number(part) - Number(other) : 0
    if (difference !== 0) return difference
    return part < other ? -1 : 1
  }
  return a < b ? -1 : a > b ? 1 : 0
}
