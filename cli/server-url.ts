import type { ApiClient } from './api-client.ts'

/** What links to this server begin with: what it calls itself, else how it was reached. */
export async function serverUrl(api: ApiClient): Promise<string> {
  const { url = '' } = await api.get<{ readonly url?: string }>('/api/v1/settings')
  return url === '' ? api.url : url.replace(/\/+$/, '')
}
