import { seedsHold } from './seeds.ts'

seedsHold({ from: 60, count: 60 })
