/**
 * Whether labels match a Kubernetes label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`,
 * `a notin (b,c)`, `a`, `!a`, joined by commas. An empty selector matches everything.
 */
export function matchesLabels(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const parts = selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.every((part) => matchesPart(part, labels))
}

function matchesPart(part: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = '', operator, list = ''] = /^(\S+)\s+(in|notin)\s*\((.*)\)$/.exec(part) ?? []
  if (operator !== undefined) {
    const isIn = list.split(',').some((value) => value.trim() === labels[name])
    return isIn === (operator === 'in')
  }
  if (part.startsWith('!')) return labels[part.slice(1).trim()] === undefined
  const [, key = '', sign, value = ''] = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(part) ?? []
  if (sign === undefined) return labels[part] !== undefined
  return (labels[key] === value) === (sign !== '!=')
}
