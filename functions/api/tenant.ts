/** The tenant that lives at `/`. */
const DEFAULT_TENANT = 'default'

/** Which tenant a request is for. There is one so far; more will be told apart by host name. */
export const tenantOf = (_request: Request): string => DEFAULT_TENANT
