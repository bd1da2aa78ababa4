import { ArgosyError } from '../fault/fault.ts'

/**
 * One spelling for one repository: host in lower case, without `.git`, a final `/`, a default
 * port or credentials (argocd.md 1.15). Throws `Unimplemented` for SSH and OCI,
 * `InvalidArgument` for anything else that is not http(s), or has a query or fragment: it would
 * ask for another page of the host than the repository.
 */
export function normaliseRepoUrl(url: string): string {
  const parsed = parseHttpUrl(url)
  if (parsed.search !== '' || parsed.hash !== '')
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `repository URL ${JSON.stringify(hideCredentials(url))} has a query or fragment; leave out what follows "?" or "#"`,
    })
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\.git$/, '')
  return `${parsed.protocol}//${parsed.host}${path}`
}

/** The URL as it may be shown: without user, password and anything after `?` or `#`. */
export function hideCredentials(url: string): string {
  const text = url.trim().replace(/[?#].*$/s, '')
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length)
  // In what is no URL a password may hold anything, so all before the last `@` goes.
  const credentials = URL.canParse(text) && scheme !== '' ? /^[^/]*@/ : /^.*@/s
  return scheme + rest.replace(credentials, '')
}

/** Throws as `normaliseRepoUrl` does. */
export function parseHttpUrl(url: string): URL {
  const text = url.trim()
  if (/^(ssh|git\+ssh):\/\//i.test(text) || /^[^/:@]+@[^/:]+:(?!\/\/)/.test(text))
    throw new ArgosyError({ code: 'Unimplemented', feature: 'SSH repositories' })
  if (/^oci:\/\//i.test(text))
    throw new ArgosyError({ code: 'Unimplemented', feature: 'OCI repositories' })
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `repository URL ${JSON.stringify(hideCredentials(text))} is not an http or https URL`,
    })
  return parsed
}
