import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson, type Json } from './json.ts'

/** SHA-256 in hexadecimal. Synchronous, and the same on Node, Deno and Lambda. */
export const digestBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))

export const digestText = (text: string): string => digestBytes(utf8ToBytes(text))

/** Digest of a JSON value: equal values have equal digests, whatever the order of their keys. */
export const digestJson = (value: Json | undefined): string => digestText(canonicalJson(value))
