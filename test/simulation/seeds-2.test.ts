import { seedsHold } from './seeds.ts'

seedsHold({ from: 100, count: 100 })
