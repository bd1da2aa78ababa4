import { inject } from 'vitest'
import { clusterContract } from '../contracts/cluster.contract.ts'
import { openHttp2Subject } from './http2-subject.ts'

clusterContract('HTTP/2 on a real API server', () => openHttp2Subject(inject('connection')))
