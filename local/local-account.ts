/** What the embedded servers are addressed with. */
export const LOCAL_REGION = 'us-east-1'
export const LOCAL_ACCOUNT = '000000000000'
/** The servers look at the key's id only. */
export const credentialsOf = (accessKeyId: string) =>
  ({ accessKeyId, secretAccessKey: 'local' }) as const

/** Connections that one client may hold to an embedded server, long polls included. */
export const SOCKETS_MAX = 256
