import type { ApplicationSpec } from '../app/application.ts'
import type { Operation } from '../app/status.ts'
import { digestText } from '../std/digest.ts'
import type { Item, ItemKey } from './port.ts'
import {
  type ApplicationRecord,
  type Deletion,
  type Documents,
  type LookLevel,
  type Looks,
  type Summary,
} from './records.ts'

const PARTITION = 'APPS'

/** All Applications of a tenant share a partition, so that a list is one query. */
export const applicationKey = (name: string): ItemKey => ({ pk: PARTITION, sk: name })

/** Name of the Application behind an item key; `undefined` when the key is of another kind. */
export const applicationOfKey = (key: ItemKey): string | undefined =>
  key.pk === PARTITION ? key.sk : undefined

/** How many partitions the `due` index has; the poller asks each. */
export const DUE_SHARDS = 4

export const dueShardOf = (tenant: string, name: string): string =>
  String(Number.parseInt(digestText(`${tenant}/${name}`).slice(0, 4), 16) % DUE_SHARDS)

export const wantedAttribute = (level: LookLevel): string => `wanted_${level}`
export const seenAttribute = (level: LookLevel): string => `seen_${level}`

export function decodeApplication(tenant: string, item: Item): ApplicationRecord {
  return {
    tenant,
    name: item.sk,
    uid: text(item, 'uid'),
    version: count(item, 'version'),
    createdAt: count(item, 'createdAt'),
    ...present('due', item['due'] === undefined ? undefined : count(item, 'due')),
    generation: count(item, 'generation'),
    spec: json<ApplicationSpec>(item, 'spec') ?? { project: 'default', destination: {} },
    labels: json<Readonly<Record<string, string>>>(item, 'labels') ?? {},
    annotations: json<Readonly<Record<string, string>>>(item, 'annotations') ?? {},
    ...present('deletion', json<Deletion>(item, 'deletion')),
    wanted: looks(item, wantedAttribute),
    ...present('operation', json<Operation>(item, 'operation')),
    ...present('terminate', optionalText(item, 'terminate')),
    seen: {
      looks: looks(item, seenAttribute),
      generation: count(item, 'seenGeneration'),
      round: count(item, 'round'),
      ...(item['leaseOwner'] === undefined
        ? {}
        : { lease: { owner: text(item, 'leaseOwner'), until: count(item, 'leaseUntil') } }),
      ...present(
        'strayUntil',
        item['strayUntil'] === undefined ? undefined : count(item, 'strayUntil'),
      ),
      ...present('summary', json<Summary>(item, 'summary')),
      documents: json<Documents>(item, 'documents') ?? {},
      ...present('running', optionalText(item, 'running')),
      ...present('taken', optionalText(item, 'taken')),
    },
  }
}

/** An object with the field, or without it when there is no value. */
export const present = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: V }

/** Numeric attribute; an absent one counts as 0, as DynamoDB's ADD has it. */
export const count = (item: Item, attribute: string): number => Number(item[attribute] ?? 0)

export const text = (item: Item, attribute: string): string => String(item[attribute] ?? '')

export const optionalText = (item: Item, attribute: string): string | undefined =>
  item[attribute] === undefined ? undefined : String(item[attribute])

/** A structure stored as JSON text; the stores are the only writers of these attributes. */
export const json = <T>(item: Item, attribute: string): T | undefined => {
  const stored = item[attribute]
  return typeof stored === 'string' ? (JSON.parse(stored) as T) : undefined
}

const looks = (item: Item, attribute: (level: LookLevel) => string): Looks => ({
  look: count(item, attribute('look')),
  observe: count(item, attribute('observe')),
  refresh: count(item, attribute('refresh')),
  hard: count(item, attribute('hard')),
})
