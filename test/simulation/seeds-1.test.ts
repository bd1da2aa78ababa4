import { seedsHold } from './seeds.ts'

seedsHold({ from: 0, count: 100 })
