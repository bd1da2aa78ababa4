/** What the embedded servers are addressed with; they check neither. */
export const LOCAL_REGION = 'us-east-1'
export const LOCAL_ACCOUNT = '000000000000'
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const

/** Connections that one client may hold to an embedded server, long polls included. */
export const SOCKETS_MAX = 256
